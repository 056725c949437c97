/**
 * @file The scheduled form of a program for the CPU: buffers, and kernels that read and write them in order.
 * In: an optimised program (fuse.ts). Out: what memory/ plans and codegen/wasm turns into code. Kernels are a CLOSED set.
 */
import type { DType, Shape } from '../core/tensor'
import type { Packing } from '../ir/packing'
import type { BinaryName, ConvWindow, PoolWindow, UnaryName, ValueId } from '../ir/program'

/** Position in `KernelProgram.buffers`. */
export type BufferId = number

export interface Buffer {
  /** As it lies: a packed tensor has a packed shape (ir/packing.ts). */
  readonly shape: Shape
  readonly dtype: DType
  /** `data`: filled before each run; `state`: lives between runs; `constant`: filled once; `scratch`: made by a kernel. */
  readonly role: 'data' | 'state' | 'constant' | 'scratch'
  /** Name of a data or state buffer. */
  readonly name?: string
  /** Node path, for messages and profiles. */
  readonly origin: string
}

/** A read through a view: element at `offset + Σ strides[d]·index[d]` over the kernel's loop axes (strides in elements, 0 repeats). */
export interface View {
  readonly buffer: BufferId
  readonly offset: number
  readonly strides: readonly number[]
  /** In a scan: elements that the view moves on with each item. */
  readonly perItem?: number
}

/** An expression evaluated at one point of a loop nest; operands are positions earlier in `LoopKernel.body`. */
export type LoopOp =
  | { readonly op: 'load'; readonly view: View }
  | { readonly op: 'constant'; readonly value: number }
  /** Flat or per-axis index: `offset + Σ strides[d]·index[d]`, as i32. */
  | { readonly op: 'index'; readonly strides: readonly number[]; readonly offset: number }
  /** See `Op` random; operand: the index (i32); `key` holds (seed, step). */
  | { readonly op: 'random'; readonly index: number; readonly key: BufferId; readonly stream: number }
  | { readonly op: 'unary'; readonly name: UnaryName; readonly x: number }
  | { readonly op: 'binary'; readonly name: BinaryName; readonly a: number; readonly b: number }
  | { readonly op: 'select'; readonly condition: number; readonly then: number; readonly otherwise: number }
  | { readonly op: 'cast'; readonly x: number }

export interface LoopResult {
  /** Position in `body`. */
  readonly value: number
  readonly buffer: BufferId
  /** Where the point's value goes; strides over the loop axes (0 on reduced ones). */
  readonly offset: number
  readonly strides: readonly number[]
  /** In a scan: elements that the result moves on with each item. */
  readonly perItem?: number
  /** Combines values along the reduced axes. */
  readonly reduce?: 'sum' | 'max'
}

/**
 * A fused nest: elementwise work, optionally ending in reductions over the last `reduced` axes. A result without `reduce` is stored at
 * every point, in a nest with reductions too. Copies, parts of a concatenation and padding are loops like any other.
 */
export interface LoopKernel {
  readonly kind: 'loop'
  readonly axes: readonly number[]
  /** How many of the last axes are reduced; all results agree on it. */
  readonly reduced: number
  readonly body: readonly (LoopOp & { readonly dtype: DType })[]
  readonly results: readonly LoopResult[]
}

/** out (batch, m, n) = A · B; `transposeA`: A lies as (batch, k, m); `transposeB`: B lies as (batch, n, k). Row-major, contiguous. */
export interface MatmulKernel {
  readonly kind: 'matmul'
  readonly a: BufferId
  readonly b: BufferId
  readonly out: BufferId
  readonly batch: number
  readonly m: number
  readonly k: number
  readonly n: number
  readonly transposeA: boolean
  readonly transposeB: boolean
  /** B (its matrix as it lies, before any transposition) or the result lies in column panels of this width. One batch item only. */
  readonly panels?: { readonly of: 'right' | 'result'; readonly width: number }
  /** Added to every row of the result (n). */
  readonly bias?: BufferId
}

