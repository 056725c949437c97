/**
 * @file The executors that this machine can run. In: a name, or none for the fastest. Out: a backend.
 */
import type { ConvolutionMethod } from '../../codegen/wasm/emitter'
import { diagnosedError } from '../../core/diagnostics'
import type { Backend, BackendId, BackendInfo } from '../../runtime/backend'
import { createReferenceBackend } from '../../runtime/reference'
import { createWasmBackend, mostThreads } from '../../runtime/wasm/backend'
import { hardwareThreads, spawnNode } from '../../runtime/wasm/spawn-node'
import { kernelVariant } from './kernel-variant'

export interface BackendOptions {
  readonly threads?: number
  /** How the CPU computes 3×3 convolutions. */
  readonly convolution?: ConvolutionMethod
}

/** The fastest first. */
const makers: Readonly<Partial<Record<BackendId, (options: BackendOptions) => Promise<Backend>>>> = {
  wasm: async ({ threads = Math.min(mostThreads, hardwareThreads()), convolution }) =>
    createWasmBackend({ threads, convolution, variant: await kernelVariant(), spawn: spawnNode }),
  reference: async () => createReferenceBackend(),
}

export const backendIds = ['reference', 'wasm', 'webgpu'] as const satisfies readonly BackendId[]

export async function createBackend(id: BackendId | undefined, options: BackendOptions = {}): Promise<Backend> {
  const [first] = Object.keys(makers) as BackendId[]
  const wanted = id ?? (first as BackendId)
  const make = makers[wanted]
  if (!make) throw diagnosedError('backend.unavailable', { got: wanted, detail: `there are ${Object.keys(makers).join(', ')}` })
  return make(options)
}

/** A backend for the time of `use`: whatever happens there, its threads end, and with them the process can. */
export async function withBackend<T>(
  { backend: id, threads, convolution }: BackendOptions & { readonly backend?: BackendId },
  use: (backend: Backend) => Promise<T>,
): Promise<T> {
  const backend = await createBackend(id, { threads, convolution })
  try {
    return await use(backend)
  } finally {
    await backend.dispose()
  }
}

/** What each executor says of itself here. */
export async function availableBackends(): Promise<readonly BackendInfo[]> {
  const found: BackendInfo[] = []
  for (const id of Object.keys(makers) as BackendId[]) {
    const backend = await createBackend(id)
    found.push(backend.info)
    await backend.dispose()
  }
  return found
}
