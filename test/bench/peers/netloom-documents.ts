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
  'rnn-lm': { vocabularySize: 28 },
  'gru-lm': { vocabularySize: 28 },
  'lstm-lm': { vocabularySize: 28 },
}

/** Convolutions in a row, all of one size: what another layer costs. */
function stack(batchSize: number, { depth = 2 }: Readonly<Record<string, number>>): GraphDocument {
  const g = graph('stack', { training: { batchSize } })
  let x = g.input('image', [32, 16, 16])
  for (let i = 0; i < depth; i++) x = g.relu(g.conv2d(x, { numChannels: 32, kernelSize: 3, padding: 1 }))
  g.classify(g.globalAvgPool2d(x), 10)
  return g.document()
}

export function documentOf(name: string, batchSize: number, settings: Readonly<Record<string, number>> = {}): GraphDocument {
  if (name === 'stack') return stack(batchSize, settings)
  const template = templates.get(name)
  const size = sizes[name]
  if (!template || !size) throw new Error('not written for this peer')
  return template.create({ ...size, ...settings, batchSize })
}
