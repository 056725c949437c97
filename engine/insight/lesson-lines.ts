/** @file Equations in numbers, kept short enough to read. In: terms and lines. Out: pieces, cut where there are too many, with the count of what was cut. */
import type { Text } from '../core/text'
import type { ShapedNode } from '../shapes/shaped-graph'
import type { LessonLine, Piece } from './lesson-report'

const MOST_TERMS = 6
const MOST_LINES = 24

/** a + b + c; of many terms the first and the last. */
export function joined(terms: readonly (readonly Piece[])[]): Piece[] {
  if (terms.length <= MOST_TERMS) return terms.flatMap((term, i) => (i === 0 ? [...term] : [' + ', ...term]))
  const left = terms.slice(0, MOST_TERMS - 2)
  return [...joined(left), ` + \\underset{${terms.length - MOST_TERMS + 1}\\times}{\\cdots} + `, ...(terms.at(-1) ?? [])]
}

export const bounded = (lines: readonly LessonLine[]): { readonly lines: readonly LessonLine[]; readonly more: number } => ({
  lines: lines.slice(0, MOST_LINES),
  more: Math.max(0, lines.length - MOST_LINES),
})

/** Ids of units or wires. */
export const elements = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name}:${i}`)

/** The layer's title with the node's id. */
export const wordsOf = ({ path, layer }: ShapedNode): Text => ({ en: `${layer.title.en} ${path}`, zh: `${layer.title.zh} ${path}` })
