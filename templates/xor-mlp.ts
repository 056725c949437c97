/** @file XOR with two hidden units (Goodfellow et al. 2016 §6.1; notes 004): what no line can part, one hidden layer parts exactly. */
import { batchSize, numHiddens } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'

export default template({
  id: 'xor-mlp',
  title: { en: 'XOR network', zh: '异或网络' },
  section: 'fundamentals',
  summary: {
    en: 'The smallest problem that needs a hidden layer. Load the exact solution for two units, or learn one.',
    zh: '需要隐藏层的最小问题。可以载入两个隐藏单元的精确解，也可以自己训练。',
  },
  source: { en: 'Goodfellow, Bengio and Courville 2016, §6.1; notes 004', zh: 'Goodfellow、Bengio、Courville 2016，6.1 节；笔记 004' },
  expected: {
    en: 'With this seed two units learn the solution within seconds. From most other starting points they stay stuck: try some, and more units.',
    zh: '用这里的随机种子，两个隐藏单元几秒内就能学到解；换成别的初值大多会停在半途，不妨试一试，也可增加隐藏单元。',
  },
  lessons: [
    { title: { en: 'XOR, solved exactly', zh: '异或：精确解' }, weights: 'exact' },
    { title: { en: 'XOR, learning', zh: '异或：学习' }, weights: 'fresh' },
  ],
  params: { numHiddens: numHiddens(2), batchSize: batchSize(4) },
  build(g, p) {
    const features = g.input('features', [2])
    const hidden = g.relu(g.dense(features, { numHiddens: p.numHiddens }))
    const prediction = g.dense(hidden, { numHiddens: 1 })
    g.meanSquaredError(prediction, g.label('target', { type: 'number', shape: [1] }))
  },
  data: { kind: 'points2d', params: { pattern: 'xor', target: 'number', noise: 0 } },
  training: (p) => ({ optimizer: 'adam', lr: 0.01, batchSize: p.batchSize, epochs: 20, seed: 4 }),
  /** W = [[1, 1], [1, 1]], c = [0, −1], w = [1, −2], b = 0. */
  solutions: {
    exact: {
      'dense1.kernel': new Float32Array([1, 1, 1, 1]),
      'dense1.bias': new Float32Array([0, -1]),
      'dense2.kernel': new Float32Array([1, -2]),
      'dense2.bias': new Float32Array([0]),
    },
  },
})
