/** @file Words of the training settings. */
import type { Text } from '../../engine/core/text'
import { defineWords } from './i18n'

export const trainingWords = defineWords('training-settings', {
  training: { en: 'Training', zh: '训练' },
  regularization: { en: 'Regularisation', zh: '正则化' },
  optimizer: { en: 'Optimiser', zh: '优化器' },
  schedule: { en: 'Rate schedule', zh: '学习率策略' },
  stochastic: { en: 'One', zh: '单个' },
  stochasticHint: {
    en: 'Stochastic gradient descent: a step after every sample, noisy but quick to begin.',
    zh: '随机梯度下降：每个样本更新一步，噪声大但起步快。',
  },
  miniBatch: { en: 'Mini-batch', zh: '小批量' },
  miniBatchHint: {
    en: 'A few dozen samples a step: the usual balance of noise and speed.',
    zh: '每步几十个样本：在噪声与速度之间的常用折中。',
  },
  fullBatch: { en: 'All', zh: '全部' },
  fullBatchHint: {
    en: 'Batch gradient descent: one step an epoch along the exact gradient of all samples.',
    zh: '批量梯度下降：每轮一步，沿全部样本的精确梯度。',
  },
  batchKinds: { en: 'Usual batch sizes', zh: '常用批量大小' },
  iterations: {
    en: '{samples} samples ÷ {batch} = {iterations} iterations an epoch, {total} in all',
    zh: '{samples} 个样本 ÷ {batch} = 每轮 {iterations} 次迭代，共 {total} 次',
  },
  exactSteps: { en: 'Solved in one step over all samples; epochs do not matter.', zh: '对全部样本一步求解，与轮数无关。' },
  clip: { en: 'Clip gradients', zh: '梯度裁剪' },
  average: { en: 'Average the weights', zh: '权重平均' },
  averageHint: {
    en: 'Evaluates and keeps a moving average of the weights, which is steadier than the weights themselves.',
    zh: '评估并保存权重的滑动平均，比权重本身更平稳。',
  },
  ratePlot: {
    en: 'Learning rate over {steps} steps: from {first} to {last}, at most {most}',
    zh: '{steps} 步内的学习率：从 {first} 到 {last}，最高 {most}',
  },
  ratePlotFlat: { en: 'falls as validation demands', zh: '依验证情况下降' },
})

const measures: Readonly<Record<string, Text>> = {
  loss: { en: 'Loss', zh: '损失' },
  accuracy: { en: 'Accuracy', zh: '准确率' },
  perplexity: { en: 'Perplexity', zh: '困惑度' },
  absoluteError: { en: 'Absolute error', zh: '绝对误差' },
}

/** What a measure is called; with several losses the node is named too (`loss1.accuracy`). */
export function measureTitle(name: string): Text {
  const at = name.lastIndexOf('.') + 1
  const known = measures[name.slice(at)]
  const node = name.slice(0, at)
  return known
    ? { en: `${known.en}${node && ` (${node.slice(0, -1)})`}`, zh: `${known.zh}${node && `（${node.slice(0, -1)}）`}` }
    : { en: name, zh: name }
}
