/** @file A network small enough for the reference backend, and data for it. */
import { graph } from '../../engine/builder/graph'
import { type PreparedData, prepareData } from '../../engine/datasets/prepare'
import type { GraphDocument, TrainingSettings } from '../../engine/document/schema'

export interface MoonsOptions {
  readonly optimizer?: string
  readonly lr?: number
  readonly batchSize?: number
  readonly epochs?: number
  readonly samples?: number
  readonly validationSplit?: number
  readonly dropout?: number
  readonly training?: Partial<TrainingSettings>
}

export function moonsDocument(options: MoonsOptions = {}): GraphDocument {
  const { optimizer = 'adam', lr = 0.03, batchSize = 16, epochs = 4, samples = 100, validationSplit = 0.2, dropout = 0, training } = options
  const g = graph('Moons', {
    data: { kind: 'points2d', params: { pattern: 'moons', samples, noise: 0.05 } },
    training: {
      ...(training?.optimizer || optimizer === 'adadelta' ? {} : { lr }),
      optimizer,
      batchSize,
      epochs,
      validationSplit,
      ...trainingOnly(training),
    },
  })
  let x = g.tanh(g.dense(g.input('features', [2]), { numHiddens: 12 }))
  if (dropout > 0) x = g.dropout(x, { p: dropout })
  g.classify(x, 2)
  return g.document()
}

const trainingOnly = ({ optimizer, ...rest }: Partial<TrainingSettings> = {}) => ({ ...rest, ...(optimizer && { optimizer }) })

export const prepare = (document: GraphDocument): Promise<PreparedData> => prepareData(document, () => undefined)
