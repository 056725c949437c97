/** @file Box blur: every pixel becomes the mean of its neighbourhood (notes 002 §13). */
import { bordered, borderSpec, defineFilter, expectOdd, filterSizeSpec, half, pythonBorder } from './kit/filter'
import { briefSize } from './kit/window'

const averageFilter = defineFilter({
  kind: 'averageFilter',
  idStem: 'average',
  title: { en: 'Average filter', zh: '均值滤波' },
  aliases: { en: 'mean filter, box blur', zh: '平均滤波, 方框模糊' },
  summary: {
    en: 'Replaces each pixel by the mean of the window around it: noise is smoothed, edges too. A filter without weights, for preparing images.',
    zh: '以周围窗口的平均值代替每个像素：平滑噪声，也会模糊边缘。没有权重，用于预处理图像。',
  },
  formula: String.raw`Y_{i,j} = \frac{1}{k^2} \sum_{u,v=-r}^{r} X_{i+u,\,j+v},\quad k = 2r + 1`,
  reference: 'notes 002 §13',
  params: { size: filterSizeSpec(3), border: borderSpec },
  size: ({ size }) => [size, size],
  check: ({ size }, fail) => expectOdd(size, fail),
  apply: (b, x, { size, border }) => {
    const window = { kernel: [size, size], stride: [1, 1], padding: [0, 0], dilation: [1, 1], layout: 'NCHW' } as const
    return b.avgPool2d(bordered(b, x, half(size), border), window)
  },
  operations: ({ size }) => size * size,
  brief: ({ size }) => briefSize(size),
  pytorch: (x, { size, border }) => `F.avg_pool2d(${pythonBorder(x, half(size), border)}, ${size}, 1)`,
  cases: [
    { inputs: { x: [2, 3, 5, 6] } },
    { name: 'nearest pixel beyond the border', inputs: { x: [1, 2, 4, 5] }, params: { border: 'nearest' } },
    { name: '5×5 over an image as small', inputs: { x: [2, 1, 3, 4] }, params: { size: 5 } },
    { name: 'one pixel', inputs: { x: [1, 2, 1, 1] }, params: { border: 'nearest' } },
    { name: 'window of one', inputs: { x: [1, 1, 3, 2] }, params: { size: 1 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    averageFilter: typeof averageFilter
  }
}
export default averageFilter
