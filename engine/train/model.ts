/**
 * @file A network on a device: its parameters, and its forward passes compiled as they are asked for.
 * In: a document and a backend. Out: executables that share one state, for any batch size, mode and set of watched nodes.
 */
import { type Compiled, type CompileOptions, compile, lower, type PassOptions, realize, shape, stateSpecs } from '../compile'
import { DiagnosedError } from '../core/diagnostics'
import type { DType, Shape, TensorData } from '../core/tensor'
import type { GraphDocument } from '../document/schema'
import { groupOf } from '../document/training-groups'
import { freshWeights } from '../initializers/initialize'
import { inputNames, stateNames } from '../ir/names'
import type { Program } from '../ir/program'
import type { Outcome } from '../protocol/messages'
import type { Backend, StateSpec, StateStore } from '../runtime/backend'
import { inReplica, isReplica, replicate } from '../shapes/replicas'
import { ownersOf, type ShapedGraph } from '../shapes/shaped-graph'
import { Turns } from './pace'
import { planOf } from './plan'

/** The value of an outcome; its diagnostics as a `DiagnosedError`. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new DiagnosedError(outcome.diagnostics)
  return outcome.value
}

export interface WeightInfo extends StateSpec {
  readonly trainable: boolean
}

/** Every weight in forward order; what nodes share stands once. */
export const weightsOf = (shaped: ShapedGraph): readonly WeightInfo[] =>
  ownersOf(shaped).flatMap((node) =>
    Object.entries(node.weights).map(([name, spec]) => ({
      name: stateNames.weight(node.path, name),
      shape: spec.shape,
      trainable: spec.trainable !== false && !node.frozen,
    })),
  )

/** What a program must be fed. */
export const dataInputsOf = (program: Program): readonly { readonly name: string; readonly shape: Shape; readonly dtype: DType }[] =>
  program.values.flatMap(({ op, shape, dtype }) => (op.op === 'input' && op.role === 'data' ? [{ name: op.name, shape, dtype }] : []))

interface RuntimeFacts {
  readonly lossScale?: number | undefined
  /** Where state is kept from run to run: this run goes on from it. */
  readonly continues?: boolean
}

/** Seed and step in place, where the program asks for them. */
export function runtimeInputs(
  program: Program,
  seed: number,
  step: number,
  lr: number,
  { lossScale = 1, continues = false }: RuntimeFacts = {},
): Record<string, TensorData> {
  const given: Readonly<Record<string, () => TensorData>> = {
    [inputNames.key]: () => Int32Array.of(seed, step),
    [inputNames.lr]: () => Float32Array.of(lr),
    [inputNames.step]: () => Float32Array.of(step),
    [inputNames.lossScale]: () => Float32Array.of(lossScale),
    [inputNames.continues]: () => Float32Array.of(Number(continues)),
  }
  return Object.fromEntries(dataInputsOf(program).flatMap(({ name }) => (given[name] ? [[name, given[name]()]] : [])))
}

/** The training step that the document asks for. */
export const updateOf = ({ training }: GraphDocument): PassOptions => planOf(training).update

/** Of an ensemble every pass is one of all its copies. */
function replicasOf({ training }: GraphDocument): Pick<PassOptions, 'replicas'> {
  const ensemble = groupOf(training, 'ensemble')
  return ensemble ? { replicas: ensemble.replicas } : {}
}

/** The network as it is trained: with all copies of an ensemble. */
export function trainedShape(document: GraphDocument): ShapedGraph {
  const shaped = unwrap(shape(document))
  const { replicas } = replicasOf(document)
  return replicas === undefined ? shaped : replicate(shaped, replicas, false)
}

/** All updates of a model are the same one. */
const passKey = (batchSize: number, { optimizer, ...options }: PassOptions): string =>
  JSON.stringify([
    batchSize,
    optimizer?.definition.kind,
    Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ])

/** Enough numbers for JavaScript engines to know how to draw them well. */
const WARMING = 2 ** 18

/**
 * The first weights. They are drawn before the network is compiled: while WebAssembly is being optimised nothing else is, and what runs
 * meanwhile would stay as slow as it is then.
 */
function someOf(fresh: Iterator<readonly [string, Float32Array]>): (readonly [string, Float32Array])[] {
  const first: (readonly [string, Float32Array])[] = []
  let drawn = 0
  while (drawn < WARMING) {
    const { value, done } = fresh.next()
    if (done) break
    first.push(value)
    drawn += value[1].length
  }
  return first
}

export class Model {
  private readonly passes = new Map<string, Promise<Compiled>>()

