/**
 * @file What recurrent layers share (notes 002 §7): ports, form fields, shapes, weights, and the walk along the sequence. A cell says how many
 * gates it has and what one step does. The product with the inputs is one for all steps; only the product with the state is done step by step.
 */
import { formatBatches, type Shape, sameShape, type TensorType } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'
import { weightOf } from './affine'
import type { Fail, LowerContext, PyTorchExport, WeightSpec } from './define'
import { expectDType, expectVectors } from './expect'
import type { LayerFix } from './fixes'
import type { RecurrentParams } from './recurrent-form'
import { recurrentClass } from './recurrent-pytorch'

export interface Cell<S extends string = string> {
  /** Gates of a unit: columns of the kernels are gates · units. */
  readonly gates: number
  /** What it carries from step to step, the output first: names of ports. */
  readonly states: readonly S[]
  /** Parts of the recurrent kernel, in gates, that are multiplied by different things; default: one. */
  readonly parts?: readonly number[]
  /** `z`: item · inputKernel + bias (N, gates · units); `kernels`: the parts of the recurrent kernel. Gives the next states. */
  step(b: Emit, z: Tensor, states: readonly Tensor[], kernels: readonly Tensor[]): readonly Tensor[]
  /** The same in Python: the body of a function of (z, states, kernel, units) that returns the next states. */
  readonly python: string
}

/** A row of cells: which layer, which direction; weights carry the suffix. */
interface Row {
  readonly layer: number
  readonly backwards: boolean
  readonly suffix: string
}

function rowsOf({ numLayers, bidirectional }: RecurrentParams): Row[] {
  return Array.from({ length: numLayers }, (_, layer) =>
    (bidirectional ? [false, true] : [false]).map((backwards) => ({ layer, backwards })),
  )
    .flat()
    .map((row) => ({ ...row, suffix: `${row.backwards ? 'Backwards' : ''}${row.layer > 0 ? row.layer + 1 : ''}` }))
}

/** (N, units), or (N, rows, units) where there are several rows of cells. */
const shapeOfState = (params: RecurrentParams, batch: number): Shape => {
  const rows = rowsOf(params).length
  return rows === 1 ? [batch, params.numHiddens] : [batch, rows, params.numHiddens]
}

/** The states that have a port to leave by. */
const statesGiven = <S extends string>({ states }: Cell<S>, { returnState }: RecurrentParams): readonly S[] => (returnState ? states : [])

type Given<T> = Readonly<Record<string, T | undefined>>
type Outputs<S extends string, T> = Readonly<Record<'y' | S, T>>

/** The outputs' types; undefined after `fail`. */
export function recurrentShape<S extends string>(
  cell: Cell<S>,
  types: Given<TensorType>,
  params: RecurrentParams,
  fail: Fail,
): Outputs<S, TensorType> | undefined {
  const x = types.x as TensorType
  const { numHiddens, bidirectional, returns } = params
  const expected = { en: 'sequences (N, steps, features)', zh: '序列 (N, 时间步, 特征)' }
  if (!expectVectors(x, expected, fail)) return undefined
  const [batch, steps] = x.shape as [number, number, number]
  const wanted = { mask: [batch, steps], ...Object.fromEntries(cell.states.map((name) => [name, shapeOfState(params, batch)])) }
  for (const [port, shape] of Object.entries(wanted)) {
    const type = types[port]
    if (!type) continue
    if (!expectDType(type, 'f32', port, fail)) return undefined
    if (!sameShape(type.shape, shape))
      return fail({
        code: 'shape.mismatch',
        port,
        values: formatBatches(shape, type.shape),
        fixes:
          port === 'mask'
            ? []
            : unitsOf(
                cell.states.flatMap((name) => (types[name] ? [types[name].shape] : [])),
                shape,
              ),
      })
  }
  const width = numHiddens * (bidirectional ? 2 : 1)
  return {
    y: { shape: returns === 'sequence' ? [batch, steps, width] : [batch, width], dtype: 'f32' },
    ...Object.fromEntries(statesGiven(cell, params).map((name) => [name, { shape: shapeOfState(params, batch), dtype: 'f32' }])),
  } as Outputs<S, TensorType>
}

