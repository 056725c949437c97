/** @file ResNet-18 (He et al. 2015; notes 002 §6): residual blocks let a layer learn f(x) − x. */
import { batchSize, imageSize, inChannels, numClasses } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'
import residual from './blocks/residual'

export default template({
  id: 'resnet18',
  title: { en: 'ResNet-18', zh: 'ResNet-18' },
  section: 'convolutional',
  summary: {
    en: 'Shortcuts around every two convolutions keep the gradient alive through eighteen layers.',
    zh: '每两个卷积旁边都有捷径，使梯度能顺利穿过十八层。',
  },
  source: { en: 'He, Zhang, Ren and Sun 2015; notes 002 §6', zh: '何恺明、张祥雨、任少卿、孙剑 2015；笔记 002 第 6 章' },
  expected: {
    en: 'An epoch has 2,000 drawn digits, resized to 96×96. For a first look set the image size to 32: a ninth of the pixels.',
    zh: '每轮使用 2000 张手绘数字，缩放到 96×96。想先快速看看效果，可将图像尺寸设为 32，像素只有九分之一。',
  },
  params: { inChannels: inChannels(1), imageSize: imageSize(96, 32), numClasses: numClasses(10), batchSize: batchSize(32) },
  build(g, p) {
    const image = g.input('image', [p.inChannels, p.imageSize, p.imageSize])
    let x = g.relu(g.batchNorm(g.conv2d(image, { numChannels: 64, kernelSize: 7, stride: 2, padding: 3 })))
    x = g.maxPool2d(x, { kernelSize: 3, stride: 2, padding: 1 })
    for (const [group, numChannels] of [64, 128, 256, 512].entries())
      for (const block of ['a', 'b']) {
        const halves = group > 0 && block === 'a'
        x = g.use(residual, x, { id: `group${group + 1}${block}`, numChannels, stride: halves ? 2 : 1, identityShortcut: !halves })
      }
    g.classify(g.globalAvgPool2d(x), p.numClasses)
  },
  data: { kind: 'digits', params: { samples: 2000 } },
  training: (p) => ({ optimizer: 'adam', lr: 0.001, batchSize: p.batchSize, epochs: 5 }),
})
