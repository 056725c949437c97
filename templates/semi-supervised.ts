/**
 * @file Semi-supervised learning (Grandvalet and Bengio 2005; notes 004): a few samples teach by their labels, all others by being asked for a clear
 * answer, which moves the boundary to where there are no samples.
 */
import { batchSize, numClasses, numFeatures, numHiddens } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'
import { float } from '../engine/layers/kit/params'

export default template({
  id: 'semi-supervised',
  title: { en: 'Semi-supervised learning', zh: '半监督学习' },
  section: 'fundamentals',
  summary: {
    en: 'Few samples have labels. The loss takes those; the entropy of the answers for all others is a penalty, so that the boundary runs where there are no samples.',
    zh: '只有少量样本带标签，损失只计这些样本；对其余样本惩罚输出的熵，使分界线落在样本稀少处。',
  },
  source: { en: 'Grandvalet and Bengio 2005; notes 004', zh: 'Grandvalet、Bengio 2005；笔记 004' },
  expected: {
    en: 'With about ten labels every point comes out right; with the entropy at 0 about one in a hundred does not.',
    zh: '约十个标签即可使所有点分类正确；熵的权重为 0 时约有百分之一出错。',
  },
  params: {
    numFeatures: numFeatures(2),
    numHiddens: numHiddens(32),
    numClasses: numClasses(2),
    labelledShare: float({
      label: { en: 'Share with labels', zh: '带标签的比例' },
      help: { en: 'How many of the training samples teach by their label.', zh: '训练样本中带标签的比例。' },
      default: 0.005,
      min: 0,
      max: 1,
    }),
    entropy: float({
      label: { en: 'Weight of the entropy', zh: '熵的权重' },
      help: {
        en: 'How much a clear answer counts where there is no label; 0 learns from labels alone.',
        zh: '无标签样本上明确回答所占的比重；0 表示只学习标签。',
      },
      default: 0.1,
      min: 0,
      max: 1000,
    }),
    batchSize: batchSize(128),
  },
  build(g, p) {
    let x = g.input('features', [p.numFeatures])
    for (let layer = 0; layer < 2; layer++) x = g.tanh(g.dense(x, { numHiddens: p.numHiddens }))
    const logits = g.dense(x, { numHiddens: p.numClasses })
    const asked = g.entropyPenalty(logits, { strength: p.entropy, mask: g.input('unlabelled', []) })
    g.softmaxCrossEntropy(asked, g.label('label', p.numClasses), { mask: g.input('labelled', []) })
  },
  data: (p) => ({
    source: { kind: 'points2d', params: { pattern: 'halves', samples: 2000, noise: 0.02 } },
    labelledShare: p.labelledShare,
  }),
  training: (p) => ({ optimizer: 'adam', lr: 0.01, batchSize: p.batchSize, epochs: 40 }),
})
