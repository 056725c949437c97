/**
 * @file What an initialiser is: how the first numbers of a weight are drawn (notes 002 §4; 003).
 * Initialisers are an OPEN set: one file each in engine/initializers/kinds/, found by being there.
 */
import { InternalError } from '../core/diagnostics'
import type { Random } from '../core/random'
import { type Shape, sizeOf } from '../core/tensor'
import type { Text } from '../core/text'
import type { FloatSpec, ParamValues } from '../layers/kit/params'

/** Settings of an initialiser: numbers, so that a form and a document can hold them beside its name. */
type Settings = Readonly<Record<string, FloatSpec>>

/** What a weight says of itself. Inputs and outputs of one unit are absent where they mean nothing (biases). */
export interface Unit {
  readonly shape: Shape
  readonly fanIn?: number
  readonly fanOut?: number
}

export interface InitializerDefinition<S extends Settings = Settings> {
  /** Equals the file's name. */
  readonly kind: string
  readonly title: Text
  /** TeX. */
  readonly formula: string
  readonly reference: string
  readonly params: S
  /** Writes every element: millions of them, so a loop over all and not a call for each. */
  fill(values: Float32Array, random: Random, unit: Unit, params: ParamValues<S>): void
  /** The same in PyTorch. `unit` has the shape that PyTorch gives the weight. */
  readonly pytorch: (unit: Unit, params: ParamValues<S>) => PyTorchStart
}

interface PyTorchStart {
  /** A statement about the weight `w`. */
  readonly call: string
  /** A function that must stand before. */
  readonly definition?: string
  /** `w` is to have its axes in our order. */
  readonly ownAxes?: boolean
}

/** Inputs and outputs of a unit as PyTorch counts them by the shape of a weight. */
export function torchFans({ shape: [outputs = 1, inputs = 1, ...window] }: Unit): { readonly fanIn: number; readonly fanOut: number } {
  const taps = sizeOf(window)
  return { fanIn: inputs * taps, fanOut: outputs * taps }
}

export const defineInitializer = <const S extends Settings>(definition: InitializerDefinition<S>): InitializerDefinition<S> => definition

/** A fan that the initialiser cannot do without. */
export function needed(unit: Unit, which: 'fanIn' | 'fanOut'): number {
  const fan = unit[which]
  if (fan === undefined) throw new InternalError('initialize', `a weight that is scaled by ${which} does not say it`)
  return fan
}
