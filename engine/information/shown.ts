/** @file How information and categories are written, the same everywhere. In: numbers of bits, names of categories. Out: text for people. */
import type { Language, Text } from '../core/text'

const DIGITS = 4

/** Four decimals: 1.5 → 1.5000; a true minus, and no minus before a zero. */
export function formatBits(bits: number): string {
  if (!Number.isFinite(bits)) return Number.isNaN(bits) ? '–' : bits < 0 ? '−∞' : '∞'
  const digits = Math.abs(bits).toFixed(DIGITS)
  return bits < 0 && Number(digits) !== 0 ? `−${digits}` : digits
}

const noValue: Text = { en: '(no value)', zh: '（无值）' }
const blanks: Readonly<Record<string, string>> = { ' ': '␣', '\n': '↵', '\r': '␍', '\t': '⇥' }

/** What cannot be seen stands as a sign. */
export function shownCategory(name: string, language: Language = 'en'): string {
  if (name === '') return noValue[language]
  return /^\s+$/.test(name) ? [...name].map((character) => blanks[character] ?? '␣').join('') : name
}
