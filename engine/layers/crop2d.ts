/** @file Rows and columns cut off the sides of images: what makes maps of a fully convolutional network meet (notes 002 §9; Long et al. 2015). */
import { defineLayer } from './kit/define'
import { expectImages, images } from './kit/expect'
import type { LayerFix } from './kit/fixes'
import { after, before, briefMargins, type Margins, marginParams, onePixel } from './kit/margins'

const cropped = (shape: readonly number[], params: Margins): readonly number[] =>
  shape.map((extent, axis) => extent - (before(params)[axis] ?? 0) - (after(params)[axis] ?? 0))

/** As many rows and columns as leave one, from the bottom and the right first. */
function fewer(shape: readonly number[], { top, bottom, left, right }: Margins): LayerFix {
  const [height = 1, width = 1] = shape.slice(2)
  const kept = { top: Math.min(top, height - 1), left: Math.min(left, width - 1) }
  const sides = { ...kept, bottom: Math.min(bottom, height - 1 - kept.top), right: Math.min(right, width - 1 - kept.left) }
  return {
    title: { en: 'Cut off less', zh: '少裁一些' },
    edits: Object.entries(sides).map(([param, value]) => ({ type: 'setParam', param, value })),
  }
}

const crop2d = defineLayer({
  kind: 'crop2d',
  category: 'shape',
  idStem: 'crop',
  title: { en: 'Crop', zh: '裁剪' },
  summary: {
    en: 'Cuts rows and columns off the sides of images, so that maps of slightly different size can be added or concatenated.',
    zh: '裁去图像四边的若干行和列，使大小略有差别的特征图可以相加或拼接。',
  },
  formula: String.raw`Y_{n,c,i,j} = X_{n,c,\,i+t,\,j+l}`,
  reference: 'notes 002 §9; Long et al. 2015',
  inputs: { x: { about: images } },
  outputs: { y: { about: { en: 'smaller images, the same channels', zh: '缩小的图像，通道数不变' } } },
  params: marginParams({ en: 'Cuts off', zh: '裁去' }, 1),
  shape: ({ x }, params, fail) => {
    if (!expectImages(x, fail)) return undefined
    const shape = cropped(x.shape, params)
    if (shape.every((extent) => extent >= 1)) return { y: { shape, dtype: 'f32' } }
    const sides = [params.top, params.bottom, params.left, params.right].join(', ')
    return fail({
      code: 'shape.nothing-left',
      port: 'x',
      values: { got: x.shape.slice(2).join('×'), expected: sides },
      fixes: [fewer(x.shape, params)],
    })
  },
  lower: (b, { x }, _weights, params) => {
    const limits = x.shape.map((extent, axis) => extent - (after(params)[axis] ?? 0))
    return { y: b.slice(x, before(params), limits) }
  },
  flops: () => 0,
  window: onePixel,
  brief: briefMargins,
  pytorch: ({ top, bottom, left, right }) => ({ call: (_self, [x]) => `F.pad(${x}, (${-left}, ${-right}, ${-top}, ${-bottom}))` }),
  cases: [
    { inputs: { x: [2, 3, 5, 4] } },
    { name: 'one side', inputs: { x: [1, 2, 3, 5] }, params: { top: 0, bottom: 0, left: 4, right: 0 } },
    { name: 'four different sides', inputs: { x: [1, 1, 5, 8] }, params: { top: 1, bottom: 2, left: 3, right: 4 } },
    { name: 'nothing', inputs: { x: [1, 1, 2, 2] }, params: { top: 0, bottom: 0, left: 0, right: 0 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    crop2d: typeof crop2d
  }
}
export default crop2d
