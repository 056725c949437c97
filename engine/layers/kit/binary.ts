/**
 * @file What losses of yes/no questions share: their targets, how the labels of one sample are put together (notes 002 §4: added up),
 * and labels made less certain (notes 004, noise on labels).
 */
import type { Emit, Tensor } from '../../ir/emit'
import type { Reduction } from './average'
import { choice, float } from './params'

export const binaryTargetPort = { about: { en: '0 or 1, of the same shape', zh: '0 或 1，形状相同' } } as const

export const binaryReduction = choice({
  label: { en: 'Several labels', zh: '多个标签' },
  help: {
    en: 'Whether the losses of one sample’s labels are averaged or added up; over the batch they are always averaged.',
    zh: '同一样本各标签的损失取平均还是求和；对一批样本始终取平均。',
  },
  default: 'mean',
  options: { mean: { en: 'Average', zh: '取平均' }, sum: { en: 'Add up', zh: '求和' } },
  advanced: true,
})

export const binarySmoothing = float({
  label: { en: 'Label smoothing', zh: '标签平滑' },
  help: {
    en: 'Moves the labels this share of the way towards ½: allows for wrong labels. 0.1 is usual, 0 is none.',
    zh: '使标签按此比例向 ½ 靠拢，以容忍错误标签。常用 0.1，0 表示不平滑。',
  },
  default: 0,
  min: 0,
  max: 1,
  advanced: true,
})

/** The sum over i of a formula: over all values n, or, where those of a sample are added up, over all of N samples. */
export const sumOf = (reduction: Reduction): string => String.raw`\frac{1}{${reduction === 'mean' ? 'n' : 'N'}} \sum_i`

export const smoothed = (b: Emit, target: Tensor, smoothing: number): Tensor =>
  smoothing === 0 ? target : b.add(b.mul(target, 1 - smoothing), smoothing / 2)

export const smoothedInPython = (target: string, smoothing: number): string =>
  smoothing === 0 ? target : `${target} * ${1 - smoothing} + ${smoothing / 2}`
