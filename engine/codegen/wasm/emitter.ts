/**
 * @file What one kernel becomes: phases of independent work units, and the functions that do them.
 * Every emitter takes a kernel, the addresses of its buffers (bytes, constants of the code) and the module under construction.
 */
import type { BufferId, LoopKernel } from '../../optimize/kernel'
import type { PhaseFunction } from './alike'
import type { ModuleBuilder } from './assembler'

/**
 * Work that may be split among threads: `func(begin, end)` does units [begin, end). A phase runs after all earlier ones that touch the same
 * buffers or workspaces (schedule.ts); inside it units are independent, and a unit's result does not depend on how units were grouped.
 */
export interface Phase {
  readonly func: PhaseFunction
  readonly units: number
  /** Rough cost of all units in nanoseconds on one thread; below a threshold one thread does all of them. */
  readonly cost: number
  /** It fills workspaces that no later phase changes: where it reads the same at every step of a scan, once is enough. */
  readonly isPreparation?: boolean
  /** For profiles: node path and what is done (`conv1 forward`). */
  readonly label: string
}

export interface EmitContext {
  readonly module: ModuleBuilder
  /**
   * Byte address of a buffer: a number to add to and subtract from, whose value is only known when the module is linked, and which must
   * stand in the code of the phase that uses it, not in a table (places.ts). Kernels may read up to 64 bytes past its end (never write): the plan leaves that much mapped memory.
   */
  address(buffer: BufferId): number
  /** Byte address, of the same sort, of a fresh workspace (64-byte aligned): this kernel's from the first phase that touches it to the last. */
  scratch(bytes: number): number
  /** Byte address of a table of i32 written once at load time. */
  table(values: readonly number[]): number
  readonly variant: KernelVariant
  /** Whether other kernels of the program look like this one, sizes aside. Absent: none does. */
  isRepeated?(kernel: LoopKernel): boolean
}

/**
 * How 3×3 convolutions of stride 1 are computed. `auto`: the way that is fastest for their sizes; `winograd4` and `winograd2`: by minimal
 * filtering of 4×4 or 2×2 results at a time wherever that is possible; `direct`: by sums over the taps, with the smallest errors.
 */
export const convolutionMethods = ['auto', 'winograd4', 'winograd2', 'direct'] as const
export type ConvolutionMethod = (typeof convolutionMethods)[number]

/** Which instructions and tile shapes to use, chosen per machine (runtime/wasm/autotune.ts), and what a person wishes. */
export interface KernelVariant {
  /** `relaxed_madd` is to be had; otherwise mul + add. */
  readonly fma: boolean
  /** Register tile of the matrix kernels: rows × columns (a multiple of 4). 6×16 where V8 widens to 256 bits, 6×8 with FMA, 4×8 without. */
  readonly rows: number
  readonly columns: number
  /** Default: `auto`. */
  readonly convolution?: ConvolutionMethod
}
