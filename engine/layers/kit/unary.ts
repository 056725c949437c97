/**
 * @file What all pointwise layers share: one input of any shape, an output just like it.
 * In: the formula and the words of one function. Out: its layer definition.
 */
import { type Shape, sizeOf } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'
import { type Category, defineLayer, type LayerCase, type LayerDefinition, type OutputPort } from './define'
import { expectDType } from './expect'
import type { ParamSpecs, ParamValues } from './params'

const inputs = { x: { about: { en: 'real numbers of any shape', zh: '任意形状的实数' } } } as const
const outputs: Record<'y', OutputPort> = { y: { about: { en: 'the same shape', zh: '与输入形状相同' } } }

type Words = 'kind' | 'title' | 'aliases' | 'summary' | 'formula' | 'derivative' | 'reference' | 'idStem' | 'gradient'

interface UnaryDefinition<S extends ParamSpecs> extends Pick<LayerDefinition<S>, Words> {
  readonly params: S
  readonly apply: (b: Emit, x: Tensor, params: ParamValues<S>) => Tensor
  /** Operations per element. */
  readonly operations: number | ((params: ParamValues<S>) => number)
  /** The Python expression of the result. */
  readonly pytorch: (x: string, params: ParamValues<S>) => string
  readonly brief?: (params: ParamValues<S>) => string
  readonly cases?: readonly LayerCase<ParamValues<S>>[]
}

/** Any rank, an odd size, batch 1. */
const shapes: readonly Shape[] = [[4, 7], [1, 3, 5, 2], [2, 5, 3], [3]]

const pointwise = <const S extends ParamSpecs>(category: Category, definition: UnaryDefinition<S>) => {
  const { apply, operations, pytorch, cases = [], ...words } = definition
  return defineLayer<S, typeof inputs, 'y'>({
    ...words,
    category,
    inputs,
    outputs,
    pointwise: true,
    shape: ({ x }, _params, fail) => (expectDType(x, 'f32', 'x', fail) ? { y: { shape: x.shape, dtype: 'f32' } } : undefined),
    lower: (b, { x }, _weights, params) => ({ y: apply(b, x, params) }),
    flops: ({ x }, params) => (typeof operations === 'number' ? operations : operations(params)) * sizeOf(x.shape),
    pytorch: (params) => ({ call: (_self, [x = '']) => pytorch(x, params) }),
    cases: [...shapes.map((x) => ({ inputs: { x } })), ...cases],
  })
}

export const defineActivation = <const S extends ParamSpecs>(definition: UnaryDefinition<S>) => pointwise('activation', definition)
export const defineArithmetic = <const S extends ParamSpecs>(definition: UnaryDefinition<S>) => pointwise('arithmetic', definition)
