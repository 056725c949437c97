/**
 * @file Parameter values as a person types them. In: a specification and text (`5`, `3×5`, `1, 28, 28`). Out: a value, or the reason why not; and
 * back. No React.
 */
import type { Text } from '../../engine/core/text'
import { type ParamRef, paramRefSchema } from '../../engine/document/schema'
import type { ParamSpec } from '../../engine/layers/kit/params'
import { completeParams } from '../../engine/layers/kit/validate'

export const isRef = (value: unknown): value is ParamRef => paramRefSchema.safeParse(value).success

export const showParam = (value: unknown): string =>
  isRef(value) ? `=${value.$param}` : Array.isArray(value) ? value.join('×') : value === undefined ? '' : String(value)

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly expected: Text }

/** `blockParams` are the names that `=name` may refer to. */
export function parseParam(spec: ParamSpec, text: string, blockParams: readonly string[] = []): Parsed {
  const reference = /^=\s*(\w+)$/.exec(text.trim())?.[1]
  if (reference !== undefined && blockParams.includes(reference)) return { ok: true, value: { $param: reference } satisfies ParamRef }
  return checkParam(spec, read(spec, text.trim()))
}

function checkParam(spec: ParamSpec, value: unknown): Parsed {
  const { problems } = completeParams({ value: spec }, { value })
  const problem = problems[0]
  return problem ? { ok: false, expected: problem.expected } : { ok: true, value }
}

/** Numbers that cannot be read stay text, and the specification refuses them. */
function read(spec: ParamSpec, text: string): unknown {
  switch (spec.type) {
    case 'int':
    case 'float':
      return number(text)
    case 'int2d': {
      const list = numbers(text)
      return list.length === 1 ? list[0] : list
    }
    case 'ints':
      return numbers(text)
    case 'bool':
      return text === 'true'
    case 'choice':
    case 'variant':
    case 'text':
      return text
  }
}

const number = (text: string): number | string => (text === '' || !Number.isFinite(Number(text)) ? text : Number(text))
const numbers = (text: string): (number | string)[] => (text === '' ? [] : text.split(/\s*[×x*,;\s]\s*/i).map(number))
