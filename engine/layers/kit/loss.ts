/**
 * @file What all losses share: the loss of each sample, step or value is averaged over what a mask leaves in, and several losses of one
 * graph add up, each with its weight. In: the formula, the words and the shape rule of one loss. Out: its layer definition.
 */
import { type Shape, sizeOf, type TensorType } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'
import {
  averaged,
  averagedInPython,
  type Counting,
  countingPorts,
  countOf,
  type Each,
  expectCounting,
  leftIn,
  type Reduction,
} from './average'
import { type Carried, defineLayer, type Fail, type InputPort, type LayerCase, type LayerDefinition, type LossRole } from './define'
import { float, type ParamSpecs, type ParamValues } from './params'

const outputs = { loss: { about: { en: 'a single number', zh: '一个数' } } } as const

const lossParams = {
  lossWeight: float({
    label: { en: 'Weight among losses', zh: '在总损失中的权重' },
    help: {
      en: 'What this loss is multiplied by before the losses of the network are added up. Change it where there are several.',
      zh: '把网络的各个损失相加之前，此损失所乘的系数。有多个损失时再调整。',
    },
    default: 1,
    min: 0,
    max: 1_000_000,
    advanced: true,
  }),
}

type Specs<S> = S & typeof lossParams
type Ports<I> = I & typeof countingPorts
type Inputs<I extends Readonly<Record<string, InputPort>>, T> = Carried<Ports<I>, T>

/** A value of each sample, step or value whose mean tells something; `after` is applied to the mean. */
export interface Measure {
  readonly each: Each
  readonly after?: (b: Emit, mean: Tensor) => Tensor
}

interface LossDefinition<S extends ParamSpecs, I extends Readonly<Record<string, InputPort>>>
  extends Pick<LayerDefinition, 'kind' | 'title' | 'aliases' | 'summary' | 'reference'>,
    Pick<LayerDefinition<Specs<S>>, 'formula' | 'derivative'> {
  readonly inputs: I
  readonly params: S
  /** Shape of the single losses, batch first; undefined after `fail`. */
  readonly shape: (inputs: Inputs<I, TensorType>, params: ParamValues<Specs<S>>, fail: Fail) => Shape | undefined
  /** Axes of the inputs that each single loss is a sum over: the classes; default: none. */
  readonly over?: (inputs: Inputs<I, TensorType>, params: ParamValues<Specs<S>>) => readonly number[]
  /** The single losses, or what each of them is the sum of. */
  readonly each: (b: Emit, inputs: Inputs<I, Tensor>, params: ParamValues<Specs<S>>) => Tensor
  /** Default: their mean. */
  readonly reduction?: (params: ParamValues<Specs<S>>) => Reduction
  readonly exposes: LossRole['exposes']
  readonly squaredError?: LossRole['squaredError']
  /** What several networks say together; default: the mean. */
  readonly combine?: (b: Emit, values: readonly Tensor[], params: ParamValues<Specs<S>>) => Tensor
  readonly measures?: (b: Emit, inputs: Inputs<I, Tensor>, params: ParamValues<Specs<S>>) => Readonly<Record<string, Measure>>
  /** Operations for each number of the first input. */
  readonly operations: number
  readonly brief?: (params: ParamValues<Specs<S>>) => string
  /** In Python: the single losses, or already reduced. */
  readonly pytorch: (
    args: readonly string[],
    params: ParamValues<Specs<S>>,
    inputs: Inputs<I, TensorType>,
    reduction: Reduction | 'none',
  ) => string
  /** Where real inputs lie in all cases. */
  readonly ranges?: LayerCase<ParamValues<S>>['ranges']
  readonly cases: readonly LayerCase<ParamValues<Specs<S>>>[]
}

/** A mask is made of 0 and 1, but what lies between has a meaning too, and a derivative to check. */
const countingRanges = { mask: [0.2, 1], weight: [0.2, 2] } as const

