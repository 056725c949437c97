/**
 * @file A batch on disk. In: a safetensors file with one tensor for each input. Out: how many samples it holds, and arrays by input name.
 */
import { lower } from '../../compile'
import { diagnosedError } from '../../core/diagnostics'
import { formatShape, type TensorData } from '../../core/tensor'
import type { GraphDocument } from '../../document/schema'
import type { LowerOptions } from '../../ir/lowering'
import type { Program } from '../../ir/program'
import { dataInputsOf, unwrap } from '../../train/model'
import type { SafetensorsFile } from '../../train/safetensors'
import { tensorNamed } from '../../train/tensor-values'

/** What the data set would feed: everything but lowering's own inputs. */
const wantedBy = (program: Program) => dataInputsOf(program).filter(({ name }) => !name.startsWith('$'))

/** The first extent of the inputs that the file holds. */
export function batchOf(document: GraphDocument, pass: LowerOptions, file: SafetensorsFile, path: string): number {
  const wanted = wantedBy(unwrap(lower(document, pass)).program)
  const present = wanted.find(({ name }) => file.tensors.has(name))
  if (!present) throw diagnosedError('weights.missing', { got: wanted[0]?.name ?? 'input', file: path }, { file: path })
  const batch = file.tensors.get(present.name)?.shape[0]
  if (!batch)
    throw diagnosedError(
      'weights.shape',
      { name: present.name, got: 'an empty batch', expected: formatShape(present.shape) },
      { file: path },
    )
  return batch
}

/** Every input that the program takes. */
export const inputsFrom = (program: Program, file: SafetensorsFile, path: string): Record<string, TensorData> =>
  Object.fromEntries(wantedBy(program).map(({ name, shape, dtype }) => [name, tensorNamed(file, name, shape, dtype, path)]))
