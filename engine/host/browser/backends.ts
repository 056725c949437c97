/**
 * @file What a page can compute with. In: the browser. Out: backends by id, the fastest first, each opened on first use.
 */
import { diagnosedError } from '../../core/diagnostics'
import type { Backend, BackendId } from '../../runtime/backend'
import { createReferenceBackend } from '../../runtime/reference'
import type { Backends } from './session'

export async function openBackends(): Promise<Backends> {
  const open = new Map<BackendId, Backend>([['reference', createReferenceBackend()]])
  const infos = [...open.values()].map(({ info }) => info)
  return {
    infos,
    preferred: infos[0]?.id ?? 'reference',
    get: async (id) => {
      const backend = open.get(id)
      if (!backend) throw diagnosedError('backend.unavailable', { got: id, detail: infos.map(({ label }) => label).join(', ') })
      return backend
    },
  }
}