export const defineLoss = <const S extends ParamSpecs, const I extends Readonly<Record<string, InputPort>>>(loss: LossDefinition<S, I>) => {
  const {
    inputs,
    params,
    shape,
    over = () => [],
    each,
    reduction = () => 'mean',
    exposes,
    squaredError,
    combine,
    measures,
    operations,
    brief,
    pytorch,
    ranges,
    cases,
    ...words
  } = loss
  /** Of the inputs, what says which losses count. */
  const countingOf = <T>(all: Inputs<I, T>): Counting<T> => all as Counting<T>
  const lossesOf = (types: Inputs<I, TensorType>, values: ParamValues<Specs<S>>): Shape => shape(types, values, () => undefined) ?? []
  const typesOf = (given: Inputs<I, Tensor>): Inputs<I, TensorType> => given
  /** No loss has a variadic port. */
  const portsOf = <T>(all: Inputs<I, T>) => all as Readonly<Record<string, T | undefined>>
  const kept = (b: Emit, given: Inputs<I, Tensor>, counting: Counting<Tensor>, values: ParamValues<Specs<S>>): Inputs<I, Tensor> => {
    const types = typesOf(given)
    const own = Object.entries(portsOf(given)).flatMap(([port, x]) => (x && port in inputs ? [[port, x] as const] : []))
    return { ...given, ...leftIn(b, Object.fromEntries(own), counting, lossesOf(types, values), over(types, values)) }
  }
  const lossesIn = (b: Emit, given: Inputs<I, Tensor>, values: ParamValues<Specs<S>>): Each => ({
    parts: each(b, kept(b, given, countingOf(given), values), values),
    axes: over(typesOf(given), values),
  })
  /** A mask leaves values out of the metrics; a weight does not change them. */
  const measuresIn = (b: Emit, given: Inputs<I, Tensor>, values: ParamValues<Specs<S>>): readonly (readonly [string, Measure])[] =>
    Object.entries(measures?.(b, kept(b, given, { mask: countingOf(given).mask }, values), values) ?? {})
  return defineLayer<Specs<S>, Ports<I>, 'loss'>({
    ...words,
    category: 'loss',
    idStem: 'loss',
    inputs: { ...inputs, ...countingPorts },
    outputs,
    params: { ...params, ...lossParams },
    shape: (types, values, fail) => {
      const losses = shape(types, values, fail)
      return losses && expectCounting(countingOf(types), losses, fail) ? { loss: { shape: [], dtype: 'f32' } } : undefined
    },
    lower: (b, given, _weights, values) => ({ loss: averaged(b, lossesIn(b, given, values), countingOf(given), reduction(values)) }),
    flops: (types) => operations * sizeOf((Object.values(types)[0] as TensorType).shape),
    brief,
    pytorch: (values, types) => ({
      call: (_self, args) => {
        const ports = Object.keys(inputs)
        const [mask = '', weight = ''] = args.slice(ports.length)
        return averagedInPython(
          (reduced, names) => pytorch(names, values, types, reduced),
          lossesOf(types, values),
          over(types, values),
          countingOf(types),
          { args: ports.map((port, i) => ({ name: args[i] ?? '', type: portsOf(types)[port] })), mask, weight },
          reduction(values),
        )
      },
    }),
    role: {
      type: 'loss',
      exposes,
      squaredError,
      combine,
      weight: ({ lossWeight }) => lossWeight as number,
      metrics: (b, given, values) =>
        Object.fromEntries(
          measuresIn(b, given, values).map(([name, { each: single, after }]) => {
            const mean = averaged(b, single, { mask: countingOf(given).mask }, 'mean')
            return [name, after ? after(b, mean) : mean]
          }),
        ),
      counts: (b, given, values) => {
        const loss = countOf(b, lossesIn(b, given, values), countingOf(given), reduction(values))
        if (!loss) return undefined
        const metrics = measuresIn(b, given, values).flatMap(([name, { each: single }]) => {
          const count = countOf(b, single, countingOf(given), 'mean')
          return count ? [[name, count] as const] : []
        })
        return { loss, metrics: Object.fromEntries(metrics) }
      },
    },
    cases: cases.map((row) => ({ ...row, ranges: { ...countingRanges, ...ranges, ...row.ranges } })),
  })
}
