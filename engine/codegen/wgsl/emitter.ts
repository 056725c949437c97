/**
 * @file What one kernel becomes on a GPU: dispatches, each a WGSL module with the buffers it touches, run one after another.
 * Every emitter takes a kernel and the device's abilities; none knows where buffers lie.
 */
import type { BufferId } from '../../optimize/kernel'

/** A buffer of the program, or memory that one kernel alone uses while it runs (numbered from 0 in each kernel; different kernels share it). */
export type Storage = { readonly buffer: BufferId } | { readonly workspace: number; readonly bytes: number }

/**
 * One call of a pipeline. Bindings of group 0: the storages in order, all `var<storage, read_write>` (ranges of one GPU buffer may then
 * meet in one dispatch, as long as they do not overlap), then, where there are sizes, `var<uniform> sizes: array<vec4<i32>, ⌈n/4⌉>`.
 */
export interface Dispatch {
  /** For profiles and errors: node path and what is done (`conv1 forward`). */
  readonly label: string
  /**
   * A whole module with the entry point `main`. Equal texts are compiled once for a device, and compiling is slow: extents, strides and
   * offsets belong in `sizes`; the text holds only what changes the shape of the code (operations, tile, which operands there are).
   */
  readonly code: string
  /** Each storage once; at most `limits.storageBuffers`. */
  readonly storages: readonly Storage[]
  readonly sizes: readonly number[]
  /** Each at most `limits.workgroupsPerDimension`; all at least 1. */
  readonly workgroups: readonly [number, number, number]
}

export interface GpuLimits {
  /** Storage buffers of one dispatch; 8 everywhere. */
  readonly storageBuffers: number
  readonly workgroupsPerDimension: number
  readonly workgroupThreads: number
  /** Bytes of `var<workgroup>`. */
  readonly workgroupBytes: number
}

/** Tile of the matrix kernels: what a workgroup computes (rows × columns), in depth steps, and what one thread computes of it. Depth 0: quads of threads share rows, without workgroup memory. */
export interface GpuTile {
  readonly rows: number
  readonly columns: number
  readonly depth: number
  readonly threadRows: number
  readonly threadColumns: number
}

export interface GpuContext {
  readonly limits: GpuLimits
  /** `subgroupAdd` and its kin may be used (`enable subgroups;`). */
  readonly subgroups: boolean
  /** Tiles worth using on this device, for large products first; chosen by runtime/webgpu/autotune.ts. */
  readonly tiles: readonly GpuTile[]
  /** How a buffer's elements are stored. `f16` is read and written through f32: all arithmetic is f32 (`enable f16;`). */
  elementOf(buffer: BufferId): 'f32' | 'i32' | 'f16'
}
