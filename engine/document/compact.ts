/**
 * @file What of a normalised document needs to be written down. In: a normalised document. Out: the same without what the schema fills
 * in again when it is read: empty records and settings left at their defaults.
 */
import type { z } from 'zod'
import {
  type Block,
  type blockSchema,
  type ChoiceOf,
  type DataSettings,
  type documentSchema,
  type Graph,
  type GraphDocument,
  type TrainingSettings,
  trainingSchema,
} from './schema'

export type CompactDocument = z.input<typeof documentSchema>

export function compact(document: GraphDocument): CompactDocument {
  const { format, version, name, description, blocks, data, training } = document
  return {
    format,
    version,
    name,
    ...(description !== undefined && { description }),
    ...compactGraph(document),
    ...unlessEmpty('blocks', Object.fromEntries(Object.entries(blocks).map(([id, block]) => [id, compactBlock(block)]))),
    data: compactData(data),
    training: compactTraining(training),
  }
}

const unlessEmpty = <K extends string, V extends object>(key: K, value: V): Partial<Record<K, V>> =>
  Object.keys(value).length > 0 ? ({ [key]: value } as Record<K, V>) : {}

const compactGraph = ({ nodes, edges, layout }: Graph) => ({
  nodes: nodes.map(({ id, kind, block, title, params, bypass, ...settings }) => ({
    id,
    kind,
    ...(block !== undefined && { block }),
    ...(title !== undefined && { title }),
    ...unlessEmpty('params', params),
    ...(bypass !== undefined && { bypass }),
    ...settings,
  })),
  edges,
  ...unlessEmpty('layout', layout),
})

const compactBlock = (block: Block): z.input<typeof blockSchema> => ({
  title: block.title,
  ...unlessEmpty('params', block.params),
  ...compactGraph(block),
})

export const compactChoice = ({ kind, params }: ChoiceOf) => ({ kind, ...unlessEmpty('params', params) })

const compactData = ({ source, validation, standardize, ...rest }: DataSettings): CompactDocument['data'] => ({
  source: compactChoice(source),
  ...(validation && { validation: compactChoice(validation) }),
  ...(standardize && { standardize }),
  ...rest,
})

/** Settings that stand at the schema's own defaults. */
const usual = trainingSchema.parse({ optimizer: { kind: '' }, batchSize: 1, epochs: 1 })

export const compactTraining = ({ optimizer, schedule, batchSize, epochs, seed, shuffle, validationSplit, ...rest }: TrainingSettings) => ({
  optimizer: compactChoice(optimizer),
  batchSize,
  epochs,
  ...(seed !== usual.seed && { seed }),
  ...(shuffle !== usual.shuffle && { shuffle }),
  ...(validationSplit !== usual.validationSplit && { validationSplit }),
  ...(schedule && { schedule: compactChoice(schedule) }),
  ...rest,
})
