/**
 * @file The small interface every executor implements: reference (JavaScript, double precision), wasm (CPU threads), webgpu.
 * In: programs and named host arrays. Out: named host arrays, on request. Between runs everything stays where the device wants it;
 * nothing here forces a wait except `read`.
 */
import type { KernelVariant } from '../codegen/wasm/emitter'
import type { DiagnosedError } from '../core/diagnostics'
import type { Shape, TensorData } from '../core/tensor'
import type { Text } from '../core/text'
import type { Program } from '../ir/program'
import type { ActivationStorage } from '../memory/elements'

export type BackendId = 'reference' | 'wasm' | 'webgpu'

export interface BackendInfo {
  readonly id: BackendId
  /** “CPU · 2 threads · 256-bit”. */
  readonly label: Text
  readonly threads: number
  /** Of the CPU's kernels. */
  readonly variant?: KernelVariant
  /** A graphics adapter that computes on the CPU: right, but slower than `wasm`. */
  readonly software?: true
  /** `run` returns before the device has finished: whoever reads after every run should leave a few readings under way. */
  readonly asynchronous?: true
  /** Activations may be stored as halves. */
  readonly halves?: true
}

export interface StateSpec {
  readonly name: string
  readonly shape: Shape
}

/** Parameters and optimiser state on the device, shared by all executables compiled against it. */
export interface StateStore {
  readonly specs: readonly StateSpec[]
  write(name: string, data: TensorData): Promise<void>
  read(names: readonly string[]): Promise<Record<string, Float32Array>>
  dispose(): void
}

export interface MemoryUse {
  /** Activations, gradients and scratch of one run. */
  readonly scratchBytes: number
  readonly stateBytes: number
}

/** What a program would take, and how much there is. */
export interface MemoryForecast extends MemoryUse {
  readonly limitBytes: number
}

/** One kernel, or kernels that run at the same time, in one run. */
export interface KernelTime {
  /** What is done (`conv1 forward`). */
  readonly label: string
  /** Paths of the nodes whose work it is; the first names it. */
  readonly origins: readonly string[]
  readonly milliseconds: number
}

export interface Executable {
  readonly program: Program
  readonly memory: MemoryUse
  /** Starts one run. `inputs` are taken over before it returns. The CPU has finished on return; a GPU may not have. */
  run(inputs: Readonly<Record<string, TensorData>>): void
  /** Outputs of the latest run; waits for it. */
  read(outputs: readonly string[]): Promise<Record<string, TensorData>>
  /** One run, kernel by kernel, in the order they ran; absent where the executor cannot measure them. */
  profile?(inputs: Readonly<Record<string, TensorData>>): Promise<readonly KernelTime[]>
  dispose(): void
}

export interface ProgramOptions {
  /** How activations and their gradients are stored; default f32. Halves only where the backend has them. */
  readonly storage?: ActivationStorage
}

export interface Backend {
  readonly info: BackendInfo
  /** Why the device is of no more use, once that is so; the backend must then be opened anew. */
  readonly failure?: DiagnosedError | undefined
  createState(specs: readonly StateSpec[]): StateStore
  /** `state` must hold every slot that the program names; rejects with a `DiagnosedError` when memory does not suffice. */
  compile(program: Program, state: StateStore, options?: ProgramOptions): Promise<Executable>
  /** What the program would take if it were compiled with a state of its own; nothing is taken. Absent where that is not known beforehand. */
  forecast?(program: Program): MemoryForecast
  dispose(): Promise<void>
}
