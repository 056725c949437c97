/**
 * @file What average pools share: whether padding counts, and the mean under a window.
 * In: images and a window. Out: the means.
 */
import type { Emit, Tensor } from '../../ir/emit'
import type { PoolWindow } from '../../ir/program'
import { bool } from './params'

export const countPaddingSpec = bool({
  label: { en: 'Count padding', zh: '填充计入平均' },
  help: {
    en: 'Padding counts as zeros; switched off, only what lies inside is averaged.',
    zh: '填充的零也计入平均；关闭后只对范围内的值求平均。',
  },
  default: true,
  advanced: true,
})

export function meanUnder(b: Emit, images: Tensor, window: PoolWindow, countPadding: boolean): Tensor {
  const mean = b.avgPool2d(images, window)
  // The share of each window that lies inside the image is the average of an image of ones.
  return countPadding ? mean : b.div(mean, b.avgPool2d(b.constant(1, images.shape), window))
}
