/** @file GoogLeNet (Szegedy et al. 2014; notes 002 §5): nine Inception blocks in three modules between stem and classifier. */
import { batchSize, imageSize, inChannels, numClasses } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'
import inception from './blocks/inception'

const halving = { kernelSize: 3, stride: 2, padding: 1 } as const

export default template({
  id: 'googlenet',
  title: { en: 'GoogLeNet', zh: 'GoogLeNet' },
  section: 'convolutional',
  summary: {
    en: 'Nine Inception blocks, each looking through windows of several sizes at once.',
    zh: '九个 Inception 块，每个块同时以多种尺寸的窗口观察图像。',
  },
  source: { en: 'Szegedy et al. 2014; notes 002 §5', zh: 'Szegedy 等 2014；笔记 002 第 5 章' },
  expected: {
    en: 'An epoch has 2,000 drawn digits, resized to 96×96. For a first look set the image size to 32: a ninth of the pixels.',
    zh: '每轮使用 2000 张手绘数字，缩放到 96×96。想先快速看看效果，可将图像尺寸设为 32，像素只有九分之一。',
  },
  params: { inChannels: inChannels(1), imageSize: imageSize(96, 32), numClasses: numClasses(10), batchSize: batchSize(32) },
  build(g, p) {
    const image = g.input('image', [p.inChannels, p.imageSize, p.imageSize])
    let x = g.maxPool2d(g.relu(g.conv2d(image, { numChannels: 64, kernelSize: 7, stride: 2, padding: 3, initializer: 'he' })), halving)
    x = g.relu(g.conv2d(x, { numChannels: 64, kernelSize: 1, initializer: 'he' }))
    x = g.maxPool2d(g.relu(g.conv2d(x, { numChannels: 192, kernelSize: 3, padding: 1, initializer: 'he' })), halving)
    x = g.use(inception, x, { id: 'inception3a', n1: 64, n21: 96, n22: 128, n31: 16, n32: 32, n4: 32 })
    x = g.use(inception, x, { id: 'inception3b', n1: 128, n21: 128, n22: 192, n31: 32, n32: 96, n4: 64 })
    x = g.maxPool2d(x, halving)
    x = g.use(inception, x, { id: 'inception4a', n1: 192, n21: 96, n22: 208, n31: 16, n32: 48, n4: 64 })
    x = g.use(inception, x, { id: 'inception4b', n1: 160, n21: 112, n22: 224, n31: 24, n32: 64, n4: 64 })
    x = g.use(inception, x, { id: 'inception4c', n1: 128, n21: 128, n22: 256, n31: 24, n32: 64, n4: 64 })
    x = g.use(inception, x, { id: 'inception4d', n1: 112, n21: 144, n22: 288, n31: 32, n32: 64, n4: 64 })
    x = g.use(inception, x, { id: 'inception4e', n1: 256, n21: 160, n22: 320, n31: 32, n32: 128, n4: 128 })
    x = g.maxPool2d(x, halving)
    x = g.use(inception, x, { id: 'inception5a', n1: 256, n21: 160, n22: 320, n31: 32, n32: 128, n4: 128 })
    x = g.use(inception, x, { id: 'inception5b', n1: 384, n21: 192, n22: 384, n31: 48, n32: 128, n4: 128 })
    g.classify(g.globalAvgPool2d(x), p.numClasses)
  },
  data: { kind: 'digits', params: { samples: 2000 } },
  training: (p) => ({ optimizer: 'adam', lr: 0.0003, batchSize: p.batchSize, epochs: 5 }),
})
