/** @file The backends that this machine can run, for tests that ask the same of each. */
import type { KernelVariant } from '../../engine/codegen/wasm/emitter'
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { createWasmBackend } from '../../engine/runtime/wasm/backend'
import { spawnNode } from '../../engine/runtime/wasm/spawn-node'
import { sharedWebgpu } from './webgpu'

/** Runs in every engine with 128-bit SIMD, so it is what a stranger's browser may get. */
const narrow: KernelVariant = { fma: false, rows: 4, columns: 8 }

/** The reference; wasm as it would be chosen here, on two threads; its plainest variant on one; and the GPU where there is one, if only in software. */
export const availableBackends = async (): Promise<readonly Backend[]> => [
  createReferenceBackend(),
  await createWasmBackend({ threads: 2, spawn: spawnNode }),
  await createWasmBackend({ threads: 1, variant: narrow, spawn: spawnNode }),
  ...(sharedWebgpu ? [sharedWebgpu] : []),
]
