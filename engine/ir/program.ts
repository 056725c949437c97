/**
 * @file The program: a pure, static, single-assignment tensor program. Every pass takes one and returns a new one.
 * An instruction makes exactly one value and its position is the value's id, so a program is its own topological order.
 *
 * The ops are a CLOSED set: every pass (verify, print, evaluate, derivative, codegen) is a total table over `Op['op']`,
 * so a new op does not type-check until each pass handles it. Semantics that are easy to get wrong are written here;
 * `evaluate.ts` is the reference for all of them.
 */
import type { DType, Shape } from '../core/tensor'
import type { Packing, Panels } from './packing'

/** Position of an instruction in `Program.values`. */
export type ValueId = number

/** One element in, one element out. `sigmoid` and `tanh` are primitive so that executors can use good polynomials. `sign(0) = 0`. */
export type UnaryName = 'neg' | 'abs' | 'sign' | 'exp' | 'log' | 'sqrt' | 'reciprocal' | 'tanh' | 'sigmoid' | 'floor' | 'sin' | 'cos'

/** Both operands have the result's shape (broadcasts are explicit). `less` and `equal` give f32 0 or 1 for f32 or i32 operands. Arithmetic works on f32 and i32, `div` and `pow` on f32 only. */
export type BinaryName = 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min' | 'pow' | 'less' | 'equal'

/** How a convolution or a pool walks its image; [height, width] throughout. */
export interface Window2d {
  readonly stride: readonly [number, number]
  /** Zero padding on both sides of each axis (minus infinity for max pooling). */
  readonly padding: readonly [number, number]
  readonly dilation: readonly [number, number]
  /**
   * Order of the image axes: 'NCHW' as people write it, or 'HWNC' (batch inside position, channels innermost), which the CPU
   * executor's layout pass switches to. Kernels are (O, I/groups, KH, KW) whatever the layout, or packed (see `Panels`).
   */
  readonly layout: 'NCHW' | 'HWNC'
}

export interface ConvWindow extends Window2d {
  readonly groups: number
}

/** Which matrix of a product lies in panels. */
export interface MatrixPanels extends Panels {
  readonly of: 'right' | 'result'
}

export interface PoolWindow extends Window2d {
  readonly kernel: readonly [number, number]
}

