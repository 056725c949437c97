/** @file Softmax regression (notes 002 §4): one dense layer; the simplest classifier, and the output layer of all others. */
import { batchSize, numClasses, numFeatures } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'

export default template({
  id: 'softmax-regression',
  title: { en: 'Softmax regression', zh: 'Softmax 回归' },
  section: 'fundamentals',
  summary: {
    en: 'One weighted sum for each class; the softmax makes probabilities of them. The images are taken as rows of pixels.',
    zh: '每个类别对应一个加权和，再由 softmax 变为概率。图像按一行像素输入。',
  },
  source: { en: 'notes 002 §4', zh: '笔记 002 第 4 章' },
  params: { numFeatures: numFeatures(784), numClasses: numClasses(10), batchSize: batchSize(64) },
  build(g, p) {
    g.classify(g.input('features', [p.numFeatures]), p.numClasses)
  },
  data: 'digits',
  training: (p) => ({ optimizer: 'adam', lr: 0.002, batchSize: p.batchSize, epochs: 10 }),
})
