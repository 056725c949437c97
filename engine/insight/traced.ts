/**
 * @file One sample's way through a network and back, in double precision on the reference interpreter. In: a document, its weights, one sample.
 * Out: every value, every gradient of the loss, and what one step of the document's own training method makes of the weights.
 */
import { lower, shape } from '../compile'
import { diagnosedError, InternalError } from '../core/diagnostics'
import { sizeOf, type TensorData } from '../core/tensor'
import type { GraphDocument } from '../document/schema'
import { initializeWeights } from '../initializers/initialize'
import { evaluate } from '../ir/evaluate'
import { inputNames, outputNames, stateNames } from '../ir/names'
import type { Instruction, Program, ValueId } from '../ir/program'
import { texOf } from '../layers/kit/formula'
import type { OptimizerDefinition } from '../optimizers/kit'
import { rateAt } from '../schedules/rate'
import type { ShapedGraph, ShapedNode } from '../shapes/shaped-graph'
import { runtimeInputs, unwrap } from '../train/model'
import { planOf } from '../train/plan'
import { lessonLimits } from './lesson-report'

export interface TracedUpdate {
  readonly optimizer: OptimizerDefinition
  /** TeX, with the form that its settings choose. */
  readonly formula: string
  readonly rate: number
  /** What the method follows: the gradient, clipped where that is asked for. */
  slope(parameter: string): Float64Array
  /** What it takes from the parameter, before the layer's own rate. */
  change(parameter: string): Float64Array
  next(parameter: string): Float64Array
  /** Everything that is kept from step to step. */
  readonly state: Readonly<Record<string, Float64Array>>
}

interface Given {
  readonly document: GraphDocument
  readonly inputs: Readonly<Record<string, TensorData>>
  /** Weights and optimiser state by name; what is missing is fresh. */
  readonly state: Readonly<Record<string, ArrayLike<number>>>
  readonly step: number
}

export class Traced {
  readonly program: Program
  readonly shaped: ShapedGraph
  readonly parameters: readonly string[]
  readonly update: TracedUpdate | undefined
  private readonly results: ReadonlyMap<ValueId, Float64Array>
  private readonly outputs: ReadonlyMap<string, ValueId>
  private readonly state: Readonly<Record<string, Float64Array>>

  constructor(given: Given) {
    const { document, inputs, step } = given
    this.shaped = unwrap(shape(document, { batchSize: 1 }))
    expectSmall(this.shaped)
    const { program, weights } = unwrap(lower(document, { training: true, gradients: 'traced', batchSize: 1 }))
    this.program = program
    this.parameters = weights.filter(({ trainable }) => trainable).map(({ name }) => name)
    const fresh = initializeWeights(this.shaped, document.training.seed)
    this.state = Object.fromEntries([...fresh].map(([name, data]) => [name, Float64Array.from(given.state[name] ?? data)]))
    this.results = evaluate(program, { ...inputs, ...runtimeInputs(program, document.training.seed, step, 0), ...this.state })
    this.outputs = new Map(program.outputs.map(({ name, value }) => [name, value]))
    this.update = updated(given, this.state)
  }

  get loss(): number {
    return this.read('loss')[0] as number
  }

  node(path: string): ShapedNode {
    const found = this.shaped.nodes.find((node) => node.path === path)
    if (!found) throw new InternalError('lesson', 'there is no such node', path)
    return found
  }

  weight(name: string): Float64Array {
    const held = this.state[name]
    if (!held) throw new InternalError('lesson', `there is no weight “${name}”`)
    return held
  }

  gradient(parameter: string): Float64Array {
    return this.read(outputNames.gradient(parameter))
  }

  value(path: string, port: string): Float64Array {
    return this.read(outputNames.activation(path, port))
  }

  /** Gradient of the loss by a node's output; undefined for whole numbers. */
  delta(path: string, port: string): Float64Array | undefined {
    const name = outputNames.delta(path, port)
    return this.outputs.has(name) ? this.read(name) : undefined
  }

