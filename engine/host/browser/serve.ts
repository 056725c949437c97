/**
 * @file Brings an engine to life behind a port. In: a port. Out: a session; and a Web Lock that is held for as long as this agent lives, so that the
 * editor knows at once when it dies, however it dies.
 */
import type { PortLike } from '../../protocol/channel'
import { type Backends, openBackends } from './backends'
import { IndexedDbCheckpoints } from './indexeddb-store'
import { Session } from './session'

const lockName = `netloom engine ${crypto.randomUUID()}`

/** Resolves when the lock is held, which it then is for good. */
const lock = new Promise<string>((resolve, reject) => {
  navigator.locks
    .request(lockName, () => {
      resolve(lockName)
      return new Promise<never>(() => undefined)
    })
    .catch(reject)
})

let backends: Promise<Backends> | undefined

/** Listens at once: a Worker's port does not wait. */
export function serve(port: PortLike): Session {
  backends ??= openBackends()
  return new Session({ port, backends, checkpoints: new IndexedDbCheckpoints(), lock })
}
