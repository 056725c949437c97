/** @file How far a predicted distribution is from a given one: D(p‖q) = Σ p log(p / q), in nats (notes 002 §1, §12; Kullback and Leibler 1951). */
import { reducedFormula } from './kit/average'
import { expectRank } from './kit/expect'
import { defineLoss } from './kit/loss'
import { choice } from './kit/params'
import { boundedLog } from './kit/probability'
import { expectTarget } from './kit/target'

/** What q is, of what the network gives. */
const inTeX = {
  probabilities: '',
  logProbabilities: String.raw`, \qquad q = e^{\ell}`,
  logits: String.raw`, \qquad q = \operatorname{softmax}(z)`,
} as const

const klDivergence = defineLoss({
  kind: 'klDivergence',
  title: { en: 'KL divergence', zh: 'KL 散度损失' },
  aliases: { en: 'Kullback–Leibler, Kullback-Leibler, relative entropy', zh: '相对熵' },
  summary: {
    en: 'The loss where the target is a whole distribution over the last axis, such as the answers of a larger network or of several people.',
    zh: '目标是最后一个轴上的完整分布（例如更大网络的输出，或多人标注的占比）时的损失。',
  },
  formula: ({ given }) => String.raw`L = \frac{1}{N} \sum_i \sum_k p_{ik} \log \frac{p_{ik}}{q_{ik}}${inTeX[given]}`,
  reference: 'notes 002 §1, §12',
  inputs: {
    prediction: { about: { en: 'the network’s distribution q (N, …, classes)', zh: '网络给出的分布 q (N, …, 类别数)' } },
    target: { about: { en: 'the wanted distribution p, of the same shape', zh: '目标分布 p，形状相同' } },
  },
  params: {
    given: choice({
      label: { en: 'The prediction is', zh: '预测值为' },
      help: {
        en: 'Probabilities as after a softmax layer, their logarithms, or raw scores, on which the softmax is taken here, exactly.',
        zh: '概率（如经过 softmax 层）、对数概率，或原始得分（在此处精确地取 softmax）。',
      },
      default: 'probabilities',
      options: {
        probabilities: { en: 'Probabilities', zh: '概率' },
        logProbabilities: { en: 'Log-probabilities', zh: '对数概率' },
        logits: { en: 'Raw scores', zh: '原始得分' },
      },
    }),
  },
  shape: ({ prediction, target }, _params, fail) =>
    expectRank(prediction, [2, 3, 4, 5], { en: 'distributions (N, …, classes)', zh: '分布 (N, …, 类别数)' }, 'prediction', fail)
      ? expectTarget(prediction, 'prediction', target, fail)?.slice(0, -1)
      : undefined,
  over: ({ target }) => [target.shape.length - 1],
  each: (b, { prediction, target }, { given }) => {
    const logs = {
      probabilities: () => boundedLog(b, prediction),
      logProbabilities: () => prediction,
      logits: () => b.logSoftmax(prediction, -1),
    }[given]()
    return b.mul(target, b.sub(boundedLog(b, target), logs))
  },
  operations: 6,
  exposes: { prediction: 'prediction' },
  pytorch: ([q = '', p = ''], { given }, _inputs, reduction) => {
    const logs = { probabilities: `torch.log(${q})`, logProbabilities: q, logits: `F.log_softmax(${q}, -1)` }[given]
    return reducedFormula(`F.kl_div(${logs}, ${p}, reduction='none').sum(-1)`, reduction)
  },
  ranges: { prediction: [0.05, 1], target: [0.05, 1] },
  cases: [
    { inputs: { prediction: [4, 3], target: [4, 3] } },
    {
      name: 'log-probabilities, masked',
      inputs: { prediction: [2, 3, 2], target: [2, 3, 2], mask: [2, 3] },
      params: { given: 'logProbabilities' },
    },
    { name: 'raw scores, weighted', inputs: { prediction: [3, 5], target: [3, 5], weight: [3] }, params: { given: 'logits' } },
    { name: 'batch 1, one class', inputs: { prediction: [1, 1], target: [1, 1] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    klDivergence: typeof klDivergence
  }
}
export default klDivergence
