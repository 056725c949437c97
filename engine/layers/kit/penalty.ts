/**
 * @file What layers share that hand their input on unchanged and add a penalty on it to the loss (notes 004, sparse representations).
 * In: the penalty of each sample, place or value. Out: a layer definition whose penalty is averaged over what a mask leaves in.
 */
import { type Shape, sizeOf, type TensorType } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'
import { averaged, averagedInPython, countingPorts, countOf, expectCounting, leftIn, type Reduction } from './average'
import { type Carried, defineLayer, type Fail, type LayerCase, type LayerDefinition } from './define'
import { expectDType } from './expect'
import { float, type ParamSpecs, type ParamValues } from './params'

export const penaltyInputs = {
  x: { about: { en: 'real numbers (N, …)', zh: '实数 (N, …)' } },
  mask: countingPorts.mask,
} as const
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

type Inputs<T> = Carried<typeof penaltyInputs, T>
type Specs<S> = S & typeof strengthParam

interface PenaltyDefinition<S extends ParamSpecs>
  extends Pick<LayerDefinition, 'kind' | 'title' | 'aliases' | 'summary' | 'reference'>,
    Pick<LayerDefinition<Specs<S>>, 'formula'> {
  readonly params: S
  /** Shape of the single penalties, batch first; undefined after `fail`. */
  readonly shape: (x: TensorType, params: ParamValues<Specs<S>>, fail: Fail) => Shape | undefined
  /** Axes of the input that each single penalty is a sum over; default: none. */
  readonly over?: (x: TensorType, params: ParamValues<Specs<S>>) => readonly number[]
  /** The single penalties, or what each of them is the sum of. */
  readonly each: (b: Emit, x: Tensor, params: ParamValues<Specs<S>>) => Tensor
  /** How those of one sample are put together. */
  readonly reduction: Reduction
  /** Operations per number. */
  readonly operations: number
  readonly brief: (params: ParamValues<Specs<S>>) => string
  readonly pytorch: (x: string, params: ParamValues<Specs<S>>, type: TensorType, reduction: Reduction | 'none') => string
  readonly cases: readonly LayerCase<ParamValues<Specs<S>>>[]
}

export const definePenalty = <const S extends ParamSpecs>(penalty: PenaltyDefinition<S>) => {
  const { params, shape, over = () => [], each, reduction, operations, brief, pytorch, cases, ...words } = penalty
  const penalties = ({ x }: Inputs<TensorType>, values: ParamValues<Specs<S>>): Shape => shape(x, values, () => undefined) ?? []
  return defineLayer<Specs<S>, typeof penaltyInputs, 'y'>({
    ...words,
    category: 'regularization',
    idStem: 'penalty',
    penalizes: true,
    inputs: penaltyInputs,
    outputs: penaltyOutputs,
    params: { ...params, ...strengthParam },
    shape: (types, values, fail) => {
      if (!expectDType(types.x, 'f32', 'x', fail)) return undefined
      const single = shape(types.x, values, fail)
      return single && expectCounting(types, single, fail) ? { y: types.x } : undefined
    },
    lower: (b, { x, mask }, _weights, values, context) => {
      const axes = over(x, values)
      const kept = leftIn(b, { x }, { mask }, penalties({ x, mask }, values), axes)
      const all = { parts: each(b, kept.x, values), axes }
      context.penalize(averaged(b, all, { mask }, reduction), values.strength as number, countOf(b, all, { mask }, reduction))
      return { y: x }
    },
    flops: ({ x }) => operations * sizeOf(x.shape),
    brief,
    pytorch: (values, types) => ({
      call: (_self, [x = '']) => x,
      penalty: ([x = '', mask = '']) => {
        const names = { args: [{ name: x, type: types.x }], mask, weight: '' }
        const loss = (reduced: Reduction | 'none', [kept = '']: readonly string[]) => pytorch(kept, values, types.x, reduced)
        const mean = averagedInPython(loss, penalties(types, values), over(types.x, values), types, names, reduction)
        return `${values.strength} * (${mean})`
      },
    }),
    cases: cases.map((row) => ({ ...row, ranges: { mask: [0.2, 1], ...row.ranges } })),
  })
}
