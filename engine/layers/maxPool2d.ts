/** @file The largest value under a sliding window, each channel by itself (notes 002 §5). */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectImages, images } from './kit/expect'
import { pair } from './kit/params'
import { briefSize, paddingFits, pythonSize, slide, windowOf, windowParams } from './kit/window'

const maxPool2d = defineLayer({
  kind: 'maxPool2d',
  category: 'pooling',
  idStem: 'pool',
  title: { en: 'Max pooling', zh: '最大池化层' },
  aliases: { en: 'max-pooling', zh: '最大汇聚' },
  summary: {
    en: 'Keeps the largest value of each window: the image shrinks and small shifts matter less.',
    zh: '取每个窗口中的最大值：图像缩小，并对微小的平移不敏感。',
  },
  formula: String.raw`Y_{n,c,i,j} = \max_{u,v} X_{n,c,\,is+u-p,\,js+v-p}`,
  reference: 'notes 002 §5',
  inputs: { x: { about: images } },
  outputs: { y: { about: { en: 'smaller images, the same channels', zh: '缩小的图像，通道数不变' } } },
  params: windowParams({ kernelSize: 2, stride: 2, padding: 0 }),
  shape: ({ x }, params, fail) => {
    if (!expectImages(x, fail) || !paddingFits(params, fail)) return undefined
    const size = slide(x, params, fail)
    return size && { y: { shape: [...x.shape.slice(0, 2), ...size], dtype: 'f32' } }
  },
  lower: (b, { x }, _weights, params) => ({ y: b.maxPool2d(x, { ...windowOf(params), layout: 'NCHW' }) }),
  flops: ({ x }, params) => {
    const size = slide(x, params, () => undefined) ?? [0, 0]
    return sizeOf(x.shape.slice(0, 2)) * sizeOf(size) * sizeOf(pair(params.kernelSize))
  },
  window: windowOf,
  brief: ({ kernelSize, stride }) => `${briefSize(kernelSize)} /${Math.max(...pair(stride))}`,
  pytorch: ({ kernelSize, stride, padding }) => ({
    call: (_self, [x]) => `F.max_pool2d(${x}, ${pythonSize(kernelSize)}, ${pythonSize(stride)}, ${pythonSize(padding)})`,
  }),
  cases: [
    { inputs: { x: [2, 3, 8, 6] } },
    { name: 'odd, rows left over', inputs: { x: [1, 2, 7, 9] } },
    { name: 'overlapping, padding', inputs: { x: [2, 2, 7, 8] }, params: { kernelSize: 3, stride: 2, padding: 1 } },
    { name: 'stride 1, size kept', inputs: { x: [2, 1, 5, 4] }, params: { kernelSize: 3, stride: 1, padding: 1 } },
    { name: 'not square', inputs: { x: [1, 3, 6, 7] }, params: { kernelSize: [2, 3], stride: [1, 2], padding: [0, 1] } },
    { name: 'window larger than stride, no padding', inputs: { x: [1, 2, 9, 9] }, params: { kernelSize: 3, stride: 2 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    maxPool2d: typeof maxPool2d
  }
}
export default maxPool2d
