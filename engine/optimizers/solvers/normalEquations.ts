/**
 * @file Linear least squares solved at once: W = (XᵀX)⁻¹ Xᵀ Y over all training samples (notes 002 §4; notes 004).
 * The bias is the weight of a column of ones. Where columns of X depend on one another, the shortest of all best solutions is taken.
 */

import { DiagnosedError, InternalError } from '../../core/diagnostics'
import { choleskyOf, shortestSolution } from '../../core/linear-algebra'
import { stateNames } from '../../ir/names'
import { float } from '../../layers/kit/params'
import { isDiagnostic, type LinearModel, linearModelOf } from '../linear-model'
import { defineSolver, type SolverModel } from '../solver'

/** Beyond this the matrix XᵀX takes longer to gather than gradient descent takes to arrive. */
const MOST_FEATURES = 2000
/** A pivot below this share of the largest counts as zero: samples are given in single precision. */
const RANK_TOLERANCE = 1e-12

export default defineSolver({
  kind: 'normalEquations',
  title: { en: 'Normal equations (exact)', zh: '正规方程（精确解）' },
  summary: {
    en: 'Solves a linear model with squared loss exactly, in a single step over all samples. For one dense layer without activation.',
    zh: '对平方损失的线性模型一步求出精确解，用到全部样本。适用于单个无激活的全连接层。',
  },
  formula: String.raw`W = (X^\top X + \epsilon I)^{-1} X^\top Y`,
  reference: 'notes 002 §4; notes 004',
  params: {
    ridge: float({
      label: { en: 'Ridge ε', zh: '岭 ε' },
      help: {
        en: 'Added to the diagonal of XᵀX: keeps weights small where features nearly depend on one another. 0 for the plain solution.',
        zh: '加到 XᵀX 对角线上的数：特征近乎线性相关时使权重保持较小。取 0 即为原始解。',
      },
      default: 0,
      min: 0,
    }),
  },
  // The first solves; the second measures what has been reached.
  steps: 2,
  check: ({ nodes }) => {
    const model = linearModelOf(nodes)
    if (isDiagnostic(model)) return [model]
    if (model.prediction.node !== model.layer.path)
      return [
        {
          code: 'train.linear',
          severity: 'error',
          nodeId: model.prediction.node,
          values: {
            detail: { en: 'this layer stands between the dense layer and the loss', zh: '此层位于全连接层与损失之间' },
          },
        },
      ]
    const features = featuresOf(model)
    if (features > MOST_FEATURES)
      return [
        { code: 'train.linear.features', severity: 'error', nodeId: model.layer.path, values: { got: features, expected: MOST_FEATURES } },
      ]
    return []
  },
  begin: (model, { ridge }) => {
    let solution: Promise<Readonly<Record<string, Float32Array>>> | undefined
    return async () => {
      solution ??= solve(model, ridge)
      const [wanted, weights] = [await solution, await model.weights()]
      // One step of length 1 leads there.
      return Object.fromEntries(
        Object.entries(wanted).map(([name, target]) => [name, target.map((value, i) => (weights[name]?.[i] ?? 0) - value)]),
      )
    }
  },
})

const featuresOf = ({ input, bias }: LinearModel): number => (input.type.shape.at(-1) ?? 1) + (bias === undefined ? 0 : 1)

async function solve(model: SolverModel, ridge: number): Promise<Readonly<Record<string, Float32Array>>> {
  const linear = linearModelOf(model.shaped.nodes)
  if (isDiagnostic(linear)) throw new DiagnosedError([linear])
  const { layer, input, target, kernel, bias } = linear
  const n = featuresOf(linear)
  const inputs = bias === undefined ? n : n - 1
  const units = layer.weights[kernel]?.shape.at(-1)
  if (units === undefined) throw new InternalError('normal equations', 'the kernel has no shape', layer.path)
  const products = new Float64Array(n * n)
  const answers = Array.from({ length: units }, () => new Float64Array(n))
  const row = new Float64Array(n).fill(1)
  for await (const [x, y] of model.everySample([input, target])) {
    if (!x || !y) throw new InternalError('normal equations', 'a batch is missing', layer.path)
    for (let sample = 0; sample * inputs < x.length; sample++) {
      row.set(x.subarray(sample * inputs, (sample + 1) * inputs))
      for (let i = 0; i < n; i++) {
        const value = row[i] as number
        if (value === 0) continue
        for (let j = 0; j < n; j++) products[i * n + j] = (products[i * n + j] as number) + value * (row[j] as number)
        for (const [unit, answer] of answers.entries()) answer[i] = (answer[i] as number) + value * (y[sample * units + unit] as number)
      }
    }
  }
  for (let i = 0; i < n; i++) products[i * n + i] = (products[i * n + i] as number) + ridge
  const factor = choleskyOf(products, n, RANK_TOLERANCE)
  if (factor.rank < n)
    model.warn({ code: 'train.rank', severity: 'warning', nodeId: layer.path, values: { got: factor.rank, expected: n } })
  const solved = answers.map((answer) => shortestSolution(factor, answer))
  const flat = (rows: number, from: number): Float32Array =>
    Float32Array.from({ length: rows * units }, (_, i) => solved[i % units]?.[from + Math.floor(i / units)] as number)
  return {
    [stateNames.weight(layer.path, kernel)]: flat(inputs, 0),
    ...(bias !== undefined && { [stateNames.weight(layer.path, bias)]: flat(1, inputs) }),
  }
}
