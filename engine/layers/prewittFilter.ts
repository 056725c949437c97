/** @file The Prewitt edge operator: magnitude and angle of an image's slope (notes 002 §13). */
import { defineEdgeOperator } from './kit/edge-operator'

const prewittFilter = defineEdgeOperator({
  kind: 'prewittFilter',
  idStem: 'prewitt',
  title: { en: 'Prewitt filter', zh: 'Prewitt 滤波' },
  aliases: { en: 'edges, gradient magnitude', zh: '普鲁伊特, 边缘' },
  summary: {
    en: 'Finds edges: the slope of the image to the right and downwards, each a plain average of three rows or columns, as magnitude and angle.',
    zh: '检测边缘：计算图像向右和向下的斜率（各取三行或三列的平均），输出大小和角度。',
  },
  formula: String.raw`G_x = \begin{bmatrix}-1&0&1\\-1&0&1\\-1&0&1\end{bmatrix} \star X,\quad G_y = \begin{bmatrix}-1&0&1\\-1&0&1\\-1&0&1\end{bmatrix}^{\top} \star X,\quad \lvert G\rvert = \sqrt{G_x^2 + G_y^2},\quad \theta = \operatorname{atan2}(G_y, G_x)`,
  reference: 'notes 002 §13; Prewitt 1970',
  smoothing: [1, 1, 1],
})

declare module './kit/kinds' {
  interface LayerKinds {
    prewittFilter: typeof prewittFilter
  }
}
export default prewittFilter
