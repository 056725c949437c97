/**
 * @file The networks of the bench by name. In: a name, a batch size, settings. Out: documents, at the sizes that the peers use too.
 */
import { graph } from '../../../engine/builder/graph'
import type { GraphDocument } from '../../../engine/document/schema'
import { templates } from '../../../templates/registry'

const sizes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  mlp: {},
  lenet: {},
  resnet18: { inChannels: 3, imageSize: 64 },
  googlenet: { imageSize: 96 },
}

/** Convolutions in a row, all of one size: what another layer costs. */
function stack(batchSize: number, { depth = 2 }: Readonly<Record<string, number>>): GraphDocument {
  const g = graph('stack', { training: { batchSize } })
  let x = g.input('image', [32, 16, 16])
  for (let i = 0; i < depth; i++) x = g.relu(g.conv2d(x, { numChannels: 32, kernelSize: 3, padding: 1 }))
  g.classify(g.globalAvgPool2d(x), 10)
  return g.document()
}

/** A language model as in notes 002 §7: one-hot characters, one recurrent layer, scores for the next one. */
function languageModel(cell: 'rnn' | 'gru' | 'lstm', batchSize: number, settings: Readonly<Record<string, number>>): GraphDocument {
  const { numHiddens = 256, numSteps = 35, vocabulary = 28 } = settings
  const g = graph(`${cell}-lm`, { training: { batchSize } })
  const tokens = g.input('tokens', { shape: [numSteps], dtype: 'i32', classes: vocabulary })
  const { y } = g[cell](g.oneHotEncoding(tokens, { classes: vocabulary }), { numHiddens })
  const logits = g.dense(y, { numHiddens: vocabulary })
  g.softmaxCrossEntropy(logits, g.label('targets', { shape: [numSteps], classes: vocabulary }))
  return g.document()
}

const cells: Readonly<Record<string, 'rnn' | 'gru' | 'lstm'>> = { 'rnn-lm': 'rnn', 'gru-lm': 'gru', 'lstm-lm': 'lstm' }

export function documentOf(name: string, batchSize: number, settings: Readonly<Record<string, number>> = {}): GraphDocument {
  if (name === 'stack') return stack(batchSize, settings)
  const cell = cells[name]
  if (cell) return languageModel(cell, batchSize, settings)
  const template = templates.get(name)
  const size = sizes[name]
  if (!template || !size) throw new Error('not written for this peer')
  return template.create({ ...size, ...settings, batchSize })
}
