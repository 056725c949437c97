/**
 * @file What an initialiser is: how the first numbers of a weight are drawn (notes 002 §4; 003).
 * Initialisers are an OPEN set: one file each in engine/initializers/kinds/, found by being there.
 */
import { InternalError } from '../core/diagnostics'
import type { Random } from '../core/random'
import type { Shape } from '../core/tensor'
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
}

export const defineInitializer = <const S extends Settings>(definition: InitializerDefinition<S>): InitializerDefinition<S> => definition

/** A fan that the initialiser cannot do without. */
export function needed(unit: Unit, which: 'fanIn' | 'fanOut'): number {
  const fan = unit[which]
  if (fan === undefined) throw new InternalError('initialize', `a weight that is scaled by ${which} does not say it`)
  return fan
}
