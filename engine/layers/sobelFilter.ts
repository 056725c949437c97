/** @file The Sobel edge operator: magnitude and angle of an image's slope (notes 002 §13). */
import { defineEdgeOperator } from './kit/edge-operator'

const sobelFilter = defineEdgeOperator({
  kind: 'sobelFilter',
  idStem: 'sobel',
  title: { en: 'Sobel filter', zh: 'Sobel 滤波' },
  aliases: { en: 'edges, gradient magnitude', zh: '索贝尔, 边缘' },
  summary: {
    en: 'Finds edges: the slope of the image to the right and downwards, as magnitude and angle. The middle row counts twice, so it depends less on the direction of the edge than Prewitt.',
    zh: '检测边缘：计算图像向右和向下的斜率，输出大小和角度。中间一行权重加倍，比 Prewitt 更少受边缘方向影响。',
  },
  formula: String.raw`G_x = \begin{bmatrix}-1&0&1\\-2&0&2\\-1&0&1\end{bmatrix} \star X,\quad G_y = \begin{bmatrix}-1&0&1\\-2&0&2\\-1&0&1\end{bmatrix}^{\top} \star X,\quad \lvert G\rvert = \sqrt{G_x^2 + G_y^2},\quad \theta = \operatorname{atan2}(G_y, G_x)`,
  reference: 'notes 002 §13; Sobel & Feldman 1968',
  smoothing: [1, 2, 1],
})

declare module './kit/kinds' {
  interface LayerKinds {
    sobelFilter: typeof sobelFilter
  }
}
export default sobelFilter
