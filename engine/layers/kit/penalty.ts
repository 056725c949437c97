/**
 * @file What layers share that hand their input on unchanged and add a penalty on it to the loss (notes 004, sparse representations).
 * In: the penalty of each sample, place or value. Out: a layer definition whose penalty is averaged over what a mask leaves in.
 */
import { type Shape, sizeOf, type TensorType } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'
import { averaged, averagedInPython, countingPorts, countOf, type Each, expectCounting, type Reduction } from './average'
import { type Carried, defineLayer, type Fail, type LayerCase, type LayerDefinition } from './define'
import { expectDType } from './expect'
import { float, type ParamSpecs, type ParamValues } from './params'

export const penaltyPorts = { x: { about: { en: 'real numbers (N, …)', zh: '实数 (N, …)' } } } as const
export const penaltyOutputs = { y: { about: { en: 'the same numbers', zh: '与输入相同的数' } } } as const

export const strengthParam = {
  strength: float({
    label: { en: 'Strength λ', zh: '强度 λ' },
    help: { en: 'What the penalty is multiplied by before it joins the loss.', zh: '惩罚项计入损失之前所乘的系数。' },
    default: 0.001,
    min: 0,
    max: 1_000_000,
  }),
}

const inputs = { ...penaltyPorts, mask: countingPorts.mask } as const
type Inputs<T> = Carried<typeof inputs, T>
type Specs<S> = S & typeof strengthParam

interface PenaltyDefinition<S extends ParamSpecs> extends Pick<LayerDefinition, 'kind' | 'title' | 'summary' | 'formula' | 'reference'> {
  readonly params: S
  /** Shape of the single penalties, batch first; undefined after `fail`. */
  readonly shape: (x: TensorType, params: ParamValues<Specs<S>>, fail: Fail) => Shape | undefined
  readonly each: (b: Emit, x: Tensor, params: ParamValues<Specs<S>>) => Each
  /** How those of one sample are put together. */
  readonly reduction: Reduction
  /** Operations per number. */
  readonly operations: number
  readonly brief: (params: ParamValues<Specs<S>>) => string
  readonly pytorch: (x: string, params: ParamValues<Specs<S>>, type: TensorType, reduction: Reduction | 'none') => string
  readonly cases: readonly LayerCase<ParamValues<Specs<S>>>[]
}

export const definePenalty = <const S extends ParamSpecs>(penalty: PenaltyDefinition<S>) => {
  const { params, shape, each, reduction, operations, brief, pytorch, cases, ...words } = penalty
  const penalties = ({ x }: Inputs<TensorType>, values: ParamValues<Specs<S>>): Shape => shape(x, values, () => undefined) ?? []
  return defineLayer<Specs<S>, typeof inputs, 'y'>({
    ...words,
    category: 'regularization',
    idStem: 'penalty',
    penalizes: true,
    inputs,
    outputs: penaltyOutputs,
    params: { ...params, ...strengthParam },
    shape: (types, values, fail) => {
      if (!expectDType(types.x, 'f32', 'x', fail)) return undefined
      const single = shape(types.x, values, fail)
      return single && expectCounting(types, single, fail) ? { y: types.x } : undefined
    },
    lower: (b, { x, mask }, _weights, values, context) => {
      const all = each(b, x, values)
      context.penalize(averaged(b, all, { mask }, reduction), values.strength as number, countOf(b, all, { mask }, reduction))
      return { y: x }
    },
    flops: ({ x }) => operations * sizeOf(x.shape),
    brief,
    pytorch: (values, types) => ({
      call: (_self, [x = '']) => x,
      penalty: ([x = '', mask = '']) => {
        const names = { first: x, mask, weight: '' }
        const loss = (reduced: Reduction | 'none') => pytorch(x, values, types.x, reduced)
        return `${values.strength} * (${averagedInPython(loss, penalties(types, values), types, names, reduction)})`
      },
    }),
    cases: cases.map((row) => ({ ...row, ranges: { mask: [0.2, 1], ...row.ranges } })),
  })
}
