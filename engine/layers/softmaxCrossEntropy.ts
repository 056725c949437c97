/**
 * @file Softmax and categorical cross-entropy in one, the mean over the batch (notes 002 §1 and §4). Written on log-softmax, it does
 * not overflow, and its gradient with respect to the scores comes out as (ŷ − y) / N.
 */
import { formatShape, sameShape, sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectDType, expectRank } from './kit/expect'

const softmaxCrossEntropy = defineLayer({
  kind: 'softmaxCrossEntropy',
  category: 'loss',
  idStem: 'loss',
  title: { en: 'Softmax cross-entropy', zh: 'Softmax 交叉熵损失' },
  summary: {
    en: 'The loss for classification: turns scores into probabilities and rewards a high one for the right class. Feed it raw scores, without a softmax.',
    zh: '分类任务的损失：把得分转为概率，并使正确类别的概率尽量高。请直接输入得分，前面不要加 softmax。',
  },
  formula: String.raw`L = -\frac{1}{N} \sum_{i} \log \frac{e^{z_{i,y_i}}}{\sum_j e^{z_{i,j}}}`,
  reference: 'notes 002 §1, §4',
  inputs: {
    logits: { about: { en: 'scores (N, …, classes)', zh: '得分 (N, …, 类别数)' } },
    label: { about: { en: 'right classes (N, …)', zh: '正确类别 (N, …)' } },
  },
  outputs: { loss: { about: { en: 'a single number', zh: '一个数' } } },
  params: {},
  shape: ({ logits, label }, _params, fail) => {
    if (!expectDType(logits, 'f32', 'logits', fail) || !expectDType(label, 'i32', 'label', fail)) return undefined
    const flatten = {
      title: { en: 'Insert a Flatten layer', zh: '插入展平层' },
      edits: [{ type: 'insertBefore', port: 'logits', kind: 'flatten', params: {} }],
    } as const
    const expected = { en: 'scores (N, classes)', zh: '得分 (N, 类别数)' }
    if (!expectRank(logits, [2, 3], expected, 'logits', fail, logits.shape.length > 3 ? [flatten] : [])) return undefined
    const positions = logits.shape.slice(0, -1)
    if (!sameShape(label.shape, positions))
      return fail({
        code: 'shape.mismatch',
        port: 'label',
        values: { expected: formatShape(positions), got: formatShape(label.shape) },
        fixes: [
          {
            title: { en: `Give the label the shape ${formatShape(positions)}`, zh: `将标签的形状设为 ${formatShape(positions)}` },
            edits: [{ type: 'adjustSource', port: 'label', what: 'shape', value: positions.slice(1) }],
          },
        ],
      })
    const scores = logits.shape.at(-1) ?? 0
    const { classes = scores } = label
    if (classes !== scores)
      return fail({
        code: 'shape.classes',
        port: 'logits',
        values: { expected: classes, got: scores },
        fixes: [
          {
            title: { en: `Let the layer before give ${classes} scores`, zh: `将前一层的输出个数改为 ${classes}` },
            edits: [{ type: 'adjustSource', port: 'logits', what: 'width', value: classes }],
          },
          {
            title: { en: `Set the label to ${scores} classes`, zh: `将标签的类别数改为 ${scores}` },
            edits: [{ type: 'adjustSource', port: 'label', what: 'classes', value: scores }],
          },
        ],
      })
    return { loss: { shape: [], dtype: 'f32' } }
  },
  lower: (b, { logits, label }) => {
    const classes = logits.shape.at(-1) ?? 0
    const chosen = b.mul(b.logSoftmax(logits, -1), b.oneHot(label, classes))
    return { loss: b.div(b.neg(b.sum(chosen)), sizeOf(label.shape)) }
  },
  flops: ({ logits }) => 6 * sizeOf(logits.shape),
  pytorch: (_params, { logits }) => ({
    call: (_self, [z, y]) =>
      logits.shape.length === 2 ? `F.cross_entropy(${z}, ${y})` : `F.cross_entropy(${z}.flatten(0, -2), ${y}.flatten())`,
  }),
  role: {
    type: 'loss',
    exposes: { logits: 'logits' },
    metrics: (b, { logits, label }) => ({ accuracy: b.mean(b.equal(b.argMax(logits, -1), label)) }),
  },
  cases: [
    { inputs: { logits: [4, 3], label: { shape: [4], dtype: 'i32', classes: 3 } } },
    { name: 'batch 1, two classes', inputs: { logits: [1, 2], label: { shape: [1], dtype: 'i32', classes: 2 } } },
    { name: 'every step of a sequence', inputs: { logits: [2, 5, 7], label: { shape: [2, 5], dtype: 'i32', classes: 7 } } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    softmaxCrossEntropy: typeof softmaxCrossEntropy
  }
}
export default softmaxCrossEntropy
