/**
 * @file Parameter specifications: the one description from which the form, the validation, the documentation
 * and the TypeScript type of a layer's (data set's, optimiser's, template's) parameters are derived.
 */
import type { Text } from '../../core/text'

interface SpecBase<T> {
  readonly label: Text
  /** One sentence: what it does and when to change it. */
  readonly help?: Text
  readonly default: T
  /** Folded away under “More” in the form. */
  readonly advanced?: boolean
}

export interface IntSpec extends SpecBase<number> {
  readonly type: 'int'
  readonly min?: number
  readonly max?: number
}
export interface FloatSpec extends SpecBase<number> {
  readonly type: 'float'
  readonly min?: number
  readonly max?: number /** Excludes `min` itself. */
  readonly above?: boolean
}
export interface BoolSpec extends SpecBase<boolean> {
  readonly type: 'bool'
}
export interface ChoiceSpec<C extends string = string> extends SpecBase<C> {
  readonly type: 'choice'
  readonly options: Readonly<Record<C, Text>>
}
/** A kind by itself, or with settings of its own: `'xavier'`, `{ kind: 'normal', deviation: 1 }`. */
export type Variant = string | ({ readonly kind: string } & Readonly<Record<string, number | string>>)

/** One of several kinds, some of which have settings. */
export interface VariantSpec extends SpecBase<Variant> {
  readonly type: 'variant'
  readonly options: Readonly<Record<string, Text>>
  /** By kind; kinds without any are absent. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, FloatSpec>>>>
}
export interface TextSpec extends SpecBase<string> {
  readonly type: 'text'
}
/** One integer for both image axes, or [height, width]. */
export interface Int2dSpec extends SpecBase<number | readonly [number, number]> {
  readonly type: 'int2d'
  readonly min?: number
  readonly max?: number
}
/** A list of integers: a shape, a permutation. */
export interface IntsSpec extends SpecBase<readonly number[]> {
  readonly type: 'ints'
  readonly min?: number
  readonly max?: number
  readonly minLength?: number
  readonly maxLength?: number
}

export type ParamSpec = IntSpec | FloatSpec | BoolSpec | ChoiceSpec | VariantSpec | TextSpec | Int2dSpec | IntsSpec
export type ParamSpecs = Readonly<Record<string, ParamSpec>>

/** The value type of one specification. */
export type ParamValue<S extends ParamSpec> =
  S extends ChoiceSpec<infer C>
    ? C
    : S extends BoolSpec
      ? boolean
      : S extends TextSpec
        ? string
        : S extends VariantSpec
          ? Variant
          : S extends Int2dSpec
            ? number | readonly [number, number]
            : S extends IntsSpec
              ? readonly number[]
              : number

/** All values, after defaults have been filled in. */
export type ParamValues<S extends ParamSpecs> = { readonly [K in keyof S]: ParamValue<S[K]> }

export const int = (spec: Omit<IntSpec, 'type'>): IntSpec => ({ type: 'int', ...spec })
export const float = (spec: Omit<FloatSpec, 'type'>): FloatSpec => ({ type: 'float', ...spec })
export const bool = (spec: Omit<BoolSpec, 'type'>): BoolSpec => ({ type: 'bool', ...spec })
export const text = (spec: Omit<TextSpec, 'type'>): TextSpec => ({ type: 'text', ...spec })
export const int2d = (spec: Omit<Int2dSpec, 'type'>): Int2dSpec => ({ type: 'int2d', ...spec })
export const ints = (spec: Omit<IntsSpec, 'type'>): IntsSpec => ({ type: 'ints', ...spec })
/** The options decide the type; the default must be one of them. */
export const choice = <const C extends string>(
  spec: Omit<ChoiceSpec<C>, 'type' | 'default'> & { readonly default: NoInfer<C> },
): ChoiceSpec<C> => ({ type: 'choice', ...spec })

export const variant = (spec: Omit<VariantSpec, 'type'>): VariantSpec => ({ type: 'variant', ...spec })

/** What kind a value names, and the settings it gives. */
export function variantOf(value: Variant): { readonly kind: string; readonly given: Readonly<Record<string, number | string>> } {
  if (typeof value === 'string') return { kind: value, given: {} }
  const { kind, ...given } = value
  return { kind, given }
}

/** [height, width] of a value that may be one number for both. */
export const pair = (value: number | readonly [number, number]): readonly [number, number] =>
  typeof value === 'number' ? [value, value] : value
