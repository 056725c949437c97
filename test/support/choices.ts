/** @file Where measured choices are kept, in memory. In: nothing. Out: a store whose entries can be looked at and spoiled. */
import type { ChoiceStore } from '../../engine/runtime/choices'

export interface MemoryChoices extends ChoiceStore {
  readonly entries: Map<string, unknown>
}

export function memoryChoices(where = 'here'): MemoryChoices {
  const entries = new Map<string, unknown>()
  return {
    where,
    entries,
    read: async (key) => entries.get(key),
    write: async (key, value) => {
      entries.set(key, value)
    },
  }
}