/** Where the states are only of another width, as many units as they have. */
function unitsOf(given: readonly Shape[], wanted: Shape): readonly LayerFix[] {
  const units = given[0]?.at(-1)
  if (units === undefined || !given.every((shape) => sameShape(shape, [...wanted.slice(0, -1), units]))) return []
  return [
    {
      title: { en: `Use ${units} units, as the state has`, zh: `将隐藏单元个数改为状态的宽度 ${units}` },
      edits: [{ type: 'setParam', param: 'numHiddens', value: units }],
    },
  ]
}

export function recurrentWeights({ gates }: Cell, x: TensorType, params: RecurrentParams): Record<string, WeightSpec> {
  const { numHiddens, bidirectional, useBias, initializer } = params
  const columns = gates * numHiddens
  const features = x.shape.at(-1) ?? 1
  return Object.fromEntries(
    rowsOf(params).flatMap(({ layer, suffix }): [string, WeightSpec][] => {
      const width = layer === 0 ? features : numHiddens * (bidirectional ? 2 : 1)
      const fan = (fanIn: number) => ({ init: initializer, fanIn, fanOut: numHiddens })
      return [
        [`inputKernel${suffix}`, { shape: [width, columns], ...fan(width) }],
        [`recurrentKernel${suffix}`, { shape: [numHiddens, columns], ...fan(numHiddens) }],
        ...(useBias ? [[`bias${suffix}`, { shape: [columns], init: 'zeros' }] as [string, WeightSpec]] : []),
      ]
    }),
  )
}

export function lowerRecurrent<S extends string>(
  cell: Cell<S>,
  b: Emit,
  inputs: Given<Tensor>,
  weights: Readonly<Record<string, Tensor>>,
  params: RecurrentParams,
  context: LowerContext,
): Outputs<S, Tensor> {
  const x = inputs.x as Tensor
  const [batch] = x.shape as [number, number, number]
  const { numHiddens, numLayers, bidirectional, dropout, returns } = params
  const rows = rowsOf(params)
  const mask = inputs.mask && b.greater(b.transpose(inputs.mask, [1, 0]), 0)
  const isKept = cell.states.every((name) => !inputs[name])
  const initial = cell.states.map((name) => statesOf(b, name, inputs[name], rows, [batch, numHiddens], isKept ? context : undefined))
  const final: Tensor[][] = cell.states.map(() => [])
  let sequence = b.transpose(x, [1, 0, 2])
  for (let layer = 0; layer < numLayers; layer++) {
    const outputs = rows.flatMap((row, at) => {
      if (row.layer !== layer) return []
      const states = initial.map((each) => each[at] as Tensor)
      const { stacked, carried } = walk(cell, b, sequence, mask, states, weights, row, numHiddens)
      carried.forEach((state, i) => {
        final[i]?.push(state)
        if (isKept && !row.backwards) context.keep(`${cell.states[i]}${row.suffix}`, state)
      })
      return [stacked]
    })
    sequence = b.concat(outputs, 2)
    if (context.training && dropout > 0 && layer < numLayers - 1) sequence = dropped(b, sequence, dropout)
  }
  const [outputs = []] = final
  const y = returns === 'sequence' ? b.transpose(sequence, [1, 0, 2]) : b.concat(outputs.slice(bidirectional ? -2 : -1), 1)
  const states = statesGiven(cell, params).map((name, i) => [name, joined(b, final[i] as Tensor[])])
  return { y, ...Object.fromEntries(states) } as Outputs<S, Tensor>
}

/** One row of cells along a sequence (steps, N, width). */
function walk(
  cell: Cell,
  b: Emit,
  sequence: Tensor,
  mask: Tensor | undefined,
  initial: readonly Tensor[],
  weights: Readonly<Record<string, Tensor>>,
  { suffix, backwards }: Row,
  units: number,
): { readonly stacked: Tensor; readonly carried: readonly Tensor[] } {
  const [steps, batch, width] = sequence.shape as [number, number, number]
  const columns = cell.gates * units
  const product = b.matmul(b.reshape(sequence, [steps * batch, width]), weightOf(weights, `inputKernel${suffix}`))
  const bias = weights[`bias${suffix}`]
  const z = b.reshape(bias ? b.add(product, bias) : product, [steps, batch, columns])
  const kernel = weightOf(weights, `recurrentKernel${suffix}`)
  let from = 0
  const parts = (cell.parts ?? [cell.gates]).map((gates) => {
    const start = from * units
    from += gates
    return b.slice(kernel, [0, start], [units, from * units])
  })
  const given = { constants: parts, initial, sequences: mask ? [z, mask] : [z], reverse: backwards }
  const { carried, stacked } = b.scan(given, (s, now) => {
    const [item, goesOn] = now.items as [Tensor, Tensor | undefined]
    const made = cell.step(s, item, now.carried, now.constants)
    const next = made.map((state, i) => {
      const before = now.carried[i] as Tensor
      return goesOn ? s.select(s.broadcast(goesOn, state.shape, [0]), state, before) : state
    })
    return { carried: next, items: [next[0] as Tensor] }
  })
  return { carried, stacked: stacked[0] as Tensor }
}

