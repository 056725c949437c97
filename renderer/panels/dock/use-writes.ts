/** @file Whether the run trains a language model, whose predictions are a text. In: the run. Out: yes or no. */
import { isTokens } from '../../../engine/datasets/text/stretches'
import { useRun } from '../../engine/run-store'

export const useWrites = (): boolean => useRun((state) => state.insight?.fields.some(isTokens) === true)
