/**
 * @file Values as TypeScript source. In: what a document may hold. Out: literals as a person would write them: single quotes, keys without
 * quotes where they need none; safe wherever the code ends up, inside a `<script>` too.
 */

/** A piece of source that stands for itself: `p.numChannels`. */
export class Code {
  constructor(readonly text: string) {}
}

export type Printable = string | number | boolean | Code | readonly Printable[] | { readonly [key: string]: Printable }

export function literal(value: Printable): string {
  if (value instanceof Code) return value.text
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  const entries = entriesOf(value)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

/** Longer lines are broken. */
export const LINE = 130

/** The same with one line for each entry of an outer object, and of what would still be too long. */
export function tallLiteral(value: Printable, indent: string): string {
  if (typeof value !== 'object' || value instanceof Code || Array.isArray(value)) return literal(value)
  const deeper = `${indent}  `
  const entries = entriesOf(value, (item, key) => {
    const flat = literal(item)
    return deeper.length + key.length + flat.length > LINE ? tallLiteral(item, deeper) : flat
  })
  return entries.length === 0 ? '{}' : `{\n${entries.map((entry) => `${deeper}${entry},\n`).join('')}${indent}}`
}

const entriesOf = (value: object, print: (item: Printable, key: string) => string = literal): string[] =>
  Object.entries(value).map(([key, item]: [string, Printable]) => {
    const text = print(item, key)
    return text === key && isIdentifier(key) ? key : `${propertyKey(key)}: ${text}`
  })

/** JSON's escapes, with the quotes the other way round; `</script>` and line separators cannot end anything. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replace(/\\.|'/gs, (token) => (token === '\\"' ? '"' : token === "'" ? "\\'" : token))
    .replace(/<(?=[/!])/g, '\\x3c')
    .replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `'${escaped}'`
}

export const isIdentifier = (text: string): boolean => /^[A-Za-z_$][\w$]*$/.test(text)

/** `__proto__: x` in a literal would set the prototype; in brackets it is a key like any other. */
export function propertyKey(key: string): string {
  if (key === '__proto__') return `['__proto__']`
  return isIdentifier(key) ? key : quoted(key)
}

export const propertyOf = (object: string, key: string): string => (isIdentifier(key) ? `${object}.${key}` : `${object}[${quoted(key)}]`)
