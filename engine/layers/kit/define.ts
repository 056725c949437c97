/**
 * @file What a layer is: one record that holds its schema, ports, shape rule, weights, lowering, exports, help and test cases.
 * In: the layer's own file. Out: a typed definition that the registry, the compiler, the form, the palette and the tests read.
 */

import type { DiagnosticCode } from '../../core/diagnostic-catalogue'
import type { Diagnostic } from '../../core/diagnostics'
import type { Shape, TensorType } from '../../core/tensor'
import type { Text } from '../../core/text'
import type { Emit, Tensor } from '../../ir/emit'
import type { Adjustable, LayerFix } from './fixes'
import type { Formula } from './formula'
import type { ParamSpecs, ParamValues, Variant } from './params'

/** Palette section; decides icon and colour (the names of design/look: data, linear, conv, pool, norm, act, seq, merge, loss). */
export type Category =
  | 'data'
  | 'dense'
  | 'convolution'
  | 'pooling'
  | 'normalization'
  | 'activation'
  | 'sequence'
  | 'shape'
  | 'merge'
  | 'arithmetic'
  | 'filter'
  | 'information'
  | 'regularization'
  | 'loss'

export interface InputPort {
  /** What flows in, with its shape: “images (N, C, H, W)”. */
  readonly about: Text
  /** Takes any number of wires (at least two), in the order of the document's edges. */
  readonly variadic?: boolean
  /** Works without a wire too: a mask, an initial state. In code it stands among the options, by its name. */
  readonly optional?: boolean
}
export interface OutputPort {
  readonly about: Text
}

type Ports = Readonly<Record<string, InputPort>>
/** A variadic port carries a list, an optional one perhaps nothing. */
export type Carried<I extends Ports, T> = {
  readonly [K in keyof I]: I[K] extends { variadic: true } ? readonly T[] : I[K] extends { optional: true } ? T | undefined : T
}

/** Name of an initialiser (a file in engine/initializers) or one with settings. */
export type InitializerRef = Variant

export interface WeightSpec {
  readonly shape: Shape
  readonly init: InitializerRef
  /** For the initialiser: inputs and outputs of one unit. Absent where they mean nothing (biases). */
  readonly fanIn?: number
  readonly fanOut?: number
  /** False for running statistics: saved with the model, not changed by the optimiser. Default true. */
  readonly trainable?: boolean
}

/** Reports what does not fit; `shape` then returns undefined. `port` and `param` place the message. */
export type Fail = (problem: {
  code: DiagnosticCode
  values: Diagnostic['values']
  port?: string
  param?: string
  /** One-click fixes, the best first; the first that applies to the actual neighbours is offered (`resolveFixes` in fixes.ts). */
  fixes?: readonly LayerFix[]
}) => undefined

/** What a shape rule may know beside its inputs. */
export interface ShapeEnvironment {
  /** Extent of axis 0 of everything that the data set feeds. */
  readonly batchSize: number
}

export interface LowerContext {
  /** Batch statistics and dropout, or running statistics and identity. */
  readonly training: boolean
  /** Gives a weight (running statistics) a new value at the end of the run. Only acts in training. */
  assign(weight: string, value: Tensor): void
  /** What `keep` was given in the run before; zeros in the first of an epoch, and in passes that keep nothing (`keepsState`). */
  kept(name: string, shape: Shape): Tensor
  /** What the next run is to find under this name. Only acts in passes that keep it. */
  keep(name: string, value: Tensor): void
  /**
   * Adds to the loss of the network what this value, a single number, is worth, and shows the value as a metric named after the node.
   * `count`: of how much it is the mean, where a mask decides that.
   */
  penalize(value: Tensor, weight: number, count?: Tensor): void
  /** Types of the inputs as the document sees them (classes of a label, say). */
  readonly inputs: Readonly<Record<string, TensorType | readonly TensorType[]>>
  /** What the data set feeds to this node, for roles `input` and `label`: the program's data input named after it. */
  feed(): Tensor
}

