/** @file The mean under a sliding window, each channel by itself (notes 002 §5). */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectImages, images } from './kit/expect'
import { pair } from './kit/params'
import { countPaddingSpec, meanUnder } from './kit/pool-mean'
import { briefSize, paddingFits, pythonSize, slide, windowOf, windowParams } from './kit/window'

const avgPool2d = defineLayer({
  kind: 'avgPool2d',
  category: 'pooling',
  idStem: 'pool',
  title: { en: 'Average pooling', zh: '平均池化层' },
  aliases: { en: 'mean pooling', zh: '均值汇聚' },
  summary: {
    en: 'Replaces each window by its mean: the image shrinks smoothly.',
    zh: '以每个窗口的平均值代替整个窗口，使图像平滑地缩小。',
  },
  formula: String.raw`Y_{n,c,i,j} = \frac{1}{k_h k_w} \sum_{u,v} X_{n,c,\,is+u-p,\,js+v-p}`,
  reference: 'notes 002 §5',
  inputs: { x: { about: images } },
  outputs: { y: { about: { en: 'smaller images, the same channels', zh: '缩小的图像，通道数不变' } } },
  params: {
    ...windowParams({ kernelSize: 2, stride: 2, padding: 0 }),
    countPadding: countPaddingSpec,
  },
  shape: ({ x }, params, fail) => {
    if (!expectImages(x, fail) || !paddingFits(params, fail)) return undefined
    const size = slide(x, params, fail)
    return size && { y: { shape: [...x.shape.slice(0, 2), ...size], dtype: 'f32' } }
  },
  lower: (b, { x }, _weights, params) => ({
    y: meanUnder(b, x, { ...windowOf(params), layout: 'NCHW' }, params.countPadding),
  }),
  flops: ({ x }, params) => {
    const size = slide(x, params, () => undefined) ?? [0, 0]
    return sizeOf(x.shape.slice(0, 2)) * sizeOf(size) * (sizeOf(pair(params.kernelSize)) + 1)
  },
  window: windowOf,
  brief: ({ kernelSize, stride }) => `${briefSize(kernelSize)} /${Math.max(...pair(stride))}`,
  pytorch: ({ kernelSize, stride, padding, countPadding }) => ({
    call: (_self, [x]) =>
      `F.avg_pool2d(${x}, ${pythonSize(kernelSize)}, ${pythonSize(stride)}, ${pythonSize(padding)}${countPadding ? '' : ', count_include_pad=False'})`,
  }),
  cases: [
    { inputs: { x: [2, 3, 8, 6] } },
    { name: 'odd, rows left over', inputs: { x: [1, 2, 7, 9] } },
    { name: 'overlapping, padding counted', inputs: { x: [2, 2, 7, 8] }, params: { kernelSize: 3, stride: 2, padding: 1 } },
    {
      name: 'padding not counted',
      inputs: { x: [1, 2, 5, 6] },
      params: { kernelSize: [3, 2], stride: [2, 1], padding: 1, countPadding: false },
    },
    { name: 'stride 1, size kept', inputs: { x: [1, 1, 4, 5] }, params: { kernelSize: 3, stride: 1, padding: 1 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    avgPool2d: typeof avgPool2d
  }
}
export default avgPool2d