/** Sizes of a convolution in the HWNC layout: image (H, W, N, C), kernel (O, C/groups, KH, KW), result (OH, OW, N, O). */
export interface ConvSizes {
  readonly batch: number
  readonly channels: number
  readonly height: number
  readonly width: number
  readonly outChannels: number
  readonly kernelHeight: number
  readonly kernelWidth: number
  readonly outHeight: number
  readonly outWidth: number
}

/** `forward`: a = image, b = kernel. `inputGrad`: a = gradient of the result, b = kernel. `kernelGrad`: a = image, b = gradient of the result. */
export interface ConvKernel {
  readonly kind: 'conv'
  readonly direction: 'forward' | 'inputGrad' | 'kernelGrad'
  readonly a: BufferId
  readonly b: BufferId
  readonly out: BufferId
  readonly sizes: ConvSizes
  /** `layout` is always 'HWNC'. */
  readonly window: ConvWindow
  /** The kernel, or its gradient, lies in column panels of this width: (O/width, KH, KW, C, width). One group only. */
  readonly panels?: { readonly width: number }
  /** `forward` only: added per output channel. */
  readonly bias?: BufferId
}

/**
 * Pools in HWNC. `maxForward`: x → out, and the tap numbers → index when asked for. `maxBackward`: index, gradient → out.
 * `maxTake`: index, image → out. `averageForward`: x → out. `averageBackward`: gradient → out.
 */
export interface PoolKernel {
  readonly kind: 'pool'
  readonly variant: 'maxForward' | 'maxBackward' | 'maxTake' | 'averageForward' | 'averageBackward'
  readonly x: BufferId
  readonly index?: BufferId
  readonly out: BufferId
  readonly sizes: Omit<ConvSizes, 'outChannels' | 'kernelHeight' | 'kernelWidth'>
  readonly window: PoolWindow
}

/** Rows of `table` (rows, width) by `indices` (count). */
export interface GatherKernel {
  readonly kind: 'gather'
  readonly table: BufferId
  readonly indices: BufferId
  readonly out: BufferId
  readonly rows: number
  readonly count: number
  readonly width: number
}
/** out (rows, width) = sums of `updates` (count, width) by `indices`. */
export interface ScatterAddKernel {
  readonly kind: 'scatterAdd'
  readonly indices: BufferId
  readonly updates: BufferId
  readonly out: BufferId
  readonly rows: number
  readonly count: number
  readonly width: number
}
/** Index of the first maximum over the middle axis of (outer, extent, inner). */
export interface ArgMaxKernel {
  readonly kind: 'argMax'
  readonly x: BufferId
  readonly out: BufferId
  readonly outer: number
  readonly extent: number
  readonly inner: number
}

/** What is done in one go. */
export type PlainBody = LoopKernel | MatmulKernel | ConvKernel | PoolKernel | GatherKernel | ScatterAddKernel | ArgMaxKernel

/**
 * Kernels repeated for the items 0 … length − 1, or from the last to the first. Only views of loops move from item to item. What is carried
 * from step to step lies in buffers that `before` fills.
 */
export interface ScanKernel {
  readonly kind: 'scan'
  readonly length: number
  readonly reverse: boolean
  readonly before: readonly PlainKernel[]
  readonly steps: readonly PlainKernel[]
}

export type KernelBody = PlainBody | ScanKernel

export type Kernel = KernelBody & KernelFacts
export type PlainKernel = PlainBody & KernelFacts

interface KernelFacts {
  /** Node paths whose work this is; the first names it in messages. */
  readonly origins: readonly string[]
  readonly reads: readonly BufferId[]
  readonly writes: readonly BufferId[]
}

export interface KernelProgram {
  readonly name: string
  readonly buffers: readonly Buffer[]
  readonly kernels: readonly Kernel[]
  readonly outputs: readonly { readonly name: string; readonly buffer: BufferId }[]
  /** State slots: where the value is read, and where its new value lies (the same buffer when the update happens in place). */
  readonly state: readonly {
    readonly name: string
    readonly buffer: BufferId
    readonly update?: BufferId
    /** How the slot lies, if not in its logical order. */
    readonly packing?: Packing
  }[]
  /** Which program values each buffer holds, for inspection. */
  readonly valueOf: readonly (ValueId | undefined)[]
}
