/**
 * @file Gaussian blur (notes 002 §13). The bell is a product of one along the height and one along the width, so two passes of k taps do the
 * work of k². The taps are divided by their sum: cut off at the window they would add up to less than 1 and darken the image.
 */
import { bordered, borderSpec, correlate, defineFilter, expectOdd, filterSizeSpec, half, pythonBorder, pythonDepthwise } from './kit/filter'
import { float } from './kit/params'
import { briefSize } from './kit/window'

function bell(size: number, deviation: number): readonly number[] {
  const heights = Array.from({ length: size }, (_, i) => Math.exp(-((i - (size - 1) / 2) ** 2) / (2 * deviation ** 2)))
  const sum = heights.reduce((total, height) => total + height, 0)
  return heights.map((height) => height / sum)
}

const gaussianFilter = defineFilter({
  kind: 'gaussianFilter',
  idStem: 'gaussian',
  title: { en: 'Gaussian filter', zh: '高斯滤波' },
  aliases: { en: 'Gaussian blur, smoothing', zh: '高斯模糊, 平滑' },
  summary: {
    en: 'Blurs images with bell-shaped weights: near pixels count more than far ones, so it smooths noise with fewer artefacts than the average. The first step of edge detection.',
    zh: '以钟形权重模糊图像：近的像素比远的更重要，去噪时比均值滤波更自然。边缘检测的第一步。',
  },
  formula: String.raw`Y_{i,j} = \sum_{u,v=-r}^{r} h(u)\,h(v)\, X_{i+u,\,j+v},\quad h(u) = \frac{e^{-u^2/2\sigma^2}}{\sum_{w} e^{-w^2/2\sigma^2}}`,
  reference: 'notes 002 §13',
  params: {
    size: filterSizeSpec(5),
    deviation: float({
      label: { en: 'Deviation σ', zh: '标准差 σ' },
      help: {
        en: 'Width of the bell in pixels; the window should reach three of them to each side.',
        zh: '钟形的宽度，以像素计；窗口每侧宜达到三倍 σ。',
      },
      default: 1,
      min: 0.05,
      max: 100,
    }),
    border: borderSpec,
  },
  size: ({ size }) => [size, size],
  check: ({ size }, fail) => expectOdd(size, fail),
  apply: (b, x, { size, deviation, border }) => {
    const taps = bell(size, deviation)
    return correlate(b, correlate(b, bordered(b, x, half(size), border), taps, 2), taps, 3)
  },
  operations: ({ size }) => 4 * size,
  brief: ({ size, deviation }) => `${briefSize(size)} · σ ${deviation}`,
  pytorch: (x, { size, deviation, border }, channels) => {
    const taps = `[${bell(size, deviation).join(', ')}]`
    const rows = pythonDepthwise(pythonBorder(x, half(size), border), `[[v] for v in ${taps}]`, channels)
    return pythonDepthwise(rows, `[${taps}]`, channels)
  },
  cases: [
    { inputs: { x: [2, 3, 5, 6] } },
    { name: 'nearest pixel beyond the border', inputs: { x: [1, 2, 4, 5] }, params: { border: 'nearest' } },
    { name: 'narrow', inputs: { x: [1, 1, 6, 4] }, params: { size: 3, deviation: 0.5 } },
    { name: 'wider than the image', inputs: { x: [2, 2, 3, 2] }, params: { size: 7, deviation: 2 } },
    { name: 'window of one', inputs: { x: [1, 1, 2, 3] }, params: { size: 1 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    gaussianFilter: typeof gaussianFilter
  }
}
export default gaussianFilter
