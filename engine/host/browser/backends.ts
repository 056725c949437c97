/**
 * @file What a page can compute with. In: the browser. Out: backends by id, the fastest first, and why those that are missing are.
 */
import { diagnosedError } from '../../core/diagnostics'
import type { Hello } from '../../protocol/messages'
import type { Backend, BackendId } from '../../runtime/backend'
import { createReferenceBackend } from '../../runtime/reference'
import { createWasmBackend } from '../../runtime/wasm/backend'
import { spawnBrowser } from '../../runtime/wasm/spawn-browser'

export interface Backends extends Pick<Hello, 'backends' | 'preferred' | 'unavailable'> {
  get(id: BackendId): Backend
}

/** The fastest first. The reference interpreter always works. */
const makers: readonly (readonly [BackendId, () => Promise<Backend>])[] = [
  ['wasm', () => createWasmBackend({ spawn: spawnBrowser })],
  ['reference', async () => createReferenceBackend()],
]

export async function openBackends(): Promise<Backends> {
  const open: Backend[] = []
  const unavailable: { id: BackendId; reason: string }[] = []
  for (const [id, make] of makers) {
    try {
      open.push(await make())
    } catch (error) {
      unavailable.push({ id, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  return backendsOf(open, unavailable)
}

export function backendsOf(open: readonly Backend[], unavailable: Backends['unavailable'] = []): Backends {
  const backends = open.map(({ info }) => info)
  return {
    backends,
    preferred: backends[0]?.id ?? 'reference',
    unavailable,
    get(id) {
      const backend = open.find(({ info }) => info.id === id)
      if (!backend) throw diagnosedError('backend.unavailable', { got: id, detail: backends.map(({ id }) => id).join(', ') })
      return backend
    },
  }
}
