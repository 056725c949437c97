/**
 * @file Which figure beside the loss tells most of a network. In: what has been measured of it, or what will be. Out: one name, or none where
 * there is only the loss.
 */
import type { GraphDocument } from '../../../engine/document/schema'
import { validationName } from '../../engine/run-store'

/** Of a text, a classifier, a regression; on data the network was not trained on, else on its own. */
const measures = [
  'validationPerplexity',
  'perplexity',
  'validationAccuracy',
  'accuracy',
  'validationAbsoluteError',
  'absoluteError',
  'validationLoss',
] as const
export type Measure = (typeof measures)[number]

export const leadingMeasure = (measured: readonly string[]): Measure | undefined => measures.find((name) => measured.includes(name))

/** What a run will measure, from what the network can tell. */
export function measuredInRun({ data, training }: GraphDocument, ofNetwork: readonly string[]): readonly string[] {
  const isValidated = data.validation !== undefined || training.validationSplit > 0
  return isValidated ? [...ofNetwork, ...ofNetwork.map(validationName)] : ofNetwork
}
