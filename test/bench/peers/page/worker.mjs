// @ts-check
/** @file A peer in a Worker of the bench's page: requests come as messages, answers go back as messages, one at a time. */
import { answerer } from '../answer.mjs'

/** @param {import('../answer.mjs').Peer} peer */
export function serveMessages(peer) {
  const answer = answerer(peer)
  self.onmessage = async ({ data }) => self.postMessage(await answer(data))
  self.postMessage('ready')
}
