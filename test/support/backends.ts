/** @file The backends that this machine can run, for tests that ask the same of each. */
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { plainVariant } from '../../engine/runtime/wasm/autotune'
import { createWasmBackend } from '../../engine/runtime/wasm/backend'
import { spawnNode } from '../../engine/runtime/wasm/spawn-node'
import { sharedWebgpu } from './webgpu'

/** The reference; wasm as it would be chosen here, on two threads; its plainest variant on one; and the GPU where there is one, if only in software. */
export const availableBackends = async (): Promise<readonly Backend[]> => [
  createReferenceBackend(),
  await createWasmBackend({ threads: 2, spawn: spawnNode }),
  await createWasmBackend({ threads: 1, variant: plainVariant, spawn: spawnNode }),
  ...(sharedWebgpu ? [sharedWebgpu] : []),
]