interface PyTorchWeight {
  /** PyTorch's attribute. */
  readonly name: string
  /** How our array becomes it. */
  readonly permutation?: readonly number[]
  /** The module begins with the numbers that the layer begins with. */
  readonly asBuilt?: boolean
  /** Not among the parameters of the module. */
  readonly isBuffer?: boolean
}

/** How a layer reads in PyTorch. `args` are the Python expressions of its inputs in port order; `None` for an optional one without a wire. */
export interface PyTorchExport {
  /** The module to construct (`nn.Conv2d(1, 6, 5)`); absent for pure functions. */
  readonly module?: string
  /** Python that must stand before: classes of modules that PyTorch has not. Equal ones stand there once. */
  readonly definitions?: readonly string[]
  /** The call: `${self}(${x})`, `torch.flatten(x, 1)` … `self` is the module's expression. Several outputs are a tuple in port order. */
  readonly call: (self: string, args: readonly string[]) => string
  /** What the layer adds to the loss, its weight included. */
  readonly penalty?: (args: readonly string[]) => string
  /** By our weight names. */
  readonly weights?: Readonly<Record<string, PyTorchWeight>>
  /** Once the attribute `kept` of the module is a list, it goes on from batch to batch: it starts from what that holds, and puts there where it ended. */
  readonly keeps?: boolean
}

/** One row of the common layer check (test/support/checkLayer). Weights and real inputs are seeded random numbers. */
export interface LayerCase<P> {
  readonly name?: string
  /** Types of the inputs by port, batch included; a list for a variadic port; optional ports may be left out. */
  readonly inputs: Readonly<Record<string, TensorType | Shape | readonly (TensorType | Shape)[]>>
  readonly params?: Partial<P>
  /** Where the numbers of a real input lie, [low, high); default [−1, 1). */
  readonly ranges?: Readonly<Record<string, readonly [low: number, high: number]>>
  /** Modes in which PyTorch is asked: `'eval'` for layers that draw random numbers in training. Everything else is checked in both. */
  readonly mode?: 'both' | 'eval'
}

export interface LossRole<S extends ParamSpecs = ParamSpecs, I extends Ports = Ports> {
  readonly type: 'loss'
  /** Input port → name of the model output it becomes (`logits`). */
  readonly exposes: Readonly<Record<string, string>>
  /** What it is multiplied by in the sum of all losses. */
  weight(params: ParamValues<S>): number
  /** Ports of which the loss is the mean square of the difference, but for a factor: linear models then have a solution in closed form. */
  readonly squaredError?: { readonly prediction: string; readonly target: string }
  /** What several networks say together, from what each of them hands to an exposed port; default: the mean. */
  combine?(b: Emit, values: readonly Tensor[], params: ParamValues<S>): Tensor
  /** Scalars beside the loss: `{ accuracy }`. */
  metrics?(b: Emit, inputs: Carried<I, Tensor>, params: ParamValues<S>): Readonly<Record<string, Tensor>>
  /** Of how much the loss and each metric is the mean, where a mask decides that; undefined where the size of the batch does. */
  counts?(
    b: Emit,
    inputs: Carried<I, Tensor>,
    params: ParamValues<S>,
  ): { readonly loss: Tensor; readonly metrics: Readonly<Record<string, Tensor>> } | undefined
}