export type Op =
  // --- sources ---
  /** Filled before a run (`data`: batch, learning rate, random key …) or kept between runs (`state`: parameters, optimiser state). */
  | { readonly op: 'input'; readonly name: string; readonly role: 'data' | 'state' }
  /** Every element is `value`. */
  | { readonly op: 'constant'; readonly value: number }
  /** Element index along `axis`. */
  | { readonly op: 'iota'; readonly axis: number }
  /** Uniform f32 in [0, 1): `toUnit(hash32(key[0] ^ hash32(stream, key[1]), flat index))`; input: key i32 [2] = (seed, step). Logical flat index, so layouts do not change the numbers. */
  | { readonly op: 'random'; readonly stream: number }
  // --- elementwise ---
  | { readonly op: 'unary'; readonly name: UnaryName }
  | { readonly op: 'binary'; readonly name: BinaryName }
  /** inputs: condition (f32, non-zero is true), then, else. */
  | { readonly op: 'select' }
  /** f32 → i32 truncates toward zero. */
  | { readonly op: 'cast' }
  /** The operand; no derivative flows through. Removed once gradients have been taken. */
  | { readonly op: 'stopGradient' }
  // --- movement ---
  | { readonly op: 'reshape' }
  /** result axis i is operand axis `permutation[i]`. */
  | { readonly op: 'transpose'; readonly permutation: readonly number[] }
  /** Operand axis i becomes result axis `axes[i]` (strictly increasing); operand extents are the result's. All other axes repeat. */
  | { readonly op: 'broadcast'; readonly axes: readonly number[] }
  | { readonly op: 'slice'; readonly starts: readonly number[]; readonly steps: readonly number[] }
  /** Zeros before, after and `interior` zeros between neighbours, per axis; all counts ≥ 0. */
  | { readonly op: 'pad'; readonly low: readonly number[]; readonly high: readonly number[]; readonly interior: readonly number[] }
  | { readonly op: 'concat'; readonly axis: number }
  // --- reductions; reduced axes disappear ---
  | { readonly op: 'reduce'; readonly name: 'sum' | 'max'; readonly axes: readonly number[] }
  /** Index (i32) of the first largest element along `axis`, which disappears. */
  | { readonly op: 'argMax'; readonly axis: number }
  // --- contractions ---
  /**
   * (…, M, K) · (…, K, N) with equal leading axes; `transposeA` reads A as (…, K, M), `transposeB` B as (…, N, K).
   * `panels`: without leading axes, B or the result lies in column panels: (panels, rows, width) for (rows, columns).
   */
  | { readonly op: 'matmul'; readonly transposeA: boolean; readonly transposeB: boolean; readonly panels?: MatrixPanels }
  /** inputs: image, kernel. Cross-correlation. `panels`: the kernel is packed, (panels, KH, KW, I, width) for (O, I, KH, KW); one group only. */
  | { readonly op: 'conv2d'; readonly window: ConvWindow; readonly panels?: Panels }
  /** inputs: gradient of the output, kernel (packed or not). Result: gradient of the image. */
  | { readonly op: 'conv2dInputGrad'; readonly window: ConvWindow; readonly panels?: Panels }
  /** inputs: image, gradient of the output. Result: gradient of the kernel, packed or not. */
  | { readonly op: 'conv2dKernelGrad'; readonly window: ConvWindow; readonly panels?: Panels }
  // --- pooling ---
  | { readonly op: 'maxPool2d'; readonly window: PoolWindow }
  /** i32, shape of the pooled image: number (row-major in the window) of the first tap that holds the maximum. Input: image. */
  | { readonly op: 'maxPool2dIndex'; readonly window: PoolWindow }
  /** inputs: index (from `maxPool2dIndex`), gradient of the pooled image. Result: gradient of the image. */
  | { readonly op: 'maxPool2dGrad'; readonly window: PoolWindow }
  /** inputs: index, image. Result: the image's elements that the index names, in the pooled shape (the adjoint of `maxPool2dGrad`). */
  | { readonly op: 'maxPool2dTake'; readonly window: PoolWindow }
  /** Mean over the whole window, padding counted as zeros (PyTorch's default). */
  | { readonly op: 'avgPool2d'; readonly window: PoolWindow }
  /** Input: gradient of the pooled image. Result: gradient of the image. */
  | { readonly op: 'avgPool2dGrad'; readonly window: PoolWindow }
  // --- indexing ---
  /** inputs: table (R, …), indices i32 (any shape S). Result: (S…, …). Indices are checked by the data pipeline; out of range reads row 0. */
  | { readonly op: 'gather' }
  /** inputs: indices i32 (S), updates (S…, …). Result (R, …): rows of `updates` added up by index; the adjoint of `gather`. */
  | { readonly op: 'scatterAdd' }
  // --- repetition ---
  | ScanOp
  /** Input: a scan. One of its results (`resultTypes` in scan.ts). */
  | { readonly op: 'result'; readonly index: number }

/**
 * A program repeated along a sequence, as the steps of a recurrent layer are. inputs: the constants, one initial value for each of the body's
 * state slots, the sequences (length, …). Step t reads the constants as they are, its state, and item t of each sequence; a slot's update is
 * the state of the next step. Results, in this order: the state after the last step, and each output of the body stacked (length, …).
 * The scan's own value is all of them, flat, one after the other; `result` picks one. `reverse`: from the last item to the first.
 */
export interface ScanOp {
  readonly op: 'scan'
  /** Its inputs are those named in `constants` and `sequences`, no others; every state slot has an update. */
  readonly body: Program
  readonly length: number
  readonly reverse: boolean
  readonly constants: readonly string[]
  readonly sequences: readonly string[]
}

export type OpName = Op['op']

export interface Instruction {
  readonly op: Op
  readonly inputs: readonly ValueId[]
  readonly shape: Shape
  readonly dtype: DType
  /** Path of the document node this came from (`inception3a/conv1`); `''` for what belongs to no node (optimiser bookkeeping). */
  readonly origin: string
}

/** A tensor that lives between runs. `update` is the value it takes at the end of a run; absent: unchanged. */
export interface StateSlot {
  readonly name: string
  readonly value: ValueId
  readonly update?: ValueId
  /** The program sees the slot packed; everyone else sees `packing.shape`. Set by the layout pass. */
  readonly packing?: Packing
}

export interface Program {
  readonly name: string
  readonly values: readonly Instruction[]
  /** Every `state` input in a fixed order. */
  readonly state: readonly StateSlot[]
  readonly outputs: readonly { readonly name: string; readonly value: ValueId }[]
}
