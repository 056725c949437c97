/**
 * @file All that a run needs to go on bit for bit: parameters, optimiser state, the number of the step (from which the order of the
 * data and every random number follow), the best weights so far, the curves and the document.
 * In: these. Out: one safetensors file whose parameters bear their own names; and back, with every doubt named.
 * Where files lie is the host's business: it gives a `CheckpointStore`.
 */

import { messageOf } from '../core/diagnostic-message'
import { DiagnosedError, type Diagnostic, diagnosedError } from '../core/diagnostics'
import type { Text } from '../core/text'
import { parseDocument } from '../document/parse'
import type { GraphDocument } from '../document/schema'
import type { MetricsPoint, ValidationPoint } from '../protocol/messages'
import type { BackendId } from '../runtime/backend'
import type { LossScaleState } from './loss-scale'
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors'
import { valuesOf } from './tensor-values'

export interface Best {
  readonly point: ValidationPoint
  readonly weights: Readonly<Record<string, Float32Array>>
}

export interface Checkpoint {
  readonly document: GraphDocument
  readonly backend: BackendId
  /** Steps done. */
  readonly step: number
  readonly epoch: number
  /** Milliseconds since 1970. */
  readonly savedAt: number
  /** Weights and optimiser state by name. */
  readonly state: readonly NamedTensor[]
  readonly best?: Best
  /** Where gradients are stored as halves. */
  readonly lossScale?: LossScaleState
  readonly training: readonly MetricsPoint[]
  readonly validation: readonly ValidationPoint[]
}

/** Keeps one checkpoint a key; `save` replaces it only when the new one is wholly written. */
export interface CheckpointStore {
  save(key: string, file: Uint8Array): Promise<void>
  load(key: string): Promise<Uint8Array | undefined>
}

const FORMAT = '1'
const BEST = 'best:'

export function encodeCheckpoint({ document, state, best, ...rest }: Checkpoint): Uint8Array {
  const shapes = new Map(state.map(({ name, shape }) => [name, shape]))
  const bestTensors = Object.entries(best?.weights ?? {}).map(([name, data]) => ({
    name: BEST + name,
    shape: shapes.get(name) ?? [data.length],
    data,
  }))
  const tensors = [...state, ...bestTensors]
  return encodeSafetensors(tensors, {
    netloomCheckpoint: FORMAT,
    checksum: checksumOf(tensors),
    document: JSON.stringify(document),
    run: JSON.stringify({ ...rest, best: best?.point }),
  })
}

interface StoredRun extends Omit<Checkpoint, 'document' | 'state' | 'best'> {
  readonly best?: ValidationPoint
}

/** `path` is what messages call the file. */
export function decodeCheckpoint(file: Uint8Array, path: string): Checkpoint {
  const corrupt = (detail: string | Text) => diagnosedError('checkpoint.corrupt', { file: path, detail }, { file: path })
  try {
    const { tensors, metadata } = decodeSafetensors(file, path)
    if (metadata.netloomCheckpoint !== FORMAT)
      throw corrupt({ en: 'it is no checkpoint of this version of Netloom', zh: '它不是此版本 Netloom 的检查点' })
    const named = [...tensors].map(([name, tensor]) => ({ name, shape: tensor.shape, data: valuesOf(name, tensor, 'f32') as Float32Array }))
    if (checksumOf(named) !== metadata.checksum) throw corrupt({ en: 'its numbers do not match its checksum', zh: '数据与校验和不符' })
    const document = parseDocument(metadata.document ?? '')
    if (!document.ok) throw new DiagnosedError(document.diagnostics)
    const { best, ...run } = JSON.parse(metadata.run ?? '') as StoredRun
    if (!Number.isSafeInteger(run.step) || run.step < 0) throw corrupt({ en: 'its step is not a number', zh: '步数不是数字' })
    const weights = named.filter(({ name }) => name.startsWith(BEST)).map(({ name, data }) => [name.slice(BEST.length), data] as const)
    return {
      ...run,
      document: document.value,
      state: named.filter(({ name }) => !name.startsWith(BEST)),
      best: best && { point: best, weights: Object.fromEntries(weights) },
    }
  } catch (error) {
    if (error instanceof DiagnosedError) {
      const [first] = error.diagnostics
      throw first && first.code !== 'checkpoint.corrupt' ? corrupt(inBoth(first)) : error
    }
    throw corrupt(error instanceof Error ? error.message : String(error))
  }
}

/** What is wrong, as a part of a longer sentence. */
const inBoth = (diagnostic: Diagnostic): Text => ({
  en: messageOf(diagnostic, 'en').replace(/\.$/, ''),
  zh: messageOf(diagnostic, 'zh').replace(/。$/, ''),
})

/** Two sums over the bits of all numbers, the second weighted by position (Fletcher 1982, in 32-bit words). */
function checksumOf(tensors: readonly NamedTensor[]): string {
  let first = 0
  let second = 0
  for (const { data } of tensors) {
    const words = new Int32Array(data.buffer, data.byteOffset, data.length)
    for (let i = 0; i < words.length; i++) {
      first = (first + (words[i] as number)) | 0
      second = (second + first) | 0
    }
  }
  return `${first >>> 0}-${second >>> 0}`
}
