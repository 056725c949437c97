/** @file Netloom in a Worker of the bench's page. In: a backend's id as the Worker's name; requests. Out: times. */
import { openBackends } from '../../../../engine/host/browser/backends'
import type { Backend } from '../../../../engine/runtime/backend'
import { prepareStep, reasonOf } from '../netloom-step'
import { serveMessages } from './worker.mjs'

const id = self.name
let backend: Promise<Backend> | undefined

/** Waits for the machine to tell what it has; those executors that are not asked for lie idle. */
async function open(): Promise<Backend> {
  const { backends, unavailable, get } = await openBackends()
  const known = backends.find((info) => info.id === id)
  if (!known) throw new Error(unavailable.find((one) => one.id === id)?.reason.en ?? `there is no ${id} executor here`)
  return get(known.id)
}

serveMessages({
  async about() {
    try {
      backend ??= open()
      return { version: /Chrome\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? navigator.userAgent, label: (await backend).info.label.en }
    } catch (error) {
      return { missing: reasonOf(error) }
    }
  },
  reasonOf,
  async prepare(work) {
    backend ??= open()
    return prepareStep(await backend, work)
  },
})
