/** @file Several tensors side by side along one axis; the Inception and dense blocks join their paths with it (notes 002 §5 and §6). */
import { formatShape } from '../core/tensor'
import { defineLayer } from './kit/define'
import { int } from './kit/params'

const concat = defineLayer({
  kind: 'concat',
  category: 'merge',
  idStem: 'concat',
  title: { en: 'Concatenate', zh: '拼接' },
  summary: {
    en: 'Puts its inputs side by side: parallel paths of feature maps become one stack of channels.',
    zh: '将多个输入并排拼接：并行各路的特征图合并为一组通道。',
  },
  formula: String.raw`Y = [X_1; X_2; \dots; X_m]`,
  reference: 'notes 002 §5; Szegedy et al. 2015',
  inputs: { x: { about: { en: 'tensors that agree on all other axes', zh: '其余各轴长度一致的张量' }, variadic: true } },
  outputs: { y: { about: { en: 'all of them, one after another', zh: '依次相接的全部输入' } } },
  params: {
    axis: int({
      label: { en: 'Axis', zh: '轴' },
      help: {
        en: 'Which axis grows, the batch counted as 0; 1 is features or channels.',
        zh: '沿哪个轴拼接，批量维为 0；1 为特征或通道。',
      },
      default: 1,
      min: 1,
      max: 7,
      advanced: true,
    }),
  },
  shape: ({ x: xs }, { axis }, fail) => {
    const [first, ...rest] = xs
    if (!first) return undefined
    const rank = first.shape.length
    if (axis >= rank)
      return fail({
        code: 'shape.axis',
        port: 'x',
        param: 'axis',
        values: { expected: `< ${rank} (${formatShape(first.shape)})`, got: axis },
      })
    const odd = rest.find(
      ({ shape, dtype }) =>
        dtype !== first.dtype || shape.length !== rank || shape.some((extent, i) => i !== axis && extent !== first.shape[i]),
    )
    if (odd) {
      const pattern = first.shape.map((extent, i) => (i === axis ? '?' : extent)).join('×')
      return fail({
        code: 'shape.mismatch',
        port: 'x',
        values: { expected: `${pattern} ${first.dtype}`, got: `${formatShape(odd.shape)} ${odd.dtype}` },
      })
    }
    const extent = xs.reduce((sum, x) => sum + (x.shape[axis] ?? 0), 0)
    return { y: { ...first, shape: first.shape.map((other, i) => (i === axis ? extent : other)) } }
  },
  lower: (b, { x: xs }, _weights, { axis }) => ({ y: b.concat(xs, axis) }),
  flops: () => 0,
  pytorch: ({ axis }) => ({ call: (_self, xs) => `torch.cat([${xs.join(', ')}], ${axis})` }),
  cases: [
    {
      name: 'channels',
      inputs: {
        x: [
          [2, 3, 4, 5],
          [2, 1, 4, 5],
          [2, 4, 4, 5],
        ],
      },
    },
    {
      name: 'features',
      inputs: {
        x: [
          [3, 2],
          [3, 7],
        ],
      },
    },
    {
      name: 'last axis',
      inputs: {
        x: [
          [2, 3, 4],
          [2, 3, 1],
        ],
      },
      params: { axis: 2 },
    },
    {
      name: 'whole numbers',
      inputs: {
        x: [
          { shape: [2, 3], dtype: 'i32', classes: 5 },
          { shape: [2, 2], dtype: 'i32', classes: 5 },
        ],
      },
    },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    concat: typeof concat
  }
}
export default concat
