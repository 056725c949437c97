/**
 * @file Newton's method: θ ← θ − (H + λI)⁻¹ ∇L, with the Hessian from the compiler's own second derivatives, one column for each
 * parameter (notes 004; Goodfellow et al. 2016 §8.6.1). λ > 0 keeps it from running up where the loss curves downwards.
 */

import { diagnosedError } from '../../core/diagnostics'
import { solveLinear } from '../../core/linear-algebra'
import { sizeOf } from '../../core/tensor'
import { float } from '../../layers/kit/params'
import { learningRate } from '../kit'
import { defineSolver } from '../solver'

/** Columns of the Hessian that one step may ask for. */
const MOST_PARAMETERS = 2000

export default defineSolver({
  kind: 'newton',
  title: { en: 'Newton’s method', zh: '牛顿法' },
  summary: {
    en: 'Jumps to the bottom of the parabola that fits the loss here. For small models only: every step works out the whole Hessian.',
    zh: '直接跳到局部抛物面的最低点。仅适用于小模型：每一步都要计算整个海森矩阵。',
  },
  formula: String.raw`\theta \leftarrow \theta - \eta\,(H + \lambda I)^{-1}\, \nabla_\theta L`,
  reference: 'notes 004; Goodfellow et al. 2016, §8.6.1',
  params: {
    lr: learningRate(1),
    damping: float({
      label: { en: 'Damping λ', zh: '阻尼 λ' },
      help: {
        en: 'Added to the diagonal of the Hessian: raise it when the loss climbs, since Newton’s method is also drawn to saddles.',
        zh: '加到海森矩阵对角线上的数：损失上升时增大，因为牛顿法也会被鞍点吸引。',
      },
      default: 0.001,
      min: 0,
    }),
  },
  check: ({ nodes }) => {
    const count = nodes.reduce((sum, node) => sum + (node.frozen ? 0 : node.parameterCount), 0)
    if (count <= MOST_PARAMETERS) return []
    return [{ code: 'train.newton.parameters', severity: 'error', values: { got: count, expected: MOST_PARAMETERS } }]
  },
  begin: (model, { damping }) => {
    const sizes = model.parameters.map(({ shape }) => sizeOf(shape))
    const n = sizes.reduce((sum, size) => sum + size, 0)
    return async (batch) => {
      const hessian = new Float64Array(n * n)
      const vector = new Float64Array(n)
      let slope = new Float64Array(n)
      for (let column = 0; column < n; column++) {
        vector.fill(0)
        vector[column] = 1
        const { gradient, product } = await model.secondOrder(batch, vector)
        slope = Float64Array.from(gradient)
        // H is symmetric: the mean of both halves has the smaller rounding error.
        for (let row = 0; row < n; row++) {
          hessian[row * n + column] = (hessian[row * n + column] as number) + (product[row] as number) / 2
          hessian[column * n + row] = (hessian[column * n + row] as number) + (product[row] as number) / 2
        }
      }
      for (let i = 0; i < n; i++) hessian[i * n + i] = (hessian[i * n + i] as number) + damping
      const direction = solveLinear(hessian, slope)
      if (!direction) throw diagnosedError('train.newton.singular', { got: damping })
      let from = 0
      return Object.fromEntries(
        model.parameters.map(({ name }, i) => {
          const start = from
          from += sizes[i] as number
          return [name, Float32Array.from(direction.subarray(start, from))]
        }),
      )
    }
  },
})
