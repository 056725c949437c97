/** @file Two inputs, three hidden units, one output, all sigmoid: the network on which the notes derive back-propagation (notes 001). */
import { batchSize } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'

export default template({
  id: 'sigmoid-231',
  title: { en: 'Sigmoid network 2-3-1', zh: 'Sigmoid 网络 2-3-1' },
  section: 'fundamentals',
  summary: {
    en: 'Small enough to follow every number by eye: step through it forward and back in the lesson, then let it learn.',
    zh: '小到每个数都能用眼睛跟踪：先在逐步讲解中向前、向后走一遍，再让它学习。',
  },
  source: { en: 'Rumelhart, Hinton and Williams 1986; notes 001', zh: 'Rumelhart、Hinton、Williams 1986；笔记 001' },
  expected: {
    en: 'XOR is learnt after a few thousand steps; at first the loss hardly moves, since sigmoids hand little back.',
    zh: '几千步后学会异或；开始时损失几乎不动，因为 sigmoid 传回的误差很小。',
  },
  lessons: [{ title: { en: 'Sigmoid network 2-3-1', zh: 'Sigmoid 网络 2-3-1' }, weights: 'fresh' }],
  params: { batchSize: batchSize(4) },
  build(g) {
    const hidden = g.sigmoid(g.dense(g.input('features', [2]), { numHiddens: 3 }))
    const prediction = g.sigmoid(g.dense(hidden, { numHiddens: 1 }))
    g.meanSquaredError(prediction, g.label('target', { type: 'number', shape: [1] }), { half: true })
  },
  data: { kind: 'points2d', params: { pattern: 'xor', target: 'number', noise: 0 } },
  training: (p) => ({ optimizer: 'sgd', lr: 2, batchSize: p.batchSize, epochs: 30 }),
})
