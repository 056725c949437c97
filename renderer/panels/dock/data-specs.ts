/** @file The settings of data that hold whatever data it is: how features and targets are scaled, how many samples have labels, how large images are. */
import { bool, choice, float, int } from '../../../engine/layers/kit/params'
import { dockWords } from './words'

export const scalingSpec = choice({
  label: dockWords.words.scaling,
  help: dockWords.words.scalingHint,
  default: 'none',
  options: {
    none: dockWords.words.scalingNone,
    standardize: dockWords.words.standardize,
    unit: { en: '[0, 1]', zh: '[0, 1]' },
    symmetric: { en: '[−1, 1]', zh: '[−1, 1]' },
  },
})
export const scaleTargetSpec = bool({ label: dockWords.words.scaleTarget, help: dockWords.words.scaleTargetHint, default: false })
export const labelledShareSpec = float({
  label: dockWords.words.labelledShare,
  help: dockWords.words.labelledShareHint,
  default: 1,
  min: 0,
  max: 1,
})
export const sizeSpec = int({ label: dockWords.words.imageSize, default: 28, min: 1, max: 1024 })
