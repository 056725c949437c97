/**
 * @file Why a value does not fit the schema, in words. In: an issue that zod found, and the value it is about.
 * Out: half a sentence in every language, to stand after the path of the value.
 */
import type { z } from 'zod'
import type { Text } from '../core/text'

const kinds: Readonly<Record<string, Text>> = {
  string: { en: 'text', zh: '文字' },
  number: { en: 'a finite number', zh: '有限的数' },
  int: { en: 'a whole number', zh: '整数' },
  boolean: { en: 'true or false', zh: 'true 或 false' },
  array: { en: 'a list', zh: '列表' },
  object: { en: 'an object', zh: '对象' },
  record: { en: 'an object', zh: '对象' },
}

const same = (words: string): Text => ({ en: words, zh: words })

const kind = (name: string): Text => kinds[name] ?? same(name)

function described(value: unknown): Text {
  if (value === null) return same('null')
  if (Array.isArray(value)) return kind('array')
  if (typeof value === 'object') return kind('object')
  const shown = typeof value === 'string' ? `“${value.slice(0, 40)}”` : String(value)
  return same(shown)
}

const expected = (what: Text, value: unknown): Text => {
  if (value === undefined) return { en: `is missing; expected ${what.en}`, zh: `缺失，应为${what.zh}` }
  const got = described(value)
  return { en: `expected ${what.en}, got ${got.en}`, zh: `应为${what.zh}，实际是 ${got.zh}` }
}

const anyOf = (names: readonly string[]): Text => {
  const words = [...new Set(names)].map(kind)
  return { en: words.map(({ en }) => en).join(' or '), zh: words.map(({ zh }) => zh).join('或') }
}

/** What the members of a union would have taken, those of unions inside it included. */
const taken = (issues: readonly z.core.$ZodIssue[]): string[] =>
  issues.flatMap((issue) => {
    if (issue.path.length > 0) return []
    if (issue.code === 'invalid_union') return issue.errors.flatMap(taken)
    return issue.code === 'invalid_type' ? [issue.expected] : []
  })

const limited = (origin: string, limit: number | bigint, least: boolean): Text => {
  const [en, zh] = least ? ['at least', '至少'] : ['at most', '最多']
  if (origin === 'string') return { en: `must have ${en} ${limit} characters`, zh: `${zh}应有 ${limit} 个字符` }
  if (origin === 'array') return { en: `must have ${en} ${limit} entries`, zh: `${zh}应有 ${limit} 项` }
  return { en: `must be ${en} ${limit}`, zh: `应${least ? '不小于' : '不大于'} ${limit}` }
}

export function detailOf(issue: z.core.$ZodIssue, value: unknown): Text {
  switch (issue.code) {
    case 'invalid_type':
      return expected(kind(issue.expected), value)
    case 'invalid_union':
      return expected(anyOf(issue.errors.flatMap(taken)), value)
    case 'invalid_value':
      return expected(same(issue.values.map(String).join(', ')), value)
    case 'too_small':
      return limited(issue.origin, issue.minimum, true)
    case 'too_big':
      return limited(issue.origin, issue.maximum, false)
    case 'unrecognized_keys': {
      const keys = issue.keys.map((key) => `“${key.slice(0, 40)}”`)
      return { en: `nothing here is called ${keys.join(', ')}`, zh: `这里没有名为${keys.join('、')}的内容` }
    }
    case 'invalid_format':
    case 'invalid_key':
      return {
        en: `${described(value).en} is no name: expected a letter, then letters, digits, _ and -, at most 64`,
        zh: `${described(value).zh} 不能用作名称：须以字母开头，其后为字母、数字、_ 或 -，最多 64 个字符`,
      }
    default:
      return same(issue.message)
  }
}
