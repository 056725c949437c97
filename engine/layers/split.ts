/** @file Equal parts along one axis, each an output of its own (notes 002 §7: the gates of recurrent cells lie side by side). */
import type { TensorType } from '../core/tensor'
import { axisFromFront, axisSpec, expectDivides, sampleAxis, withExtent } from './kit/axis'
import { defineLayer, type OutputPort } from './kit/define'
import { int } from './kit/params'

const names = ['part1', 'part2', 'part3', 'part4', 'part5', 'part6', 'part7', 'part8'] as const
type Name = (typeof names)[number]

/** The node has the outputs that `outputsOf` names; nothing asks for the others. */
const each = <T>(parts: number, of: (part: number) => T): Readonly<Record<Name, T>> =>
  Object.fromEntries(names.slice(0, parts).map((name, part) => [name, of(part)])) as Record<Name, T>

const about = (part: number): OutputPort => ({ about: { en: `part ${part + 1}`, zh: `第 ${part + 1} 份` } })

const split = defineLayer({
  kind: 'split',
  category: 'shape',
  idStem: 'split',
  title: { en: 'Split', zh: '等分' },
  aliases: { en: 'chunk, divide into parts', zh: '拆分, 切分' },
  summary: {
    en: 'Cuts one axis into equal parts, each with an output: gates computed in one product, heads of attention, halves that go different ways. For unequal parts use slices.',
    zh: '将一个轴等分为若干份，各有一个输出：一次乘积算出的多个门、注意力的多个头、走向不同的两半等。不等分请用切片。',
  },
  formula: String.raw`X = [X_1; X_2; \dots; X_m]`,
  reference: 'notes 002 §7',
  inputs: { x: { about: { en: 'samples (N, …)', zh: '样本 (N, …)' } } },
  outputs: each(names.length, about),
  outputsOf: ({ parts }) => names.slice(0, parts),
  params: {
    parts: int({
      label: { en: 'Parts', zh: '份数' },
      help: { en: 'How many; must divide the axis.', zh: '等分的份数，须能整除轴的长度。' },
      default: 2,
      min: 2,
      max: names.length,
    }),
    axis: axisSpec(
      {
        en: 'Which axis is cut: 1 is features, channels or steps, −1 the last.',
        zh: '沿哪个轴切：1 为特征、通道或时间步，−1 为最后一个轴。',
      },
      1,
    ),
  },
  shape: ({ x }, { parts, axis }, fail) => {
    const at = sampleAxis(x, axis, fail)
    if (at === undefined) return undefined
    const extent = x.shape[at] ?? 1
    if (!expectDivides(extent, parts, 'parts', 'x', fail, names.length)) return undefined
    const part: TensorType = { ...x, shape: withExtent(x.shape, at, extent / parts) }
    return each(parts, () => part)
  },
  lower: (b, { x }, _weights, { parts, axis }) => {
    const at = axisFromFront(x.shape, axis)
    const extent = (x.shape[at] ?? 1) / parts
    const zeros = x.shape.map(() => 0)
    return each(parts, (part) => b.slice(x, withExtent(zeros, at, part * extent), withExtent(x.shape, at, (part + 1) * extent)))
  },
  flops: () => 0,
  brief: ({ parts }) => `÷ ${parts}`,
  pytorch: ({ parts, axis }) => ({ call: (_self, [x]) => `torch.chunk(${x}, ${parts}, ${axis})` }),
  cases: [
    { name: 'halves', inputs: { x: [3, 6] } },
    { name: 'four gates, batch 1', inputs: { x: [1, 8] }, params: { parts: 4 } },
    { name: 'channels one by one', inputs: { x: [2, 3, 4, 5] }, params: { parts: 3 } },
    { name: 'the last axis', inputs: { x: [2, 3, 8] }, params: { parts: 8, axis: -1 } },
    { name: 'whole numbers', inputs: { x: { shape: [2, 4], dtype: 'i32', classes: 5 } } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    split: typeof split
  }
}
export default split
