/** @file Every pixel becomes the median of its neighbourhood (notes 002 §13). Windows of 3×3, 5×5 and 7×7. */
import { bordered, borderSpec, defineFilter, half, pythonBorder } from './kit/filter'
import { medianUnder } from './kit/median'
import { choice } from './kit/params'
import { briefSize } from './kit/window'

const sizes = { '3': 3, '5': 5, '7': 7 } as const

const medianFilter = defineFilter({
  kind: 'medianFilter',
  idStem: 'median',
  title: { en: 'Median filter', zh: '中值滤波' },
  aliases: { en: 'despeckle', zh: '去噪' },
  summary: {
    en: 'Replaces each pixel by the median of the window around it: single wrong pixels vanish and edges stay sharp. The gradient flows to the pixel that was taken.',
    zh: '以周围窗口的中值代替每个像素：孤立的坏点消失而边缘保持清晰。梯度流向被选中的像素。',
  },
  formula: String.raw`Y_{i,j} = \operatorname{median}\{ X_{i+u,\,j+v} : |u|, |v| \le r \}`,
  reference: 'notes 002 §13; Tukey 1977',
  params: {
    size: choice({
      label: { en: 'Size', zh: '窗口大小' },
      help: { en: 'Side of the square window; the work grows quickly with it.', zh: '正方形窗口的边长；计算量随之迅速增长。' },
      default: '3',
      options: { '3': { en: '3×3', zh: '3×3' }, '5': { en: '5×5', zh: '5×5' }, '7': { en: '7×7', zh: '7×7' } },
    }),
    border: borderSpec,
  },
  size: ({ size }) => [sizes[size], sizes[size]],
  apply: (b, x, { size, border }) => medianUnder(b, bordered(b, x, half(sizes[size]), border), sizes[size]),
  operations: ({ size }) => ({ '3': 38, '5': 174, '7': 448 })[size],
  brief: ({ size }) => briefSize(sizes[size]),
  pytorch: (x, { size, border }) => {
    const padded = pythonBorder(x, half(sizes[size]), border)
    return `${padded}.unfold(2, ${size}, 1).unfold(3, ${size}, 1).flatten(-2).median(-1).values`
  },
  cases: [
    { inputs: { x: [2, 3, 5, 6] } },
    { name: 'nearest pixel beyond the border', inputs: { x: [1, 2, 4, 5] }, params: { border: 'nearest' } },
    { name: '5×5', inputs: { x: [1, 1, 6, 7] }, params: { size: '5', border: 'nearest' } },
    { name: '7×7', inputs: { x: [1, 1, 8, 7] }, params: { size: '7' } },
    { name: 'one row', inputs: { x: [2, 1, 1, 6] }, params: { border: 'nearest' } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    medianFilter: typeof medianFilter
  }
}
export default medianFilter
