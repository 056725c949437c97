/** @file The backends that this machine can run, for tests that ask the same of each. */
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'

export async function availableBackends(): Promise<readonly Backend[]> {
  return [createReferenceBackend()]
}