  /** Of a pointwise layer. */
  derivative(path: string): Float64Array | undefined {
    const name = outputNames.derivative(path)
    return this.outputs.has(name) ? this.read(name) : undefined
  }

  /** Everything on the way to the loss, with its gradient. */
  get values(): readonly { readonly id: ValueId; readonly value: Float64Array; readonly delta: Float64Array }[] {
    const prefix = outputNames.value(0).slice(0, -1)
    return this.program.outputs.flatMap(({ name, value: id }) => {
      if (!name.startsWith(prefix)) return []
      return [{ id, value: this.read(name), delta: this.read(outputNames.valueDelta(Number(name.slice(prefix.length)))) }]
    })
  }

  private read(output: string): Float64Array {
    const id = this.outputs.get(output)
    const result = id === undefined ? undefined : this.results.get(id)
    if (!result) throw new InternalError('lesson', `the program has no output “${output}”`)
    return result
  }
}

function expectSmall(shaped: ShapedGraph): void {
  for (const { path, outputs } of shaped.nodes)
    for (const { shape: extents } of Object.values(outputs))
      if (sizeOf(extents) > lessonLimits.units)
        throw diagnosedError('lesson.units', { got: sizeOf(extents), expected: lessonLimits.units }, { nodeId: path })
  const layers = shaped.nodes.filter(({ weights }) => Object.keys(weights).length > 0).length
  if (layers > lessonLimits.layers) throw diagnosedError('lesson.layers', { got: layers, expected: lessonLimits.layers })
}

/** Two slots more beside each parameter, by which the rule tells what it was given and what it takes. */
const told = { slope: 'lesson slope', change: 'lesson change' } as const

const telling = (definition: OptimizerDefinition): OptimizerDefinition => ({
  ...definition,
  state: [...definition.state, told.slope, told.change],
  update: (b, parameter, gradient, state, params, context) => {
    const { change, state: renewed } = definition.update(b, parameter, gradient, state, params, context)
    return { change, state: { ...renewed, [told.slope]: gradient, [told.change]: change } }
  },
})

/** Undefined where a solver works out the steps. */
function updated({ document, inputs, state, step }: Given, weights: Readonly<Record<string, Float64Array>>): TracedUpdate | undefined {
  // Of an ensemble it is the first network that is looked at.
  const { update, rate: rule, solver } = planOf({ ...document.training, ensemble: undefined })
  if (solver || !update.optimizer) return undefined
  const optimizer = { ...update.optimizer, definition: telling(update.optimizer.definition), lossScaling: false }
  const { program } = unwrap(lower(document, { ...update, optimizer, batchSize: 1 }))
  const rate = rateAt(rule, { step: step - 1, validation: [] })
  const held = program.state.map(({ name, value }): [string, Float64Array] => {
    const empty = () => new Float64Array(sizeOf((program.values[value] as Instruction).shape))
    // An average begins at what it averages.
    const begun = weights[name] ?? weights[name.replace(stateNames.average(''), '')]
    return [name, state[name] ? Float64Array.from(state[name]) : (begun?.slice() ?? empty())]
  })
  // In double precision too: 0.1 is not what a single-precision 0.1 is.
  const runtime = { ...runtimeInputs(program, document.training.seed, step, rate), [inputNames.lr]: Float64Array.of(rate) }
  const results = evaluate(program, { ...inputs, ...runtime, ...Object.fromEntries(held) })
  const next = Object.fromEntries(program.state.map(({ name, value, update: to }) => [name, results.get(to ?? value) as Float64Array]))
  const at = (name: string): Float64Array => next[name] ?? new Float64Array(0)
  return {
    optimizer: update.optimizer.definition,
    formula: texOf(update.optimizer.definition.formula, update.optimizer.params),
    rate,
    slope: (parameter) => at(stateNames.optimizer(parameter, told.slope)),
    change: (parameter) => at(stateNames.optimizer(parameter, told.change)),
    next: at,
    state: next,
  }
}
