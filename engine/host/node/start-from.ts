/**
 * @file Fine-tuning from the command line. In: a file of weights or a checkpoint folder, and the network. Out: the weights to start from; on the way
 * a word on everything that is not copied.
 */
import { shape } from '../../compile'
import { diagnosedError } from '../../core/diagnostics'
import type { GraphDocument } from '../../document/schema'
import { unwrap, weightsOf } from '../../train/model'
import { type TransferOptions, transferWeights } from '../../train/transfer'
import type { Io } from './io'
import { readTensors } from './weights'

/** Names shown of a file that does not fit. */
const SHOWN = 8

export async function startFrom(
  path: string,
  document: GraphDocument,
  options: TransferOptions,
  io: Io,
): Promise<Readonly<Record<string, Float32Array>>> {
  const file = await readTensors(path)
  const shaped = unwrap(shape(document))
  const { weights, skipped, unused } = transferWeights(file, shaped, options)
  const copied = Object.keys(weights).length
  if (copied === 0) {
    const names = [...file.tensors.keys()].slice(0, SHOWN).join(', ')
    throw diagnosedError('transfer.nothing', { file: path, got: names }, { file: path })
  }
  io.err(`${copied} of ${weightsOf(shaped).length} tensors copied from ${path}\n`)
  for (const { name, reason } of skipped) io.err(`  ${name}: ${reason.en}\n`)
  if (unused.length > 0) io.err(`  not used: ${unused.join(', ')}\n`)
  return weights
}
