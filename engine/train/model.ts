/**
 * @file A network on a device: its parameters, and its forward passes compiled as they are asked for.
 * In: a document and a backend. Out: executables that share one state, for any batch size, mode and set of watched nodes.
 */
import { type Compiled, type CompileOptions, compile, lower, realize, stateSpecs } from '../compile'
import { DiagnosedError, diagnosedError } from '../core/diagnostics'
import type { DType, Shape, TensorData } from '../core/tensor'
import type { GraphDocument } from '../document/schema'
import { initializeWeights } from '../initializers/initialize'
import { inputNames, type LowerOptions, stateNames } from '../ir/lowering'
import type { Program } from '../ir/program'
import { completeParams, problemValues } from '../layers/kit/validate'
import { optimizers } from '../optimizers/registry'
import type { Outcome } from '../protocol/messages'
import type { Backend, StateSpec, StateStore } from '../runtime/backend'
import type { ShapedGraph } from '../shapes/shaped-graph'

/** The value of an outcome; its diagnostics as a `DiagnosedError`. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new DiagnosedError(outcome.diagnostics)
  return outcome.value
}

export interface WeightInfo extends StateSpec {
  readonly trainable: boolean
}

/** Every weight in forward order. */
export const weightsOf = (shaped: ShapedGraph): readonly WeightInfo[] =>
  shaped.nodes.flatMap((node) =>
    Object.entries(node.weights).map(([name, spec]) => ({
      name: stateNames.weight(node.path, name),
      shape: spec.shape,
      trainable: spec.trainable !== false && !node.frozen,
    })),
  )

/** What a program must be fed. */
export const dataInputsOf = (program: Program): readonly { readonly name: string; readonly shape: Shape; readonly dtype: DType }[] =>
  program.values.flatMap(({ op, shape, dtype }) => (op.op === 'input' && op.role === 'data' ? [{ name: op.name, shape, dtype }] : []))

/** Seed and step in place, where the program asks for them. */
export function runtimeInputs(program: Program, seed: number, step: number, lr: number): Record<string, TensorData> {
  const given: Readonly<Record<string, () => TensorData>> = {
    [inputNames.key]: () => Int32Array.of(seed, step),
    [inputNames.lr]: () => Float32Array.of(lr),
    [inputNames.step]: () => Float32Array.of(step),
  }
  return Object.fromEntries(dataInputsOf(program).flatMap(({ name }) => (given[name] ? [[name, given[name]()]] : [])))
}

/** The training step that the document asks for. */
export function updateOf({ training: { optimizer } }: GraphDocument): LowerOptions {
  const definition = optimizers.get(optimizer.kind)
  if (!definition) throw diagnosedError('train.optimizer', { got: optimizer.kind, expected: [...optimizers.keys()].join(', ') })
  const { params, problems } = completeParams(definition.params, optimizer.params)
  if (problems.length > 0)
    throw new DiagnosedError(
      problems.map((problem) => ({ code: 'param.invalid', severity: 'error', param: problem.param, values: problemValues(problem) })),
    )
  return { training: true, gradients: 'none', optimizer: { definition, params } }
}

const passKey = (batchSize: number, { training, gradients, optimizer, activations }: LowerOptions): string =>
  JSON.stringify([batchSize, training, gradients, optimizer?.definition.kind, activations ?? []])

export class Model {
  private readonly passes = new Map<string, Promise<Compiled>>()

  private constructor(
    readonly document: GraphDocument,
    readonly backend: Backend,
    readonly state: StateStore,
    readonly weights: readonly WeightInfo[],
  ) {}

  /**
   * Fresh weights from the document's seed, and state for what this pass keeps (an optimiser's begins at zero). The pass is compiled too:
   * weights are drawn while the engine's compiler is at work.
   */
  static async forPass(document: GraphDocument, backend: Backend, pass: LowerOptions, batchSize: number): Promise<Model> {
    const lowered = unwrap(lower(document, { ...pass, batchSize }))
    const weights = weightsOf(lowered.shaped)
    const names = new Set(weights.map(({ name }) => name))
    const state = backend.createState([
      ...weights.map(({ name, shape }) => ({ name, shape })),
      ...stateSpecs(lowered.program).filter(({ name }) => !names.has(name)),
    ])
    const model = new Model(document, backend, state, weights)
    try {
      const compiling = model.keep(passKey(batchSize, pass), realize(lowered, backend, state))
      for (const [name, data] of initializeWeights(lowered.shaped, document.training.seed)) await state.write(name, data)
      await compiling
      return model
    } catch (error) {
      await model.dispose()
      throw error
    }
  }

  /** Compiled on first use, then kept. */
  pass(batchSize: number, options: LowerOptions): Promise<Compiled> {
    const key = passKey(batchSize, options)
    const wanted: CompileOptions = { ...options, batchSize }
    return this.passes.get(key) ?? this.keep(key, compile(this.document, wanted, this.backend, this.state))
  }

  private keep(key: string, outcome: Promise<Outcome<Compiled>>): Promise<Compiled> {
    const compiling = outcome.then(unwrap)
    this.passes.set(key, compiling)
    compiling.catch(() => this.passes.delete(key))
    return compiling
  }

  async load(weights: Readonly<Record<string, Float32Array>>): Promise<void> {
    for (const [name, data] of Object.entries(weights)) await this.state.write(name, data)
  }

  read(): Promise<Record<string, Float32Array>> {
    return this.state.read(this.weights.map(({ name }) => name))
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
