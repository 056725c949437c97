/**
 * @file Choices that can only be measured (tile sizes, kernel variants), kept between sessions. In: a question, and where the host keeps
 * answers. Out: the answer kept, if it still holds, else what a measurement finds.
 */
import { keyOf } from '../core/random'

/** What hosts bring; both may reject, which costs a measurement and no more. */
export interface ChoiceStore {
  /** Machine and engine, in words: what is fastest on others says nothing. */
  readonly where: string
  /** What was written under this key, or undefined. */
  read(key: string): Promise<unknown>
  write(key: string, value: unknown): Promise<void>
}

export interface Question<T> {
  /** What is asked, of which device, for which code. */
  readonly about: readonly (string | number | boolean)[]
  /** Undefined for what cannot be an answer, or is none any more. */
  accept(kept: unknown): T | undefined
  measure(): Promise<T>
}

export async function keptChoice<T>(store: ChoiceStore | undefined, { about, accept, measure }: Question<T>): Promise<T> {
  if (!store) return measure()
  const key = [...about, store.where].join(' | ')
  // A store that cannot be read holds nothing.
  const kept = await store.read(key).catch(() => undefined)
  const known = kept === undefined ? undefined : accept(kept)
  if (known !== undefined) return known
  const found = await measure()
  // Where nothing can be kept, it is measured every time.
  await store.write(key, found).catch(() => undefined)
  return found
}

/** A short name for code: another whenever a kernel is written otherwise. */
export const fingerprintOf = (codes: readonly string[]): string => keyOf(codes.length, codes.join('\n')).toString(16)
