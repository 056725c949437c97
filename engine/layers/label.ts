/** @file What the network should answer: the class or the numbers that the data set gives for each sample (notes 002 §1). */
import { defineLayer } from './kit/define'
import { choice, int, ints } from './kit/params'

const label = defineLayer({
  kind: 'label',
  category: 'data',
  idStem: 'label',
  title: { en: 'Label', zh: '标签' },
  aliases: { en: 'target, ground truth', zh: '目标, 真值' },
  summary: {
    en: 'The answers to learn: for each sample a class, or numbers for regression. Connect it to a loss.',
    zh: '要学习的答案：每个样本的类别，或回归用的数值。请连接到损失层。',
  },
  formula: ({ type }) =>
    type === 'class' ? String.raw`y \in \{0, \dots, K-1\}^{N \times \cdots}` : String.raw`y \in \mathbb{R}^{N \times \cdots}`,
  reference: 'notes 002 §1',
  inputs: {},
  outputs: { y: { about: { en: 'classes (N, …) or targets (N, …)', zh: '类别 (N, …) 或目标值 (N, …)' } } },
  params: {
    type: choice({
      label: { en: 'Kind of answer', zh: '答案类型' },
      help: { en: 'Classes for classification, numbers for regression.', zh: '分类任务用类别，回归任务用数值。' },
      default: 'class',
      options: { class: { en: 'Class', zh: '类别' }, number: { en: 'Numbers', zh: '数值' } },
    }),
    classes: int({
      label: { en: 'Number of classes', zh: '类别数' },
      help: {
        en: 'Must equal the number of scores that the network gives. Only for classes.',
        zh: '须与网络输出的得分个数一致。仅用于类别。',
      },
      default: 10,
      min: 1,
      max: 100_000_000,
    }),
    shape: ints({
      label: { en: 'Shape of one answer', zh: '单个答案的形状' },
      help: {
        en: 'Empty for one answer a sample; 3 for three numbers a sample, 35 for one class at each of 35 steps.',
        zh: '每个样本一个答案时留空；3 表示每个样本三个数，35 表示 35 个时间步各一个类别。',
      },
      default: [],
      min: 1,
      max: 1_000_000,
      maxLength: 5,
      advanced: true,
    }),
  },
  adjustable: { shape: 'shape', classes: 'classes', answers: 'type' },
  shape: (_inputs, { type, classes, shape }, _fail, { batchSize }) => ({
    y: type === 'class' ? { shape: [batchSize, ...shape], dtype: 'i32', classes } : { shape: [batchSize, ...shape], dtype: 'f32' },
  }),
  lower: (_b, _inputs, _weights, _params, context) => ({ y: context.feed() }),
  flops: () => 0,
  brief: ({ type, classes, shape }) =>
    [...(type === 'class' ? [`${classes}`] : []), ...(shape.length > 0 ? [shape.join('×')] : [])].join(' · '),
  pytorch: () => ({ call: (self) => self }),
  role: { type: 'label' },
  cases: [
    { name: 'class', inputs: {}, params: { classes: 3 } },
    { name: 'class per step', inputs: {}, params: { classes: 5, shape: [4] } },
    { name: 'numbers', inputs: {}, params: { type: 'number', shape: [2] } },
    { name: 'one number', inputs: {}, params: { type: 'number' } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    label: typeof label
  }
}
export default label
