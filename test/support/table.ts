/** @file A small table of numbers as data, and networks that learn it, for the tests of training methods. In: rows. Out: prepared data, documents. */
import { graph } from '../../engine/builder/graph'
import type { GraphBuilder } from '../../engine/builder/graph-builder'
import type { TrainingSetting } from '../../engine/builder/settings'
import type { Handle } from '../../engine/builder/types'
import type { Dataset } from '../../engine/datasets/dataset'
import type { PreparedData } from '../../engine/datasets/prepare'
import type { GraphDocument } from '../../engine/document/schema'

/** Rows of features and one number each. */
export interface Table {
  readonly x: readonly (readonly number[])[]
  readonly y: readonly number[]
}

export function tableData(document: GraphDocument, { x, y }: Table): PreparedData {
  const dataset: Dataset = {
    fields: [
      { name: 'features', dtype: 'f32', shape: [x[0]?.length ?? 0], role: 'input', display: 'table' },
      { name: 'target', dtype: 'f32', shape: [1], role: 'target', display: 'table' },
    ],
    length: x.length,
    read: (indices, out) => {
      indices.forEach((index, i) => {
        out.features?.set(x[index] ?? [], i * (x[index]?.length ?? 0))
        out.target?.set([y[index] ?? 0], i)
      })
    },
  }
  const training = { dataset, indices: Uint32Array.from(x, (_, i) => i) }
  return { document, fields: dataset.fields, training, recipe: { source: document.data.source, seed: 0 }, dispose: () => {} }
}

/** A network on such rows, whose loss is the squared error. */
export function network(
  features: number,
  training: TrainingSetting,
  build: (g: GraphBuilder, x: Handle) => Handle,
  half = true,
): GraphDocument {
  const g = graph('Table', { training: { batchSize: 1000, epochs: 1, seed: 3, validationSplit: 0, ...training } })
  const x = g.input('features', [features])
  g.meanSquaredError(build(g, x), g.label('target', { type: 'number', shape: [1] }), { half })
  return g.document()
}
