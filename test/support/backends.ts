/** @file The backends that this machine can run, for tests that ask the same of each. */
import type { Backend } from '../../engine/runtime/backend'

const reference = import.meta.glob<{ createReferenceBackend: () => Backend }>('../../engine/runtime/reference.ts')

export async function availableBackends(): Promise<readonly Backend[]> {
  return Promise.all(Object.values(reference).map(async (load) => (await load()).createReferenceBackend()))
}
