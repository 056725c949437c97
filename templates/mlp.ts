/** @file Multilayer perceptron (Rumelhart et al. 1986; notes 001, 004): hidden layers between features and scores. */
import { batchSize, numClasses, numFeatures, numHiddens } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'
import type { Handle } from '../engine/builder/types'
import { choice, int } from '../engine/layers/kit/params'

export default template({
  id: 'mlp',
  title: { en: 'Multilayer perceptron', zh: '多层感知机' },
  section: 'fundamentals',
  summary: {
    en: 'Hidden layers between the features and the scores: one is enough to approximate any function, a second often learns it more easily.',
    zh: '在特征与得分之间加入隐藏层：一层便足以逼近任意函数，两层往往更容易学会。',
  },
  source: { en: 'Rumelhart, Hinton and Williams 1986; notes 001 and 004', zh: 'Rumelhart、Hinton、Williams 1986；笔记 001、004' },
  params: {
    numFeatures: numFeatures(784),
    numHiddens: numHiddens(256),
    numLayers: int({
      label: { en: 'Hidden layers', zh: '隐藏层数' },
      help: { en: 'How many hidden layers follow each other.', zh: '依次相连的隐藏层的层数。' },
      default: 1,
      min: 1,
      max: 100,
    }),
    activation: choice({
      label: { en: 'Activation', zh: '激活函数' },
      help: { en: 'What each hidden layer passes its sums through.', zh: '每个隐藏层的求和结果所经过的函数。' },
      default: 'relu',
      options: {
        relu: { en: 'ReLU', zh: 'ReLU' },
        tanh: { en: 'tanh', zh: 'tanh' },
        sigmoid: { en: 'sigmoid', zh: 'sigmoid' },
      },
    }),
    numClasses: numClasses(10),
    batchSize: batchSize(64),
  },
  build(g, p) {
    let x: Handle = g.input('features', [p.numFeatures])
    for (let layer = 0; layer < p.numLayers; layer++) x = g[p.activation](g.dense(x, { numHiddens: p.numHiddens }))
    g.classify(x, p.numClasses)
  },
  data: 'digits',
  training: (p) => ({ optimizer: 'adam', lr: 0.001, batchSize: p.batchSize, epochs: 10 }),
})
