/**
 * @file The compiler as a list of passes, to be read from top to bottom. None changes its input; the program is verified between them.
 *
 *   document ─ inferShapes ─► ShapedGraph ─ lowerGraph ─► Program ─ backend.compile ─► Executable
 *
 * `shape` stops after the first pass, `lower` after the second, `compile` goes the whole way; what a backend does with the program
 * (simplify, choose layouts, fuse, plan memory, write code) is its own list of passes.
 */
import { DiagnosedError, diagnosedError } from './core/diagnostics'
import type { GraphDocument } from './document/schema'
import { lowerGraph } from './ir/lower'
import type { Lowered, LowerOptions } from './ir/lowering'
import type { Instruction, Program } from './ir/program'
import { verify } from './ir/verify'
import type { Outcome } from './protocol/messages'
import type { Backend, Executable, ProgramOptions, StateSpec, StateStore } from './runtime/backend'
import { inferShapes } from './shapes/infer'
import { replicate } from './shapes/replicas'
import type { ShapedGraph } from './shapes/shaped-graph'

/** One way to run the network: its program, and how what it hands from layer to layer is stored. */
export interface PassOptions extends LowerOptions, ProgramOptions {}

export interface CompileOptions extends PassOptions {
  /** Default: the document's. */
  readonly batchSize?: number
}

/** Every wire gets its type. */
export function shape(document: GraphDocument, { batchSize }: Pick<CompileOptions, 'batchSize'> = {}): Outcome<ShapedGraph> {
  const shaped = inferShapes(document, { batchSize })
  const errors = shaped.diagnostics.filter(({ severity }) => severity === 'error')
  return errors.length > 0 ? { ok: false, diagnostics: errors } : { ok: true, value: shaped }
}

export interface LoweredGraph extends Lowered {
  readonly shaped: ShapedGraph
}

/** Layers become primitives; gradients and the optimiser's update join. */
export function lower(document: GraphDocument, options: CompileOptions): Outcome<LoweredGraph> {
  const shaped = shape(document, options)
  if (!shaped.ok) return shaped
  try {
    const { replicas, training } = options
    const graph = replicas === undefined ? shaped.value : replicate(shaped.value, replicas, training)
    const lowered = lowerGraph(graph, options)
    verify(lowered.program, 'lower')
    return { ok: true, value: { ...lowered, shaped: graph } }
  } catch (error) {
    return refused(error)
  }
}

export interface Compiled extends LoweredGraph {
  readonly executable: Executable
  readonly state: StateStore
}

/** The whole way. `state` is shared by the programs of one model; made here when not given. */
export async function compile(
  document: GraphDocument,
  options: CompileOptions,
  backend: Backend,
  state?: StateStore,
): Promise<Outcome<Compiled>> {
  const lowered = lower(document, options)
  return lowered.ok ? realize(lowered.value, backend, state, options) : lowered
}

/** The program becomes something that runs. */
export async function realize(
  lowered: LoweredGraph,
  backend: Backend,
  given?: StateStore,
  { storage = 'f32' }: ProgramOptions = {},
): Promise<Outcome<Compiled>> {
  try {
    if (storage === 'f16' && !backend.info.halves) throw diagnosedError('backend.halves', { got: backend.info.label })
    const state = given ?? backend.createState(stateSpecs(lowered.program))
    const executable = await backend.compile(lowered.program, state, { storage })
    return { ok: true, value: { ...lowered, executable, state } }
  } catch (error) {
    return refused(error)
  }
}

/** What the program keeps between runs. */
export const stateSpecs = ({ state, values }: Program): StateSpec[] =>
  state.map(({ name, value }) => ({ name, shape: (values[value] as Instruction).shape }))

/** What a person can mend comes back as data; a defect goes on. */
function refused(error: unknown): Outcome<never> {
  if (error instanceof DiagnosedError) return { ok: false, diagnostics: error.diagnostics }
  throw error
}
