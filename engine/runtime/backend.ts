/**
 * @file The small interface every executor implements: reference (JavaScript, double precision), wasm (CPU threads), webgpu.
 * In: programs and named host arrays. Out: named host arrays, on request. Between runs everything stays where the device wants it;
 * nothing here forces a wait except `read`.
 */
import type { Shape, TensorData } from '../core/tensor'
import type { Text } from '../core/text'
import type { Program } from '../ir/program'

export type BackendId = 'reference' | 'wasm' | 'webgpu'

export interface BackendInfo {
  readonly id: BackendId
  /** “CPU · 2 threads · 256-bit”. */
  readonly label: Text
  readonly threads: number
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

export interface Executable {
  readonly program: Program
  readonly memory: MemoryUse
  /** Starts one run. `inputs` are taken over before it returns. The CPU has finished on return; a GPU may not have. */
  run(inputs: Readonly<Record<string, TensorData>>): void
  /** Outputs of the latest run; waits for it. */
  read(outputs: readonly string[]): Promise<Record<string, TensorData>>
  dispose(): void
}

export interface Backend {
  readonly info: BackendInfo
  createState(specs: readonly StateSpec[]): StateStore
  /** `state` must hold every slot that the program names; rejects with a `DiagnosedError` when memory does not suffice. */
  compile(program: Program, state: StateStore): Promise<Executable>
  dispose(): Promise<void>
}
