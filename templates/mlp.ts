/** @file Multilayer perceptron (Rumelhart et al. 1986; notes 001, 004): one hidden layer between features and scores. */
import { batchSize, numClasses, numFeatures, numHiddens } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'

export default template({
  id: 'mlp',
  title: { en: 'Multilayer perceptron', zh: '多层感知机' },
  section: 'fundamentals',
  summary: {
    en: 'A hidden layer of rectified units between the features and the scores: enough to approximate any function.',
    zh: '在特征与得分之间加一层 ReLU 隐藏单元，便足以逼近任意函数。',
  },
  source: { en: 'Rumelhart, Hinton and Williams 1986; notes 001 and 004', zh: 'Rumelhart、Hinton、Williams 1986；笔记 001、004' },
  params: {
    numFeatures: numFeatures(784),
    numHiddens: numHiddens(256),
    numClasses: numClasses(10),
    batchSize: batchSize(64),
  },
  build(g, p) {
    const features = g.input('features', [p.numFeatures])
    g.classify(g.relu(g.dense(features, { numHiddens: p.numHiddens })), p.numClasses)
  },
  data: 'digits',
  training: (p) => ({ optimizer: 'adam', lr: 0.001, batchSize: p.batchSize, epochs: 10 }),
})
