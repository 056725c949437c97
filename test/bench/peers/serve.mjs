// @ts-check
/** @file The protocol over standard input and output, for JavaScript peers in Node. In: a peer. Out: nothing, until the input ends. */
import { createInterface } from 'node:readline'
import { answerer } from './answer.mjs'

/** @param {import('./answer.mjs').Peer} peer */
export async function serveStandardInput(peer) {
  const answer = answerer(peer)
  for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await answer(JSON.parse(line))))
}
