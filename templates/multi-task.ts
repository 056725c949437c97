/** @file Multi-task learning (Caruana 1993; notes 004): one trunk learns for two heads, which name the digit and draw it again. */
import { batchSize, imageSize, inChannels, numClasses, numHiddens } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'
import { float } from '../engine/layers/kit/params'

export default template({
  id: 'multi-task',
  title: { en: 'Multi-task learning', zh: '多任务学习' },
  section: 'fundamentals',
  summary: {
    en: 'Two heads on a shared trunk: one names what is in the image, the other draws the image again. What both need, the trunk learns from both.',
    zh: '两个输出头共用主干：一个识别图像内容，另一个重建图像。两者都需要的特征由主干从两个任务中共同学习。',
  },
  source: { en: 'Caruana 1993; notes 004', zh: 'Caruana 1993；笔记 004' },
  params: {
    imageSize: imageSize(28, 4),
    inChannels: inChannels(1),
    numHiddens: numHiddens(128),
    numClasses: numClasses(10),
    drawing: float({
      label: { en: 'Weight of drawing', zh: '重建任务的权重' },
      help: { en: 'How much the second task counts beside the first.', zh: '第二个任务相对于第一个任务的比重。' },
      default: 1,
      min: 0,
      max: 1000,
    }),
    batchSize: batchSize(64),
  },
  build(g, p) {
    const image = g.input('image', [p.inChannels, p.imageSize, p.imageSize])
    const trunk = g.relu(g.dense(g.flatten(image), { id: 'trunk', numHiddens: p.numHiddens }))
    g.classify(g.relu(g.dense(trunk, { id: 'naming', numHiddens: p.numHiddens })), p.numClasses)
    const drawn = g.dense(g.relu(g.dense(trunk, { id: 'drawing', numHiddens: p.numHiddens })), {
      numHiddens: p.inChannels * p.imageSize * p.imageSize,
    })
    g.meanSquaredError(drawn, g.flatten(image), { lossWeight: p.drawing })
  },
  data: 'digits',
  training: (p) => ({ optimizer: 'adam', lr: 0.001, batchSize: p.batchSize, epochs: 10 }),
})
