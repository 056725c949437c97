/**
 * @file A batch on disk. In: a safetensors file with one tensor for each input. Out: how many samples it holds, and arrays by input name.
 */
import { type LoweredGraph, lower } from '../../compile'
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

type Lowered = Pick<LoweredGraph, 'program' | 'shaped'>
type Wanted = ReturnType<typeof wantedBy>[number]

/** One input, of which class numbers must be those of a class. */
export function inputFrom(
  { shaped }: Pick<Lowered, 'shaped'>,
  { name, shape, dtype }: Wanted,
  file: SafetensorsFile,
  path: string,
): TensorData {
  const data = tensorNamed(file, name, shape, dtype, path)
  const [type] = Object.values(shaped.nodes.find((node) => node.path === name)?.outputs ?? {})
  const { classes } = type ?? {}
  const wrong = classes === undefined ? undefined : data.find((value) => value < 0 || value >= classes)
  if (wrong === undefined) return data
  const last = (classes ?? 1) - 1
  const expected = { en: `class numbers from 0 to ${last}`, zh: `0 到 ${last} 的类别编号` }
  throw diagnosedError('weights.values', { name, expected, got: wrong }, { nodeId: name, file: path })
}

/** Every input that the program takes. */
export const inputsFrom = (lowered: Lowered, file: SafetensorsFile, path: string): Record<string, TensorData> =>
  Object.fromEntries(wantedBy(lowered.program).map((wanted) => [wanted.name, inputFrom(lowered, wanted, file, path)]))
