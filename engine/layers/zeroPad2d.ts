/** @file Rows and columns of zeros around images (notes 002 §5), as many as wanted on each side. */
import { defineLayer } from './kit/define'
import { expectImages, images } from './kit/expect'
import { after, before, briefMargins, marginParams, onePixel } from './kit/margins'

const zeroPad2d = defineLayer({
  kind: 'zeroPad2d',
  category: 'shape',
  idStem: 'pad',
  title: { en: 'Zero padding', zh: '零填充' },
  aliases: { en: 'pad', zh: '补零' },
  summary: {
    en: 'Adds zeros around images, as many as you like on each side. The padding of a convolution is the same on opposite sides; use this where it must not be.',
    zh: '在图像四周补零，每一侧的数目可分别设定。卷积层的填充两侧相等；需要不等时用它。',
  },
  formula: String.raw`Y_{n,c,i,j} = \begin{cases} X_{n,c,\,i-t,\,j-l} & t \le i < t + H,\ l \le j < l + W \\ 0 & i < t,\ i \ge t + H,\ j < l,\ j \ge l + W \end{cases}`,
  reference: 'notes 002 §5',
  inputs: { x: { about: images } },
  outputs: { y: { about: { en: 'larger images, the same channels', zh: '放大的图像，通道数不变' } } },
  params: marginParams({ en: 'Adds', zh: '添加' }, 1),
  shape: ({ x }, params, fail) => {
    if (!expectImages(x, fail)) return undefined
    const shape = x.shape.map((extent, axis) => extent + (before(params)[axis] ?? 0) + (after(params)[axis] ?? 0))
    return { y: { shape, dtype: 'f32' } }
  },
  lower: (b, { x }, _weights, params) => ({ y: b.pad(x, before(params), after(params)) }),
  flops: () => 0,
  window: onePixel,
  brief: briefMargins,
  pytorch: ({ top, bottom, left, right }) => ({ call: (_self, [x]) => `F.pad(${x}, (${left}, ${right}, ${top}, ${bottom}))` }),
  cases: [
    { inputs: { x: [2, 3, 4, 3] } },
    { name: 'one side', inputs: { x: [1, 2, 3, 5] }, params: { top: 0, bottom: 2, left: 0, right: 0 } },
    { name: 'four different sides', inputs: { x: [1, 1, 1, 2] }, params: { top: 1, bottom: 2, left: 3, right: 4 } },
    { name: 'nothing', inputs: { x: [1, 1, 2, 2] }, params: { top: 0, bottom: 0, left: 0, right: 0 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    zeroPad2d: typeof zeroPad2d
  }
}
export default zeroPad2d
