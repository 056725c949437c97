/**
 * @file The ending that every classifier shares, as templates write it: scores, label, loss. It is a piece of a template, and so, like
 * them, names layers.
 */
import type { GraphBuilder } from './graph-builder'
import type { Bound, Handle, Source } from './types'

export function classify(g: GraphBuilder, features: Source, numClasses: Bound<number>): Handle {
  const logits = g.dense(features, { numHiddens: numClasses })
  return g.softmaxCrossEntropy(logits, g.label('label', numClasses))
}
