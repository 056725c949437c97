/** @file Images enlarged by repeating pixels (N, C, H, W) → (N, C, fH, fW) (nearest neighbour). */
import { defineLayer } from './kit/define'
import { expectImages, images } from './kit/expect'
import { int2d, pair } from './kit/params'
import { briefSize, pythonSize } from './kit/window'

const upsample2d = defineLayer({
  kind: 'upsample2d',
  category: 'convolution',
  idStem: 'upsample',
  title: { en: 'Upsampling', zh: '上采样层' },
  aliases: { en: 'nearest neighbour, resize', zh: '最近邻, 放大' },
  summary: {
    en: 'Enlarges images by repeating each pixel, without weights. A convolution behind it smooths the blocks, and together they leave no checkerboard as transposed convolutions may.',
    zh: '重复每个像素以放大图像，没有权重。其后接卷积层可抹平方块，且不会像转置卷积那样产生棋盘格。',
  },
  formula: String.raw`Y_{n,c,i,j} = X_{n,c,\lfloor i/f_h \rfloor,\lfloor j/f_w \rfloor}`,
  reference: 'notes 002 §9; Odena et al. 2016',
  inputs: { x: { about: images } },
  outputs: { y: { about: { en: 'larger images, the same channels', zh: '放大的图像，通道数不变' } } },
  params: {
    factor: int2d({
      label: { en: 'Factor', zh: '放大倍数' },
      help: { en: 'How often each pixel is repeated downwards and to the right.', zh: '每个像素沿高和宽重复的次数。' },
      default: 2,
      min: 1,
      max: 256,
    }),
  },
  shape: ({ x }, { factor }, fail) => {
    if (!expectImages(x, fail)) return undefined
    const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
    const [down, right] = pair(factor)
    return { y: { shape: [batch, channels, height * down, width * right], dtype: 'f32' } }
  },
  lower: (b, { x }, _weights, { factor }) => {
    const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
    const [down, right] = pair(factor)
    const repeated = b.broadcast(x, [batch, channels, height, down, width, right], [0, 1, 2, 4])
    return { y: b.reshape(repeated, [batch, channels, height * down, width * right]) }
  },
  flops: () => 0,
  window: ({ factor }) => ({ kernel: [1, 1], stride: [1 / pair(factor)[0], 1 / pair(factor)[1]], padding: [0, 0], dilation: [1, 1] }),
  brief: ({ factor }) => `× ${typeof factor === 'number' ? factor : briefSize(factor)}`,
  pytorch: ({ factor }) => ({ call: (_self, [x]) => `F.interpolate(${x}, scale_factor=${pythonSize(factor)}, mode='nearest')` }),
  cases: [
    { inputs: { x: [2, 3, 4, 3] } },
    { name: 'not square', inputs: { x: [1, 2, 3, 5] }, params: { factor: [1, 3] } },
    { name: 'one pixel', inputs: { x: [1, 1, 1, 1] }, params: { factor: [4, 2] } },
    { name: 'unchanged', inputs: { x: [2, 1, 2, 3] }, params: { factor: 1 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    upsample2d: typeof upsample2d
  }
}
export default upsample2d
