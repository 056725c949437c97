/**
 * @file What an initialiser is: how the first numbers of a weight are drawn (notes 002 §4; 003).
 * Initialisers are an OPEN set: one file each in engine/initializers/kinds/, found by being there.
 */
import { InternalError } from '../core/diagnostics'
import type { Random } from '../core/random'
import type { Text } from '../core/text'
import type { ParamSpecs, ParamValues } from '../layers/kit/params'

/** Inputs and outputs of one unit; absent where they mean nothing (biases). */
export interface Fans {
  readonly fanIn?: number
  readonly fanOut?: number
}

export interface InitializerDefinition<S extends ParamSpecs = ParamSpecs> {
  /** Equals the file's name. */
  readonly kind: string
  readonly title: Text
  /** TeX. */
  readonly formula: string
  readonly reference: string
  readonly params: S
  /** Writes every element: millions of them, so a loop over all and not a call for each. */
  fill(values: Float32Array, random: Random, fans: Fans, params: ParamValues<S>): void
}

export const defineInitializer = <const S extends ParamSpecs>(definition: InitializerDefinition<S>): InitializerDefinition<S> => definition

/** A fan that the initialiser cannot do without. */
export function needed(fans: Fans, which: keyof Fans): number {
  const fan = fans[which]
  if (fan === undefined) throw new InternalError('initialize', `a weight that is scaled by ${which} does not say it`)
  return fan
}
