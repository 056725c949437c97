/**
 * @file Text as tokens and back (notes 002 §7): characters, or words and punctuation marks.
 * In: a text and what a token is. Out: its tokens in order; and tokens as a text that reads well.
 */
export type TokenUnit = 'char' | 'word'

/** Letters and digits, with what joins them inside a word; any other mark by itself. Spaces and line breaks part words and are no tokens. */
const WORDS = /[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu

export function* tokensIn(text: string, unit: TokenUnit): Iterable<string> {
  if (unit === 'char') {
    // Line breaks of every system are one character.
    yield* text.replace(/\r\n?/g, '\n')
    return
  }
  for (const [word] of text.matchAll(WORDS)) yield word
}

const NO_SPACE_BEFORE = /^[,.;:!?…)\]}»”’、。，；：！？）』」》]/u
const NO_SPACE_BEHIND = /[([{«“‘（『「《]$/u

/** What stands between two neighbouring tokens. */
export const spaceBetween = (before: string, next: string, unit: TokenUnit): string =>
  unit === 'char' || before === '' || NO_SPACE_BEFORE.test(next) || NO_SPACE_BEHIND.test(before) ? '' : ' '

export const tokensOf = (names: readonly string[], indices: ArrayLike<number>): readonly string[] =>
  Array.from(indices, (index) => names[index] ?? '')

export function joined(tokens: readonly string[], unit: TokenUnit): string {
  let text = ''
  let before = ''
  for (const token of tokens) {
    text += spaceBetween(before, token, unit) + token
    before = token
  }
  return text
}
