/**
 * @file Netloom in Node as a peer of its own bench. In: a backend's id and a number of threads as arguments, requests on standard input (see
 * protocol.md). Out: times; and on request what the machine could do at best, and what the compiler takes.
 */

import { backendIds, createBackend } from '../../../engine/host/node/backends'
import type { Backend, BackendId } from '../../../engine/runtime/backend'
import { measureCeilings } from '../ceilings/ceilings'
import { measureShapes } from '../ceilings/shapes'
import { measureSquares } from '../ceilings/squares'
import { prepareStep, reasonOf } from './netloom-step'
import { serveStandardInput } from './serve.mjs'

const [id = 'wasm', threads = '1'] = process.argv.slice(2)

const isBackend = (name: string): name is BackendId => (backendIds as readonly string[]).includes(name)

let backend: Promise<Backend> | undefined
function open(): Promise<Backend> {
  if (!isBackend(id)) throw new Error(`there is no backend ${id}`)
  backend ??= createBackend(id, { threads: Number(threads) })
  return backend
}

await serveStandardInput({
  async about() {
    try {
      return { version: `V8 ${process.versions.v8}`, label: (await open()).info.label.en }
    } catch (error) {
      return { missing: reasonOf(error) }
    }
  },
  reasonOf,
  prepare: async (work) => prepareStep(await open(), work),
  async measure(what) {
    if (what === 'ceilings') return measureCeilings(Number(threads))
    if (what === 'squares') return measureSquares(await open())
    if (what === 'shapes') return measureShapes()
    throw new Error(`“${what}” cannot be measured`)
  },
})
await (await backend)?.dispose()
