/**
 * @file The bench's page: one Worker a peer, so that none shares a thread with another. In: calls of the bench through `window.netloomBench`.
 * Out: answers.
 */
import jaxWorker from './jax-js.mjs?worker&url'
import netloomWorker from './netloom.ts?worker&url'
import tfjsWorker from './tfjs.mjs?worker&url'

const scripts: Readonly<Record<string, string>> = { 'jax-js': jaxWorker, netloom: netloomWorker, tfjs: tfjsWorker }

export interface BenchPage {
  /** Starts a peer; rejects where it cannot. `name` tells it what to compute with. */
  start(peer: string, script: string, name: string): Promise<void>
  ask(peer: string, request: object): Promise<unknown>
  end(peer: string): void
}

const workers = new Map<string, Worker>()

const nextMessage = (worker: Worker): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = (event) => reject(new Error(event.message || 'the peer could not start'))
  })

const page: BenchPage = {
  async start(peer, script, name) {
    const url = scripts[script]
    if (url === undefined) throw new Error(`there is no peer ${script}`)
    const worker = new Worker(url, { type: 'module', name })
    workers.set(peer, worker)
    await nextMessage(worker)
  },
  ask(peer, request) {
    const worker = workers.get(peer)
    if (!worker) return Promise.reject(new Error(`${peer} was not started`))
    const answer = nextMessage(worker)
    worker.postMessage(request)
    return answer
  },
  end(peer) {
    workers.get(peer)?.terminate()
    workers.delete(peer)
  },
}

Object.assign(globalThis, { netloomBench: page })
