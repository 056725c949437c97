/** @file XOR with a linear model (Goodfellow et al. 2016 §6.1; notes 004): the best it can say is ½, everywhere. */
import { batchSize } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'

export default template({
  id: 'xor-linear',
  title: { en: 'XOR, linear model', zh: '异或：线性模型' },
  section: 'fundamentals',
  summary: {
    en: 'A linear model on the corners of the square. Its weights shrink to nothing and its answer settles on ½: no plane fits XOR.',
    zh: '用线性模型拟合正方形的四个角。权重趋于零，输出停在 ½：没有平面能拟合异或。',
  },
  source: { en: 'Goodfellow, Bengio and Courville 2016, §6.1; notes 004', zh: 'Goodfellow、Bengio、Courville 2016，6.1 节；笔记 004' },
  expected: {
    en: 'Half the mean squared error ends at 1/8, with w = 0 and b = ½. The normal equations give the same in one step.',
    zh: '半均方误差停在 1/8，此时 w = 0、b = ½。用正规方程一步即可得到同样的解。',
  },
  lessons: [{ title: { en: 'The linear model settles on ½', zh: '线性模型停在 ½' }, weights: 'fresh' }],
  params: { batchSize: batchSize(4) },
  build(g) {
    const prediction = g.dense(g.input('features', [2]), { numHiddens: 1 })
    g.meanSquaredError(prediction, g.label('target', { type: 'number', shape: [1] }), { half: true })
  },
  data: { kind: 'points2d', params: { pattern: 'xor', target: 'number', noise: 0 } },
  training: (p) => ({ optimizer: 'sgd', lr: 0.1, batchSize: p.batchSize, epochs: 10 }),
  /** w = 0, b = ½. */
  solutions: { exact: { 'dense1.kernel': new Float32Array([0, 0]), 'dense1.bias': new Float32Array([0.5]) } },
})