/**
 * The state of each row of cells before the first step: what is given; else what the batch before left, as far as its end is where this one
 * begins, which is not so for cells that read backwards; else zeros.
 */
function statesOf(
  b: Emit,
  name: string,
  given: Tensor | undefined,
  rows: readonly Row[],
  shape: Shape,
  context: LowerContext | undefined,
): Tensor[] {
  const [batch, units] = shape as [number, number]
  if (!given) return rows.map((row) => (context && !row.backwards ? context.kept(`${name}${row.suffix}`, shape) : b.constant(0, shape)))
  if (rows.length === 1) return [given]
  return rows.map((_, row) => b.reshape(b.slice(given, [0, row, 0], [batch, row + 1, units]), shape))
}

function joined(b: Emit, states: readonly Tensor[]): Tensor {
  const [first] = states as [Tensor]
  if (states.length === 1) return first
  const [batch, units] = first.shape as [number, number]
  return b.concat(
    states.map((state) => b.reshape(state, [batch, 1, units])),
    1,
  )
}

/** Inverted dropout (notes 002 §4). */
const dropped = (b: Emit, x: Tensor, p: number): Tensor => b.mul(x, b.div(b.less(b.random(x.shape), 1 - p), 1 - p))

/** Columns of one gate, or of several. */
export function gate(b: Emit, z: Tensor, first: number, units: number, count = 1): Tensor {
  const [batch] = z.shape as [number]
  return b.slice(z, [0, first * units], [batch, (first + count) * units])
}

export function recurrentFlops({ gates }: Cell, x: TensorType, params: RecurrentParams): number {
  const [batch, steps, features] = x.shape as [number, number, number]
  const { numHiddens, bidirectional } = params
  return rowsOf(params).reduce((sum, { layer }) => {
    const width = layer === 0 ? features : numHiddens * (bidirectional ? 2 : 1)
    return sum + batch * steps * gates * numHiddens * (2 * (width + numHiddens) + 4)
  }, 0)
}

export const recurrentBrief = ({ numHiddens, numLayers, bidirectional }: RecurrentParams): string =>
  `${numLayers > 1 ? `${numLayers} × ` : ''}${numHiddens}${bidirectional ? ' ⇄' : ''}`

export function recurrentPytorch(cell: Cell, name: string, x: TensorType, params: RecurrentParams): PyTorchExport {
  const { numHiddens, numLayers, bidirectional, dropout, returns, returnState, useBias } = params
  const python = (value: boolean) => (value ? 'True' : 'False')
  const options = [
    x.shape.at(-1),
    numHiddens,
    ...(numLayers === 1 ? [] : [`layers=${numLayers}`]),
    ...(bidirectional ? [`bidirectional=${python(true)}`] : []),
    ...(dropout === 0 ? [] : [`dropout=${dropout}`]),
    ...(useBias ? [] : [`bias=${python(false)}`]),
    ...(returns === 'sequence' ? [] : [`returns='last'`]),
    ...(returnState ? [`return_state=${python(true)}`] : []),
  ]
  const weights = rowsOf(params).flatMap(({ suffix }) =>
    ['inputKernel', 'recurrentKernel', ...(useBias ? ['bias'] : [])].map((weight) => [
      `${weight}${suffix}`,
      { name: `${weight}${suffix}`, asBuilt: weight === 'bias' },
    ]),
  )
  return {
    definitions: [recurrentClass(name, cell)],
    module: `${name}(${options.join(', ')})`,
    call: (self, args) => `${self}(${args.slice(0, args.findLastIndex((arg) => arg !== 'None') + 1).join(', ')})`,
    weights: Object.fromEntries(weights),
    keeps: true,
  }
}
