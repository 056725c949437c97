/**
 * @file Exported files and PyTorch. In: documents with weights and inputs. Out: what the files compute in a Python of their own (one for all of
 * them), in double precision.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GraphDocument } from '../../engine/document/schema'
import { exportPyTorch, pytorchWeights } from '../../engine/export/pytorch/pytorch'
import { encodeSafetensors } from '../../engine/train/safetensors'
import type { GivenTensor } from './numbers'
import { askPython } from './torch'

export interface ExportedRow {
  readonly document: GraphDocument
  readonly weights: Readonly<Record<string, Float32Array>>
  /** By the names of the data nodes. */
  readonly inputs: Readonly<Record<string, GivenTensor>>
  readonly training: boolean
  /** Trains for so many epochs of this one batch, or of these. */
  readonly epochs?: number
  readonly batches?: readonly Readonly<Record<string, GivenTensor>>[]
  /** Only makes the network: its state as it begins. */
  readonly isFresh?: boolean
}

export interface ExportedAnswer {
  readonly error?: string
  /** Outputs, then the loss. */
  readonly values: readonly (readonly number[])[]
  /** What is given where everything that may be left out is. */
  readonly without: readonly (readonly number[])[] | null
  /** As it begins, or after training, by the names of the `state_dict`. */
  readonly state?: Readonly<Record<string, readonly number[]>>
}

const program = fileURLToPath(new URL('../export/pytorch_exports.py', import.meta.url))

export function runExported(rows: readonly ExportedRow[]): readonly ExportedAnswer[] {
  const folder = mkdtempSync(join(tmpdir(), 'netloom-pytorch-'))
  try {
    const files = rows.map(({ document, weights, inputs, training, epochs, batches, isFresh = false }, i) => {
      const { source, className, inputs: names, required } = exportPyTorch(document)
      const tensors = isFresh ? [] : pytorchWeights(document, weights)
      const path = join(folder, `${i}.safetensors`)
      if (tensors.length > 0) writeFileSync(path, encodeSafetensors(tensors))
      const ordered = (tensors: ExportedRow['inputs']) => names.map((name) => ({ dtype: 'f32', ...tensors[name] }))
      return {
        ...{ source, network: className, required, training, epochs, isFresh },
        inputs: ordered(inputs),
        batches: (batches ?? [inputs]).map(ordered),
        weights: tensors.length > 0 ? path : null,
      }
    })
    return askPython(program, files)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
