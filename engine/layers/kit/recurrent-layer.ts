/**
 * @file What makes a recurrent layer of a cell (notes 002 §7): the form, the ports, the walk along the sequence and its Python are the same for all.
 * In: the words, the ports and the cell of one layer, which may depend on parameters of its own. Out: its definition.
 */
import type { TensorType } from '../../core/tensor'
import type { Tensor } from '../../ir/emit'
import { defineLayer, type InputPort, type LayerDefinition, type OutputPort } from './define'
import type { ParamSpecs, ParamValues } from './params'
import { type Cell, lowerRecurrent, recurrentBrief, recurrentFlops, recurrentPytorch, recurrentShape, recurrentWeights } from './recurrent'
import { type RecurrentParams, recurrentCases, recurrentParams } from './recurrent-form'

type Specs<S> = S & typeof recurrentParams

interface RecurrentDefinition<S extends ParamSpecs, I extends Readonly<Record<string, InputPort>>, N extends string>
  extends Pick<LayerDefinition, 'kind' | 'title' | 'aliases' | 'summary' | 'formula' | 'reference'> {
  /** The sequences `x`, the mask, and every state of the cell before the first step. */
  readonly inputs: I
  /** The sequence or its last step `y`, and every state of the cell after the last step. */
  readonly outputs: Readonly<Record<'y' | N, OutputPort>>
  /** Beside those of every recurrent layer. */
  readonly params: S
  readonly cell: (params: ParamValues<Specs<S>>) => Cell<N>
  /** What its class is called in Python. */
  readonly className: (params: ParamValues<Specs<S>>) => string
  readonly cases?: LayerDefinition<Specs<S>>['cases']
}

export const defineRecurrent = <const S extends ParamSpecs, const I extends Readonly<Record<string, InputPort>>, const N extends string>(
  layer: RecurrentDefinition<S, I, N>,
) => {
  const { params, cell, className, cases = [], ...rest } = layer
  type Values = ParamValues<Specs<S>>
  const common = (values: Values): RecurrentParams => values as RecurrentParams
  const states = Object.keys(rest.outputs).filter((name) => name !== 'y') as N[]
  const sequences = (types: object): TensorType => (types as { readonly x: TensorType }).x
  return defineLayer<Specs<S>, I, 'y' | N>({
    ...rest,
    category: 'sequence',
    idStem: layer.kind,
    outputsOf: (values) => (common(values).returnState ? ['y', ...states] : ['y']),
    params: { ...recurrentParams, ...params },
    adjustable: { width: 'numHiddens' },
    shape: (types, values, fail) =>
      recurrentShape(cell(values), types as Readonly<Record<string, TensorType | undefined>>, common(values), fail),
    weights: (types, values) => recurrentWeights(cell(values), sequences(types), common(values)),
    lower: (b, inputs, weights, values, context) =>
      lowerRecurrent(cell(values), b, inputs as Readonly<Record<string, Tensor | undefined>>, weights, common(values), context),
    flops: (types, values) => recurrentFlops(cell(values), sequences(types), common(values)),
    brief: (values) => recurrentBrief(common(values)),
    pytorch: (values, types) => recurrentPytorch(cell(values), className(values), sequences(types), common(values)),
    cases: [...cases, ...recurrentCases(states)] as LayerDefinition<Specs<S>>['cases'],
  })
}
