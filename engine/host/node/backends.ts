/**
 * @file The executors that this machine can run. In: a name, or none for the fastest. Out: a backend.
 */
import { mostThreads } from '../../codegen/wasm/dispatch'
import type { ConvolutionMethod } from '../../codegen/wasm/emitter'
import { DiagnosedError, type Diagnostic } from '../../core/diagnostics'
import type { Backend, BackendId, BackendInfo } from '../../runtime/backend'
import { byPreference } from '../../runtime/preference'
import { createReferenceBackend } from '../../runtime/reference'
import { createWasmBackend } from '../../runtime/wasm/backend'
import { hardwareThreads, spawnNode } from '../../runtime/wasm/spawn-node'
import { createWebgpuBackend } from '../../runtime/webgpu/backend'
import { fileChoices } from './choices'
import { mayHaveGpu, openGpu } from './webgpu'

export interface BackendOptions {
  readonly threads?: number
  /** How the CPU computes 3×3 convolutions. */
  readonly convolution?: ConvolutionMethod
}

/** All that the machine has, as far as they help. */
export const usualThreads = (): number => Math.min(mostThreads, hardwareThreads())

const makers: Readonly<Record<BackendId, (options: BackendOptions) => Promise<Backend>>> = {
  webgpu: async () => createWebgpuBackend({ gpu: await openGpu(), choices: fileChoices() }),
  wasm: async ({ threads = usualThreads(), convolution }) =>
    createWasmBackend({ threads, convolution, choices: fileChoices(), spawn: spawnNode }),
  reference: async () => createReferenceBackend(),
}

export const backendIds = ['reference', 'wasm', 'webgpu'] as const satisfies readonly BackendId[]

/** Without an id: a real GPU where there is one, else the CPU. Who speaks of threads means the CPU. */
export async function createBackend(id: BackendId | undefined, options: BackendOptions = {}): Promise<Backend> {
  if (id) return makers[id](options)
  const isAboutCpu = options.threads !== undefined || options.convolution !== undefined
  return (!isAboutCpu && mayHaveGpu() && (await realGpu())) || makers.wasm(options)
}

async function realGpu(): Promise<Backend | undefined> {
  try {
    const backend = await makers.webgpu({})
    if (!backend.info.software) return backend
    await backend.dispose()
  } catch (error) {
    // No package or no adapter: nobody asked for it. A defect is none of that.
    if (!(error instanceof DiagnosedError)) throw error
  }
  return undefined
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

export interface Survey {
  /** What each executor says of itself here, the preferred one first. */
  readonly available: readonly BackendInfo[]
  readonly missing: readonly { readonly id: BackendId; readonly diagnostics: readonly Diagnostic[] }[]
}

export async function surveyBackends(): Promise<Survey> {
  const available: BackendInfo[] = []
  const missing: { id: BackendId; diagnostics: readonly Diagnostic[] }[] = []
  for (const id of backendIds) {
    try {
      await withBackend({ backend: id }, async ({ info }) => available.push(info))
    } catch (error) {
      if (!(error instanceof DiagnosedError)) throw error
      missing.push({ id, diagnostics: error.diagnostics })
    }
  }
  return { available: available.sort(byPreference), missing }
}
