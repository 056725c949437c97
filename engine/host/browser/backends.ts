/**
 * @file What a page can compute with. In: the browser. Out: backends by id, the fastest first, and why those that are missing are. A backend whose
 * device has failed (a graphics driver crashed, say) is opened anew when it is next asked for.
 */
import { DiagnosedError, diagnosedError } from '../../core/diagnostics'
import type { Text } from '../../core/text'
import type { Hello } from '../../protocol/messages'
import type { Backend, BackendId } from '../../runtime/backend'
import { byPreference } from '../../runtime/preference'
import { createReferenceBackend } from '../../runtime/reference'
import { createWasmBackend } from '../../runtime/wasm/backend'
import { spawnBrowser } from '../../runtime/wasm/spawn-browser'
import { createWebgpuBackend } from '../../runtime/webgpu/backend'
import { IndexedDbChoices } from './choices'

export interface Backends extends Pick<Hello, 'backends' | 'preferred' | 'unavailable'> {
  get(id: BackendId): Promise<Backend>
}

type Makers = Readonly<Partial<Record<BackendId, () => Promise<Backend>>>>

/** The reference interpreter always works. */
const makers: Makers = {
  webgpu: async () => {
    if (!navigator.gpu) throw diagnosedError('backend.unavailable', { got: 'webgpu', detail: noWebgpu })
    return createWebgpuBackend({ gpu: navigator.gpu, choices: new IndexedDbChoices() })
  },
  wasm: () => createWasmBackend({ spawn: spawnBrowser, choices: new IndexedDbChoices() }),
  reference: async () => createReferenceBackend(),
}

const noWebgpu: Text = { en: 'this browser has no WebGPU', zh: '此浏览器不支持 WebGPU' }

export async function openBackends(): Promise<Backends> {
  const ids = Object.keys(makers) as BackendId[]
  const made = await Promise.allSettled(ids.map((id) => makers[id]?.()))
  const open: Backend[] = []
  const unavailable: { id: BackendId; reason: Text }[] = []
  for (const [i, outcome] of made.entries()) {
    if (outcome.status === 'rejected') unavailable.push({ id: ids[i] as BackendId, reason: reasonOf(outcome.reason) })
    else if (outcome.value) open.push(outcome.value)
  }
  return backendsOf(open, unavailable, makers)
}

export function backendsOf(given: readonly Backend[], unavailable: Backends['unavailable'] = [], reopen: Makers = {}): Backends {
  const open = [...given].sort((a, b) => byPreference(a.info, b.info))
  const backends = open.map(({ info }) => info)
  return {
    backends,
    preferred: backends[0]?.id ?? 'reference',
    unavailable,
    async get(id) {
      const at = open.findIndex(({ info }) => info.id === id)
      const backend = open[at]
      if (!backend) throw diagnosedError('backend.unavailable', { got: id, detail: backends.map((info) => info.id).join(', ') })
      const make = reopen[id]
      if (!backend.failure || !make) return backend
      const fresh = await make()
      open[at] = fresh
      await backend.dispose()
      return fresh
    },
  }
}

/** In words; what a diagnosis says of an executor that is missing stands without the rest of its sentence. */
function reasonOf(error: unknown): Text {
  const detail = error instanceof DiagnosedError ? error.diagnostics[0]?.values.detail : undefined
  if (typeof detail === 'object') return detail
  const message = error instanceof Error ? error.message : String(error)
  return { en: message, zh: message }
}
