/** @file Which executor to use unless a person says so. In: what executors say of themselves. Out: an order, the fastest first. */
import type { BackendInfo } from './backend'

/** A real GPU, the CPU, a GPU that is only software, the interpreter. */
function rank({ id, software }: BackendInfo): number {
  if (id === 'reference') return 3
  if (id === 'wasm') return 1
  return software ? 2 : 0
}

export const byPreference = (a: BackendInfo, b: BackendInfo): number => rank(a) - rank(b)
