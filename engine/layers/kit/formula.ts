/**
 * @file Formulas that say what was chosen. In: the formula of a layer or of a training method, and its parameters. Out: TeX for these parameters,
 * without words, so that it stands beside any language.
 */
import type { ParamSpecs, ParamValues } from './params'

/** Written as a method, as the rules of a definition are: what reads any definition hands it the parameters that belong to it. */
interface Chosen<P> {
  tex(params: P): string
}
/** TeX; a function where the parameters decide what is computed, not only with which numbers. */
export type Formula<P> = string | Chosen<P>['tex']

/** `params` are complete. */
export const texOf = (formula: Formula<ParamValues<ParamSpecs>>, params: Readonly<Record<string, unknown>>): string =>
  typeof formula === 'string' ? formula : formula(params as ParamValues<ParamSpecs>)
