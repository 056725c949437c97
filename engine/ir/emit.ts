/**
 * @file What a layer, an optimiser or a derivative writes its formula with: typed handles and one method per operation.
 * `ProgramBuilder` (builder.ts) implements it; broadcasting follows NumPy and is made explicit in the program.
 */
import type { DType, Shape } from '../core/tensor'
import type { ConvWindow, PoolWindow, ValueId } from './program'

/** A handle to a value under construction. */
export interface Tensor {
  readonly id: ValueId
  readonly shape: Shape
  readonly dtype: DType
}

/** A tensor, or a number that becomes a constant of the other operand's dtype. */
export type Operand = Tensor | number

export interface Emit {
  constant(value: number, shape?: Shape, dtype?: DType): Tensor
  iota(shape: Shape, axis: number): Tensor
  /** Uniform in [0, 1), different for every call, step and seed. */
  random(shape: Shape): Tensor

  neg(x: Tensor): Tensor
  abs(x: Tensor): Tensor
  sign(x: Tensor): Tensor
  exp(x: Tensor): Tensor
  log(x: Tensor): Tensor
  sqrt(x: Tensor): Tensor
  reciprocal(x: Tensor): Tensor
  tanh(x: Tensor): Tensor
  sigmoid(x: Tensor): Tensor
  floor(x: Tensor): Tensor
  sin(x: Tensor): Tensor
  cos(x: Tensor): Tensor

  add(a: Operand, b: Operand): Tensor
  sub(a: Operand, b: Operand): Tensor
  mul(a: Operand, b: Operand): Tensor
  div(a: Operand, b: Operand): Tensor
  /** Derivative flows to `a` where a > b and to `b` elsewhere, so `max(x, 0)` is ReLU with derivative 0 at 0. */
  max(a: Operand, b: Operand): Tensor
  min(a: Operand, b: Operand): Tensor
  pow(a: Operand, b: Operand): Tensor
  /** 1 where a < b, else 0 (f32). */
  less(a: Operand, b: Operand): Tensor
  greater(a: Operand, b: Operand): Tensor
  /** 1 where a = b, else 0 (f32). */
  equal(a: Operand, b: Operand): Tensor
  select(condition: Tensor, then: Operand, otherwise: Operand): Tensor
  cast(x: Tensor, dtype: DType): Tensor
  /** The value without its derivative. */
  stopGradient(x: Tensor): Tensor

  reshape(x: Tensor, shape: Shape): Tensor
  transpose(x: Tensor, permutation: readonly number[]): Tensor
  /** NumPy broadcast to `shape`; with `axes`, operand axis i becomes result axis axes[i]. */
  broadcast(x: Tensor, shape: Shape, axes?: readonly number[]): Tensor
  slice(x: Tensor, starts: readonly number[], limits: readonly number[], steps?: readonly number[]): Tensor
  pad(x: Tensor, low: readonly number[], high: readonly number[], interior?: readonly number[]): Tensor
  concat(xs: readonly Tensor[], axis: number): Tensor

  /** Sum over `axes` (all when absent); `keep` leaves extents of 1. Negative axes count from the end. */
  sum(x: Tensor, axes?: readonly number[], keep?: boolean): Tensor
  mean(x: Tensor, axes?: readonly number[], keep?: boolean): Tensor
  maximum(x: Tensor, axes?: readonly number[], keep?: boolean): Tensor
  argMax(x: Tensor, axis: number): Tensor
  softmax(x: Tensor, axis: number): Tensor
  logSoftmax(x: Tensor, axis: number): Tensor
  /** 1 at the index, 0 elsewhere; adds a last axis of extent `classes`. */
  oneHot(indices: Tensor, classes: number): Tensor

  matmul(a: Tensor, b: Tensor, options?: { transposeA?: boolean; transposeB?: boolean }): Tensor
  /** image (N, C, H, W), kernel (O, C/groups, KH, KW). */
  conv2d(image: Tensor, kernel: Tensor, window: ConvWindow): Tensor
  /** Adjoint of `conv2d`, so a transposed convolution: (N, O, …) and a kernel (O, C/groups, KH, KW) give `image` = (N, C, H, W). */
  conv2dInputGrad(gradient: Tensor, kernel: Tensor, window: ConvWindow, image: Shape): Tensor
  maxPool2d(image: Tensor, window: PoolWindow): Tensor
  avgPool2d(image: Tensor, window: PoolWindow): Tensor
  /** `v` (C) spread over axis 1 of a tensor shaped `like`: the bias or scale of feature maps (N, C, …). */
  perChannel(v: Tensor, like: Shape): Tensor

  gather(table: Tensor, indices: Tensor): Tensor
  scatterAdd(indices: Tensor, updates: Tensor, rows: number): Tensor

  /** Runs `step` for every item of the sequences, as recurrent layers do; what it does not get through `given` it cannot read. */
  scan(given: ScanGiven, step: (b: Emit, now: ScanStep) => ScanStepResult): ScanResults
}

export interface ScanGiven {
  /** The same at every step: weights. */
  readonly constants: readonly Tensor[]
  /** What the first step finds as `carried` (f32). */
  readonly initial: readonly Tensor[]
  /** (steps, …) each; step t gets item t. */
  readonly sequences: readonly Tensor[]
  /** From the last item to the first. */
  readonly reverse?: boolean
}

/** What one step reads. */
export interface ScanStep {
  readonly constants: readonly Tensor[]
  readonly carried: readonly Tensor[]
  readonly items: readonly Tensor[]
}

/** What one step makes: `carried` for the next step, in the shapes that `initial` has; `items` to be stacked. */
export interface ScanStepResult {
  readonly carried: readonly Tensor[]
  readonly items: readonly Tensor[]
}

export interface ScanResults {
  /** After the last step. */
  readonly carried: readonly Tensor[]
  /** (steps, …) each; item t was made at step t, whatever the direction. */
  readonly stacked: readonly Tensor[]
}
