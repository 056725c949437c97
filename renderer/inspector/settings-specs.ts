/** @file The document's training settings as specifications, so that the common form shows and checks them. */
import { trainingSpecs as documentSpecs } from '../../engine/document/training-specs'
import type { ParamSpecs } from '../../engine/layers/kit/params'
import { bool, float, int } from '../../engine/layers/kit/params'
import { inspectorWords } from '../i18n/inspector-words'

const { words } = inspectorWords

export const trainingSpecs = {
  batchSize: int({ label: words.batchSize, default: 64, min: 1, max: 65536 }),
  epochs: int({ label: words.epochs, default: 10, min: 1, max: 100000 }),
  validationSplit: float({ label: words.validationSplit, default: 0.1, min: 0, max: 0.9 }),
  shuffle: bool({ label: words.shuffle, default: true, advanced: true }),
  seed: int({ label: words.seed, default: 0, min: 0, max: 4294967295, advanced: true }),
  precision: documentSpecs.precision,
} as const satisfies ParamSpecs
