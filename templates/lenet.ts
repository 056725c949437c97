/** @file LeNet-5 (LeCun et al. 1998; notes 002 §5): two rounds of convolution, sigmoid and pooling, then three dense layers. */
import { batchSize, imageSize, inChannels, numClasses } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'

export default template({
  id: 'lenet',
  title: { en: 'LeNet', zh: 'LeNet' },
  section: 'convolutional',
  summary: {
    en: 'The first convolutional network in wide use: it read handwritten digits on cheques.',
    zh: '最早得到广泛应用的卷积网络，曾用于识别支票上的手写数字。',
  },
  source: { en: 'LeCun, Bottou, Bengio and Haffner 1998; notes 002 §5', zh: 'LeCun、Bottou、Bengio、Haffner 1998；笔记 002 第 5 章' },
  params: { inChannels: inChannels(1), imageSize: imageSize(28, 16), numClasses: numClasses(10), batchSize: batchSize(64) },
  build(g, p) {
    const image = g.input('image', [p.inChannels, p.imageSize, p.imageSize])
    let x = g.sigmoid(g.conv2d(image, { numChannels: 6, kernelSize: 5 }))
    x = g.maxPool2d(x, { kernelSize: 2, stride: 2 })
    x = g.sigmoid(g.conv2d(x, { numChannels: 16, kernelSize: 5 }))
    x = g.flatten(g.maxPool2d(x, { kernelSize: 2, stride: 2 }))
    x = g.sigmoid(g.dense(x, { numHiddens: 120 }))
    x = g.sigmoid(g.dense(x, { numHiddens: 84 }))
    g.classify(x, p.numClasses)
  },
  data: 'digits',
  training: (p) => ({ optimizer: 'adam', lr: 0.002, batchSize: p.batchSize, epochs: 10 }),
})
