/**
 * @file Penalties, noise, early stopping, adversarial examples and changed images on the command line. In: options of `netloom train`.
 * Out: the document with what was given in place of what it says. Whether that fits the graph and the data is found out when training begins.
 */
import type { Command } from 'commander'
import type { DataSettings, GraphDocument, TrainingSettings } from '../../document/schema'
import { positive, type Settings, whole, withSetting } from './options'

export interface RegularizationOptions {
  readonly l2?: number
  readonly l1?: number
  readonly decay?: boolean
  readonly weightNoise?: number
  readonly patience?: number
  readonly watch?: string
  readonly adversarial?: number
  readonly ensemble?: number
  readonly augment: Settings
}

export const withRegularizationOptions = (command: Command): Command =>
  command
    .option('--l2 <λ>', 'add λ/2 Σw² to the loss', positive)
    .option('--l1 <λ>', 'add λ Σ|w| to the loss', positive)
    .option('--decay', 'shrink the weights by (1 − ελ) instead of adding the L2 penalty')
    .option('--weight-noise <σ>', 'normal noise on the weights in every step', positive)
    .option('--patience <n>', 'stop when validation has not got better for so many epochs; keep the best weights', whole(1))
    .option('--watch <measure>', 'what early stopping watches (default: loss)')
    .option('--adversarial <ε>', 'learn from inputs moved by ε against the network too', positive)
    .option('--ensemble <k>', 'train so many copies, each on its own draw from the data, and average them', whole(2))
    .option(
      '--augment <key=value>',
      'change images at random: flipHorizontal=0.5, cropArea=0.1, hue=0.1 … (may be repeated)',
      withSetting,
      {},
    )

export function withRegularization(document: GraphDocument, options: RegularizationOptions): GraphDocument {
  const { training, data } = document
  const { l2, l1, decay, weightNoise, patience, watch, adversarial, ensemble, augment } = options
  const changed: TrainingSettings = {
    ...training,
    ...(l2 !== undefined && { l2 }),
    ...(l1 !== undefined && { l1 }),
    ...(decay && { decay }),
    ...(weightNoise !== undefined && { weightNoise }),
    ...((patience !== undefined || watch !== undefined) && {
      earlyStopping: {
        ...training.earlyStopping,
        ...(patience !== undefined && { patience }),
        ...(watch !== undefined && { metric: watch }),
      },
    }),
    ...(ensemble !== undefined && { ensemble: { ...training.ensemble, replicas: ensemble } }),
    ...(adversarial !== undefined && { adversarial: { ...training.adversarial, epsilon: adversarial } }),
  }
  // On the command line only what is named changes images; names and values are checked when the data is prepared.
  const augmentation = { flipHorizontal: 0, ...data.augmentation, ...augment } as DataSettings['augmentation']
  return { ...document, training: changed, data: Object.keys(augment).length > 0 ? { ...data, augmentation } : data }
}
