/** @file Whether batches continue one another (notes 002 §7), from the settings alone. In: a document's choice of data. Out: yes where it is text read in sequence. */
import type { ChoiceOf } from '../document/schema'
import { completeParams } from '../layers/kit/validate'
import { datasets } from './registry'
import { stretchSpecs } from './text/stretches'

export function isSequential({ kind, params }: ChoiceOf): boolean {
  const specs = datasets.get(kind)?.params
  if (specs?.sampling !== stretchSpecs.sampling) return false
  return completeParams(specs, params).params.sampling === 'sequential'
}
