/** @file The same numbers in another shape, row-major; the batch stays (N, …) → (N, …shape). */
import { formatShape, type Shape, sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import type { LayerFix } from './kit/fixes'
import { ints } from './kit/params'

/** `shape` with its −1 worked out, or undefined where the numbers do not fill it. */
function filled(shape: Shape, size: number): Shape | undefined {
  const known = sizeOf(shape.filter((extent) => extent !== -1))
  const complete = shape.map((extent) => (extent === -1 ? size / known : extent))
  return sizeOf(complete) === size && complete.every(Number.isInteger) ? complete : undefined
}

/** The extent that may be what is left over, so that the others stay; the last that can. */
function restOf(shape: Shape, size: number): readonly LayerFix[] {
  if (shape.includes(-1)) return []
  const at = shape.findLastIndex((_, axis) => filled(shape.with(axis, -1), size))
  if (at < 0) return []
  const value = shape.with(at, -1)
  return [
    {
      title: { en: `Make it ${formatShape(filled(value, size) ?? value)}`, zh: `改为 ${formatShape(filled(value, size) ?? value)}` },
      edits: [{ type: 'setParam', param: 'shape', value }],
    },
  ]
}

const reshape = defineLayer({
  kind: 'reshape',
  category: 'shape',
  idStem: 'reshape',
  title: { en: 'Reshape', zh: '变形' },
  aliases: { en: 'view', zh: '形状变换' },
  summary: {
    en: 'Gives each sample another shape without changing the order of its numbers.',
    zh: '改变每个样本的形状，数的先后次序不变。',
  },
  formula: String.raw`(N, \dots) \to (N, d_1, \dots, d_k)`,
  reference: 'notes 002 §1',
  inputs: { x: { about: { en: 'samples (N, …)', zh: '样本 (N, …)' } } },
  outputs: { y: { about: { en: 'samples (N, …) of the new shape', zh: '新形状的样本 (N, …)' } } },
  params: {
    shape: ints({
      label: { en: 'Shape of one sample', zh: '单个样本的形状' },
      help: { en: 'Without the batch; one −1 stands for what is left over.', zh: '不含批量维；可用一个 −1 表示其余的长度。' },
      default: [-1],
      min: -1,
      max: 100_000_000,
      maxLength: 6,
    }),
  },
  adjustable: { shape: 'shape' },
  shape: ({ x }, { shape }, fail) => {
    if (shape.includes(0) || shape.filter((extent) => extent === -1).length > 1)
      return fail({
        code: 'param.invalid',
        param: 'shape',
        values: {
          param: 'shape',
          expected: { en: 'extents of at least 1, one of which may be −1', zh: '不小于 1 的长度，其中至多一个 −1' },
          got: shape.join(', '),
        },
      })
    const [batch = 1, ...sample] = x.shape
    const target = filled(shape, sizeOf(sample))
    if (!target)
      return fail({
        code: 'shape.elements',
        port: 'x',
        param: 'shape',
        values: { expected: formatShape(shape), got: sizeOf(sample) },
        fixes: restOf(shape, sizeOf(sample)),
      })
    return { y: { ...x, shape: [batch, ...target] } }
  },
  lower: (b, { x }, _weights, { shape }) => {
    const [batch = 1, ...sample] = x.shape
    return { y: b.reshape(x, [batch, ...(filled(shape, sizeOf(sample)) ?? sample)]) }
  },
  flops: () => 0,
  brief: ({ shape }) => formatShape(shape),
  pytorch: ({ shape }) => ({ call: (_self, [x]) => `${x}.reshape(${[`${x}.shape[0]`, ...shape].join(', ')})` }),
  cases: [
    { name: 'row to image', inputs: { x: [2, 12] }, params: { shape: [3, 2, 2] } },
    { name: 'what is left over', inputs: { x: [3, 4, 6] }, params: { shape: [8, -1] } },
    { name: 'one number a sample', inputs: { x: [4, 1] }, params: { shape: [] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    reshape: typeof reshape
  }
}
export default reshape
