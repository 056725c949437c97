// @ts-check
/**
 * @file How a JavaScript peer answers, in Node and in a page alike. In: what it is and how it prepares a step. Out: a function from a request to its
 * answer.
 */
import { timeSteps, workOf } from './timing.mjs'

/**
 * @typedef {import('../protocol').StepsRequest} StepsRequest
 * @typedef {{ step: () => Promise<void>, prepared?: Omit<import('../protocol').Prepared, 'firstStepMilliseconds'>, dispose?: () => Promise<void> }} Ready
 * @typedef {{ about: () => Promise<import('../protocol').About>, prepare: (request: StepsRequest) => Promise<Ready>, measure?: (what: string) => Promise<unknown>, reasonOf?: (error: unknown) => string }} Peer
 */

/** @param {Peer} peer */
export function answerer(peer) {
  let known = ''
  /** @type {Ready | undefined} */
  let ready
  return async (/** @type {StepsRequest & { about?: boolean, measure?: string }} */ request) => {
    try {
      if (request.about) return await peer.about()
      if (request.measure) return await peer.measure?.(request.measure)
      /** @type {import('../protocol').Prepared | undefined} */
      let prepared
      if (workOf({ ...request }) !== known) {
        known = ''
        await ready?.dispose?.()
        const started = performance.now()
        ready = await peer.prepare(request)
        await ready.step()
        prepared = { ...ready.prepared, firstStepMilliseconds: performance.now() - started }
        known = workOf({ ...request })
      }
      return { milliseconds: ready ? await timeSteps(ready.step, request) : [], prepared }
    } catch (error) {
      return { error: peer.reasonOf?.(error) ?? (error instanceof Error ? error.message : String(error)) }
    }
  }
}
