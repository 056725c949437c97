/**
 * @file Parameter values against their specifications, for layers, data sets, optimisers, templates and forms alike.
 * In: specifications and whatever a file or a person gave. Out: all values, defaults filled in, and every problem found.
 */
import type { DiagnosticValues } from '../../core/diagnostics'
import { own } from '../../core/records'
import type { Text } from '../../core/text'
import type { ParamSpec, ParamSpecs, ParamValue, ParamValues, VariantSpec } from './params'

export interface ParamProblem {
  readonly param: string
  readonly expected: Text
  readonly got: string
  /** A value that would do: the nearest for a number, otherwise the default; absent where there is no such parameter. */
  readonly instead?: ParamValue<ParamSpec>
}

export interface CompletedParams<S extends ParamSpecs> {
  /** Complete whatever was given: a value that is wrong is replaced by its default. */
  readonly params: ParamValues<S>
  readonly problems: readonly ParamProblem[]
}

/** Fills in defaults and names every value that is unknown, of the wrong type or out of range. */
export function completeParams<const S extends ParamSpecs>(specs: S, given: Readonly<Record<string, unknown>>): CompletedParams<S> {
  const problems: ParamProblem[] = []
  const params: Record<string, unknown> = {}
  for (const [param, spec] of Object.entries(specs)) {
    const value = own(given, param)
    const wrong = value === undefined ? undefined : whyWrong(spec, value)
    if (wrong) problems.push({ param, expected: wrong, got: show(value), instead: nearest(spec, value) })
    params[param] = value === undefined || wrong ? spec.default : value
  }
  for (const param of Object.keys(given))
    if (!Object.hasOwn(specs, param)) problems.push({ param, expected: oneOf(Object.keys(specs)), got: show(param) })
  return { params: params as ParamValues<S>, problems }
}

/** A problem as the values of the diagnostic `param.invalid`. */
export const problemValues = ({ param, expected, got }: ParamProblem): DiagnosticValues => ({ param, expected, got })

const same = (words: string): Text => ({ en: words, zh: words })

const oneOf = (names: readonly string[]): Text =>
  names.length === 0
    ? { en: 'nothing (leave it out)', zh: '不填（请去掉）' }
    : { en: `one of ${names.join(', ')}`, zh: `${names.join('、')} 之一` }

/** Of numbers JSON does not know all. */
const show = (value: unknown): string =>
  typeof value === 'string' ? `“${value}”` : typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))

/** What was expected, or undefined where the value is right. */
function whyWrong(spec: ParamSpec, value: unknown): Text | undefined {
  switch (spec.type) {
    case 'int':
      return isInt(value, spec) ? undefined : range({ en: 'a whole number', zh: '整数' }, spec)
    case 'float':
      return isFloat(value, spec) ? undefined : range({ en: 'a number', zh: '数' }, spec)
    case 'bool':
      return typeof value === 'boolean' ? undefined : same('true / false')
    case 'text':
      return typeof value === 'string' ? undefined : { en: 'text', zh: '文字' }
    case 'choice':
      return typeof value === 'string' && Object.hasOwn(spec.options, value) ? undefined : oneOf(Object.keys(spec.options))
    case 'variant':
      return whyWrongVariant(spec, value)
    case 'int2d':
      return isInt(value, spec) || (Array.isArray(value) && value.length === 2 && value.every((v) => isInt(v, spec)))
        ? undefined
        : range({ en: 'a whole number, or two for height and width', zh: '一个整数，或高和宽两个整数' }, spec)
    case 'ints':
      return Array.isArray(value) &&
        value.every((v) => isInt(v, spec)) &&
        value.length >= (spec.minLength ?? 0) &&
        value.length <= (spec.maxLength ?? Number.POSITIVE_INFINITY)
        ? undefined
        : listOf(spec)
  }
}

function nearest(spec: ParamSpec, value: unknown): ParamValue<ParamSpec> {
  if ((spec.type !== 'int' && spec.type !== 'float') || typeof value !== 'number' || !Number.isFinite(value)) return spec.default
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec
  const clamped = Math.min(Math.max(spec.type === 'int' ? Math.round(value) : value, min), max)
  return whyWrong(spec, clamped) ? spec.default : clamped
}

function whyWrongVariant({ options, settings }: VariantSpec, value: unknown): Text | undefined {
  const known = (kind: unknown): kind is string => typeof kind === 'string' && Object.hasOwn(options, kind)
  if (known(value)) return undefined
  if (typeof value !== 'object' || value === null || !('kind' in value) || !known(value.kind)) return oneOf(Object.keys(options))
  const { kind, ...given } = value
  const [problem] = completeParams(own(settings, kind) ?? {}, given).problems
  return problem && { en: `${problem.param}: ${problem.expected.en}`, zh: `${problem.param}：${problem.expected.zh}` }
}

interface Range {
  readonly min?: number
  readonly max?: number
  readonly above?: boolean
}

const isInt = (value: unknown, range: Range): boolean => Number.isSafeInteger(value) && isFloat(value, range)

const isFloat = (value: unknown, { min, max, above }: Range): boolean =>
  typeof value === 'number' &&
  Number.isFinite(value) &&
  (min === undefined || (above ? value > min : value >= min)) &&
  (max === undefined || value <= max)

function range(what: Text, { min, max, above }: Range): Text {
  const bounds: Text[] = []
  if (min !== undefined) bounds.push(above ? { en: `above ${min}`, zh: `大于 ${min}` } : { en: `at least ${min}`, zh: `不小于 ${min}` })
  if (max !== undefined) bounds.push({ en: `at most ${max}`, zh: `不大于 ${max}` })
  if (bounds.length === 0) return what
  return {
    en: `${what.en}, ${bounds.map((b) => b.en).join(' and ')}`,
    zh: `${what.zh}，${bounds.map((b) => b.zh).join(' 且')}`,
  }
}

function listOf(spec: Range & { readonly minLength?: number; readonly maxLength?: number }): Text {
  const { minLength = 0, maxLength } = spec
  const each = range({ en: 'whole numbers', zh: '整数' }, spec)
  const count =
    maxLength === undefined
      ? minLength > 0
        ? `≥ ${minLength}`
        : ''
      : minLength === maxLength
        ? `${minLength}`
        : `${minLength}–${maxLength}`
  return count === ''
    ? { en: `a list of ${each.en}`, zh: `一列${each.zh}` }
    : { en: `a list (length ${count}) of ${each.en}`, zh: `一列${each.zh}（长度 ${count}）` }
}
