/**
 * @file The types of the graph builder, derived from the layers' own definitions: `g.conv2d(x, { numChannels: 6 })` is checked against
 * the schema in conv2d.ts, and a new layer file is a new method without a list anywhere.
 */
import type { WeightSettings } from '../document/schema'
import type { InputPort, LayerDefinition } from '../layers/kit/define'
import type { LayerKinds } from '../layers/kit/kinds'
import type { ParamSpecs, ParamValue } from '../layers/kit/params'

declare const valueType: unique symbol

/** One output of a node, to be handed to the next. `graph` keeps wires from leaving their graph. */
export interface Handle {
  readonly node: string
  readonly port: string
  readonly graph: object
}

/** An input that has no wire yet: graphs under construction can be written as code too. */
export const unconnected = Symbol('unconnected')
export type Source = Handle | typeof unconnected

/** Inside a block: stands for the value that each instance gives. */
export interface ParamReference<T> {
  readonly $param: string
  readonly [valueType]?: T
}

export type Scalar = number | string | boolean
export type Widened<T> = T extends number ? number : T extends string ? string : T extends boolean ? boolean : never
/** A value, or a reference to a block parameter that holds one. */
export type Bound<T> = T | ParamReference<Widened<T>>

/** What every node has beside its parameters. */
export interface NodeOptions extends WeightSettings {
  /** Default: the layer's stem and a number, `conv1`. */
  readonly id?: string
  /** What the canvas shows instead of the layer's name. */
  readonly title?: string
  /** Hand the first input through unchanged. */
  readonly bypass?: Bound<boolean>
}

export type Options<S extends ParamSpecs> = { readonly [K in keyof S]?: Bound<ParamValue<S[K]>> } & NodeOptions

type IsUnion<T, U = T> = T extends U ? ([U] extends [T] ? false : true) : never
/** One output is itself; several go by their names. */
export type Result<O extends string> = [O] extends [never]
  ? Readonly<Record<never, Handle>>
  : true extends IsUnion<O>
    ? Readonly<Record<O, Handle>>
    : Handle

type Intersected<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never
type LastOf<U> = Intersected<U extends unknown ? () => U : never> extends () => infer L ? L : never

type Ports = Readonly<Record<string, InputPort>>
type Argument<P> = P extends { readonly variadic: true } ? readonly Handle[] : Source
type NeededPorts<I extends Ports> = { [K in keyof I as I[K] extends { readonly optional: true } ? never : K]: I[K] }
type OptionalInputs<I extends Ports> = { readonly [K in Exclude<keyof I, keyof NeededPorts<I>>]?: Source }
/** As many arguments as there are ports. TypeScript does not know the order of the ports, only their number. */
type Arguments<I extends Ports, K extends keyof I = keyof I> = [K] extends [never]
  ? []
  : [...Arguments<I, Exclude<K, LastOf<K>>>, Argument<I[keyof I]>]

/** Inputs in port order, then parameters and optional inputs by name. */
export type LayerMethod<L> =
  L extends LayerDefinition<infer S, infer I, infer O>
    ? (...args: [...inputs: Arguments<NeededPorts<I>>, options?: Options<S> & OptionalInputs<I>]) => Result<O>
    : never

type OptionsOf<L> = L extends LayerDefinition<infer S, infer _I, infer _O> ? Options<S> : never

/** Data nodes are named: by their ids the data set, the files of weights and the command line know them. */
export interface DataMethods {
  /** `shape` is that of one sample, without the batch. */
  input(id: string, shape: readonly number[] | OptionsOf<LayerKinds['input']>, options?: OptionsOf<LayerKinds['input']>): Handle
  label(id: string, classes: Bound<number> | OptionsOf<LayerKinds['label']>, options?: OptionsOf<LayerKinds['label']>): Handle
}

export type LayerMethods = { readonly [K in Exclude<keyof LayerKinds, keyof DataMethods>]: LayerMethod<LayerKinds[K]> }