  private constructor(
    readonly document: GraphDocument,
    readonly backend: Backend,
    readonly state: StateStore,
    readonly weights: readonly WeightInfo[],
    /** State slots that hold what nodes keep from run to run. */
    readonly kept: ReadonlySet<string>,
    /** Averages of the weights are kept, and evaluated in their place. */
    private readonly averages: boolean,
    /** What makes the loss in training another one: every pass that looks at training sees that loss. */
    private readonly objective: Pick<PassOptions, 'weightNoise' | 'adversarial'>,
  ) {}

  /**
   * Fresh weights from the document's seed, and state for what this pass keeps (an optimiser's begins at zero). The pass is compiled too:
   * weights are drawn while the engine's compiler is at work.
   */
  static async forPass(document: GraphDocument, backend: Backend, pass: PassOptions, batchSize: number): Promise<Model> {
    const lowered = unwrap(lower(document, { ...pass, batchSize, ...replicasOf(document) }))
    const weights = weightsOf(lowered.shaped)
    const names = new Set(weights.map(({ name }) => name))
    const state = backend.createState([
      ...weights.map(({ name, shape }) => ({ name, shape })),
      ...stateSpecs(lowered.program).filter(({ name }) => !names.has(name)),
    ])
    const { weightNoise, adversarial } = pass
    const objective = { ...(weightNoise && { weightNoise }), ...(adversarial && { adversarial }) }
    const model = new Model(document, backend, state, weights, new Set(lowered.kept), pass.optimizer?.averaging !== undefined, objective)
    try {
      const fresh = freshWeights(lowered.shaped, document.training.seed)
      const first = someOf(fresh)
      const compiling = model.keep(passKey(batchSize, { ...pass, ...replicasOf(document) }), realize(lowered, backend, state, pass))
      await model.fill(first)
      await model.fill(fresh, new Turns())
      await compiling
      return model
    } catch (error) {
      await model.dispose()
      throw error
    }
  }

  /** Compiled on first use, then kept. */
  pass(batchSize: number, options: PassOptions): Promise<Compiled> {
    const averaged = this.averages && !options.training ? { averaged: true } : {}
    const pass = { ...options, ...(options.training && this.objective), ...averaged, ...replicasOf(this.document) }
    const key = passKey(batchSize, pass)
    const wanted: CompileOptions = { ...pass, batchSize }
    return this.passes.get(key) ?? this.keep(key, compile(this.document, wanted, this.backend, this.state))
  }

  private keep(key: string, outcome: Promise<Outcome<Compiled>>): Promise<Compiled> {
    const compiling = outcome.then(unwrap)
    this.passes.set(key, compiling)
    compiling.catch(() => this.passes.delete(key))
    return compiling
  }

  /** What is given for one network is given to every copy of it, unless the copies have their own. */
  async load(given: Readonly<Record<string, Float32Array>>): Promise<void> {
    const { replicas = 1 } = replicasOf(this.document)
    const copies = Object.entries(given).flatMap(([name, data]) =>
      isReplica(name) ? [] : Array.from({ length: replicas }, (_, i) => [inReplica(i + 1, name), data] as const),
    )
    await this.fill(Object.entries({ ...Object.fromEntries(copies), ...given }))
  }

  /** `turns`: others are to get on meanwhile (WebAssembly is compiled on other threads, but by way of this one's event loop). */
  private async fill(weights: Iterable<readonly [string, Float32Array]>, turns?: Turns): Promise<void> {
    const averaged = new Set(this.weights.filter((weight) => this.evaluatedName(weight) !== weight.name).map(({ name }) => name))
    for (const [name, data] of weights) {
      await this.state.write(name, data)
      if (averaged.has(name)) await this.state.write(stateNames.average(name), data)
      await turns?.due()
    }
  }

  /** The weights that are evaluated: their averages where these are kept. */
  async read(): Promise<Record<string, Float32Array>> {
    const held = await this.state.read(this.weights.map((weight) => this.evaluatedName(weight)))
    return Object.fromEntries(this.weights.map((weight) => [weight.name, held[this.evaluatedName(weight)] as Float32Array]))
  }

  private evaluatedName({ name, trainable }: WeightInfo): string {
    return this.averages && trainable ? stateNames.average(name) : name
  }

  async dispose(): Promise<void> {
    for (const compiling of this.passes.values()) {
      const settled = await compiling.catch(() => undefined)
      settled?.executable.dispose()
    }
    this.passes.clear()
    this.state.dispose()
  }
}