export interface LayerDefinition<S extends ParamSpecs = ParamSpecs, I extends Ports = Ports, O extends string = string> {
  /** Equals the file's name. */
  readonly kind: string
  readonly category: Category
  readonly title: Text
  /** What else people call it, separated by commas, so that a search finds it. */
  readonly aliases?: Text
  /** One or two sentences: what it does and when to use it. */
  readonly summary: Text
  /** TeX. */
  readonly formula: Formula<ParamValues<S>>
  /** TeX of the derivative: of an activation f′, of a loss by what it looks at. */
  readonly derivative?: Formula<ParamValues<S>>
  /** Paper or seed section. */
  readonly reference: string
  /** Stem of automatic node ids: `conv` gives conv1, conv2 … */
  readonly idStem: string
  readonly inputs: I
  readonly outputs: Readonly<Record<O, OutputPort>>
  /** Which of the outputs a node with these parameters has, in their order; default: all. */
  outputsOf?(params: ParamValues<S>): readonly O[]
  readonly params: S
  /** Shapes of the outputs from those of the inputs, or undefined after `fail`. Batch is axis 0. */
  shape(
    inputs: Carried<I, TensorType>,
    params: ParamValues<S>,
    fail: Fail,
    environment: ShapeEnvironment,
  ): Readonly<Record<O, TensorType>> | undefined
  /**
   * Parameters by which a fix on a neighbour may change this layer's output: the extent of its features or channels (`width`),
   * the number of classes, the shape of one sample.
   */
  readonly adjustable?: Adjustable<keyof S & string>
  /** In order: kernel before bias, scale before shift, running statistics last. Only called with inputs that `shape` accepted. */
  weights?(inputs: Carried<I, TensorType>, params: ParamValues<S>): Readonly<Record<string, WeightSpec>>
  /** The layer is y = xW + b of one input, whatever its parameters are: names of the port and the weights (no `bias` weight: none). */
  readonly affine?: { readonly input: string; readonly output: string; readonly kernel: string; readonly bias: string }
  /** The formula, in the compiler's primitives. */
  lower(
    b: Emit,
    inputs: Carried<I, Tensor>,
    weights: Readonly<Record<string, Tensor>>,
    params: ParamValues<S>,
    context: LowerContext,
  ): Readonly<Record<O, Tensor>>
  /**
   * How the gradient that it hands back stands to what it computes: it is the derivative (the default); there is `none`, as the derivative is zero
   * wherever it exists, so that nothing before it learns; or a `surrogate` takes its place, which differences of the values do not confirm.
   */
  gradient?(params: ParamValues<S>): 'exact' | 'none' | 'surrogate'
  /** Of how many values training takes the statistics by which it normalises one feature, where it takes them from the batch; one says nothing. */
  normalizedOver?(inputs: Carried<I, TensorType>, params: ParamValues<S>): number
  /** Adds something to the loss of the network besides what it computes. */
  readonly penalizes?: true
  /** Each element of the only output depends on the element of the input at its place, and on no other. */
  readonly pointwise?: true
  /** Floating-point operations of one forward pass (a multiply-add counts two). Default: size of the outputs. */
  flops?(inputs: Carried<I, TensorType>, params: ParamValues<S>): number
  /** Spatial window, for the receptive field; the stride of layers that enlarge images is a fraction. Absent: pointwise. */
  window?(params: ParamValues<S>): {
    readonly kernel: readonly [number, number]
    readonly stride: readonly [number, number]
    readonly padding: readonly [number, number]
    readonly dilation: readonly [number, number]
  }
  /** One line under the title on the canvas: “16 · 5×5”. */
  brief?(params: ParamValues<S>): string
  readonly pytorch: (params: ParamValues<S>, inputs: Carried<I, TensorType>) => PyTorchExport
  /**
   * What makes a node more than a function: `input` and `label` are fed by the data set; a `loss` has a scalar output `loss` that
   * training minimises, shows the input ports named in `exposes` as outputs of the model, and measures itself.
   */
  readonly role?: { readonly type: 'input' | 'label' } | LossRole<S, I>
  readonly cases: readonly LayerCase<NoInfer<ParamValues<S>>>[]
}

/** Identity that lets TypeScript infer parameter and port types from the record. */
export const defineLayer = <const S extends ParamSpecs, const I extends Ports, const O extends string>(
  layer: LayerDefinition<S, I, O>,
): LayerDefinition<S, I, O> => layer

/** A definition whose own types do not matter: what the registry hands out. */
// biome-ignore lint/suspicious/noExplicitAny: the union of all layers; parameter values were validated against `params`
export type AnyLayer = LayerDefinition<any, any, any>
