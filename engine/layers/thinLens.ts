/** @file The thin lens 1/f = 1/u + 1/v, solved for any of its three lengths (notes 002 §13). */
import { formatBatches, sameShape, sizeOf } from '../core/tensor'
import type { Emit, Tensor } from '../ir/emit'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { choice } from './kit/params'

/** The third length from the two others: the reciprocals add for f, and are taken from 1/f for the distances. */
const third = (b: Emit, first: Tensor, second: Tensor, sought: 'f' | 'u' | 'v'): Tensor => {
  const [p, q] = [b.reciprocal(first), b.reciprocal(second)]
  return b.reciprocal(sought === 'f' ? b.add(p, q) : b.sub(p, q))
}

const thinLens = defineLayer({
  kind: 'thinLens',
  category: 'filter',
  idStem: 'lens',
  title: { en: 'Thin lens', zh: '薄透镜公式' },
  aliases: { en: 'lens formula, focal length', zh: '焦距' },
  summary: {
    en: 'Where a lens of focal length f makes the image of an object at distance u: two of the three lengths give the third. An object in the focal plane has its image at infinity.',
    zh: '焦距为 f 的透镜对距离为 u 的物体成像于何处：由三个长度中的两个求第三个。物体在焦平面上时像在无穷远。',
  },
  formula: String.raw`\frac{1}{f} = \frac{1}{u} + \frac{1}{v}`,
  reference: 'notes 002 §13',
  inputs: {
    a: { about: { en: 'object distance u; the focal length f where a distance is sought', zh: '物距 u；求距离时为焦距 f' } },
    b: { about: { en: 'image distance v; the object distance u where v is sought', zh: '像距 v；求 v 时为物距 u' } },
  },
  outputs: { y: { about: { en: 'the third length', zh: '第三个长度' } } },
  params: {
    solveFor: choice({
      label: { en: 'Sought', zh: '所求' },
      help: {
        en: 'f from (u, v); v from (f, u); u from (f, v): the inputs in this order.',
        zh: '由 (u, v) 求 f；由 (f, u) 求 v；由 (f, v) 求 u：输入按此次序。',
      },
      default: 'v',
      options: {
        f: { en: 'Focal length f', zh: '焦距 f' },
        u: { en: 'Object distance u', zh: '物距 u' },
        v: { en: 'Image distance v', zh: '像距 v' },
      },
    }),
  },
  shape: ({ a, b }, _params, fail) => {
    if (!expectDType(a, 'f32', 'a', fail) || !expectDType(b, 'f32', 'b', fail)) return undefined
    if (sameShape(a.shape, b.shape)) return { y: { shape: a.shape, dtype: 'f32' } }
    return fail({ code: 'shape.mismatch', port: 'b', values: formatBatches(a.shape, b.shape) })
  },
  lower: (e, { a, b }, _weights, { solveFor }) => ({ y: third(e, a, b, solveFor) }),
  flops: ({ a }) => 4 * sizeOf(a.shape),
  brief: ({ solveFor }) => `${solveFor} = ?`,
  pytorch: ({ solveFor }) => ({ call: (_self, [a, b]) => `1 / (1 / ${a} ${solveFor === 'f' ? '+' : '-'} 1 / ${b})` }),
  cases: [
    { name: 'image distance', inputs: { a: [4, 3], b: [4, 3] }, ranges: { a: [1, 2], b: [3, 5] } },
    { name: 'virtual image', inputs: { a: [5], b: [5] }, ranges: { a: [3, 5], b: [1, 2] } },
    { name: 'focal length', inputs: { a: [2, 1], b: [2, 1] }, params: { solveFor: 'f' }, ranges: { a: [1, 4], b: [1, 4] } },
    { name: 'object distance, one lens', inputs: { a: [1, 1], b: [1, 1] }, params: { solveFor: 'u' }, ranges: { a: [1, 2], b: [3, 5] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    thinLens: typeof thinLens
  }
}
export default thinLens
