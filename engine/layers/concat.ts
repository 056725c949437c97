/** @file Several tensors side by side along one axis; the Inception and dense blocks join their paths with it (notes 002 §5 and §6). */
import { formatBatches, type TensorType } from '../core/tensor'
import { axisFromFront, axisSpec, sampleAxis, withExtent } from './kit/axis'
import { defineLayer } from './kit/define'

const concat = defineLayer({
  kind: 'concat',
  category: 'merge',
  idStem: 'concat',
  title: { en: 'Concatenate', zh: '拼接' },
  aliases: { en: 'join, cat, stack', zh: '连结, 连接, 合并' },
  summary: {
    en: 'Puts its inputs side by side: parallel paths of feature maps become one stack of channels.',
    zh: '将多个输入并排拼接：并行各路的特征图合并为一组通道。',
  },
  formula: String.raw`Y = [X_1; X_2; \dots; X_m]`,
  reference: 'notes 002 §5; Szegedy et al. 2015',
  inputs: { x: { about: { en: 'tensors that agree on all other axes', zh: '其余各轴长度一致的张量' }, variadic: true } },
  outputs: { y: { about: { en: 'all of them, one after another', zh: '依次相接的全部输入' } } },
  params: {
    axis: {
      ...axisSpec(
        {
          en: 'Which axis grows, the batch counted as 0; 1 is features or channels, −1 the last.',
          zh: '沿哪个轴拼接，批量维为 0；1 为特征或通道，−1 为最后一个轴。',
        },
        1,
      ),
      advanced: true,
    },
  },
  shape: ({ x: xs }, { axis }, fail) => {
    const [first, ...rest] = xs
    if (!first) return undefined
    const at = sampleAxis(first, axis, fail)
    if (at === undefined) return undefined
    const rank = first.shape.length
    const odd = rest.find(
      ({ shape, dtype }) =>
        dtype !== first.dtype || shape.length !== rank || shape.some((extent, i) => i !== at && extent !== first.shape[i]),
    )
    if (odd) {
      const pattern = first.shape.map((extent, i) => (i === at ? '?' : extent))
      const { expected, got } = formatBatches(pattern, odd.shape)
      return fail({
        code: 'shape.mismatch',
        port: 'x',
        values: { expected: `${expected} ${first.dtype}`, got: `${got} ${odd.dtype}` },
      })
    }
    const extent = xs.reduce((sum, x) => sum + (x.shape[at] ?? 0), 0)
    return { y: { shape: withExtent(first.shape, at, extent), dtype: first.dtype, ...mostClasses(xs) } }
  },
  lower: (b, { x: xs }, _weights, { axis }) => ({ y: b.concat(xs, axisFromFront(xs[0]?.shape ?? [], axis)) }),
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
      name: 'rows of images, from the end',
      inputs: {
        x: [
          [1, 2, 2, 3],
          [1, 2, 1, 3],
        ],
      },
      params: { axis: -2 },
    },
    {
      name: 'whole numbers',
      inputs: {
        x: [
          { shape: [2, 3], dtype: 'i32', classes: 5 },
          { shape: [2, 2], dtype: 'i32', classes: 9 },
        ],
      },
    },
  ],
})

/** There are as many different numbers as in the input that has most; unknown where any input does not say. */
function mostClasses(xs: readonly TensorType[]): Pick<TensorType, 'classes'> {
  const counts = xs.flatMap(({ classes }) => (classes === undefined ? [] : [classes]))
  return counts.length === xs.length ? { classes: Math.max(...counts) } : {}
}

declare module './kit/kinds' {
  interface LayerKinds {
    concat: typeof concat
  }
}
export default concat
