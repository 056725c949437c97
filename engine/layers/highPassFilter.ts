/**
 * @file High-pass filter (notes 002 §13): what the average takes away, by itself or added to the image, which sharpens it. The notes define
 * the kernel with a middle above 1 and equal negative weights around it; that is the identity plus the high frequencies.
 */
import { bordered, borderSpec, defineFilter, expectOdd, filterSizeSpec, half, pythonBorder } from './kit/filter'
import { bool } from './kit/params'
import { briefSize } from './kit/window'

const highPassFilter = defineFilter({
  kind: 'highPassFilter',
  idStem: 'highPass',
  title: { en: 'High-pass filter', zh: '高通滤波' },
  aliases: { en: 'sharpen, edges', zh: '锐化' },
  summary: {
    en: 'Brings out fine detail: what the average of the neighbourhood lacks is added to the image once more, or given alone.',
    zh: '突出细节：把邻域平均所缺少的高频部分再加到图像上，或单独输出。',
  },
  formula: ({ keepImage }) =>
    String.raw`Y = ${keepImage ? 'X + (X - A_k * X)' : 'X - A_k * X'},\quad A_k = \tfrac{1}{k^2}\, \mathbf{1}_{k \times k}`,
  reference: 'notes 002 §13',
  params: {
    size: filterSizeSpec(3),
    keepImage: bool({
      label: { en: 'Keep the image', zh: '保留原图' },
      help: {
        en: 'Adds the high frequencies to the image, which looks sharper; switched off, they are given alone.',
        zh: '把高频部分加到原图上，使其更清晰；关闭后只输出高频部分。',
      },
      default: true,
    }),
    border: borderSpec,
  },
  size: ({ size }) => [size, size],
  check: ({ size }, fail) => expectOdd(size, fail),
  apply: (b, x, { size, border, keepImage }) => {
    const window = { kernel: [size, size], stride: [1, 1], padding: [0, 0], dilation: [1, 1], layout: 'NCHW' } as const
    const detail = b.sub(x, b.avgPool2d(bordered(b, x, half(size), border), window))
    return keepImage ? b.add(x, detail) : detail
  },
  operations: ({ size, keepImage }) => size * size + (keepImage ? 2 : 1),
  brief: ({ size }) => briefSize(size),
  pytorch: (x, { size, border, keepImage }) =>
    `${keepImage ? `2 * ${x}` : x} - F.avg_pool2d(${pythonBorder(x, half(size), border)}, ${size}, 1)`,
  cases: [
    { inputs: { x: [2, 3, 5, 6] } },
    { name: 'nearest pixel beyond the border', inputs: { x: [1, 2, 4, 5] }, params: { border: 'nearest' } },
    { name: 'high frequencies alone', inputs: { x: [1, 2, 4, 3] }, params: { keepImage: false } },
    { name: '5×5', inputs: { x: [2, 1, 6, 5] }, params: { size: 5 } },
    { name: 'one pixel', inputs: { x: [1, 2, 1, 1] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    highPassFilter: typeof highPassFilter
  }
}
export default highPassFilter
