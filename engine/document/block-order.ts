/** @file Blocks in the order in which code defines them. In: the blocks of a document. Out: the same, each before those that use it. */
import { forwardOrder } from './order'
import { nodeKinds } from './ports'
import type { Block, GraphDocument } from './schema'

export function blocksInOrderOfUse(blocks: GraphDocument['blocks']): (readonly [string, Block])[] {
  const entries = Object.entries(blocks)
  const nodes = entries.map(([id]) => ({ id, kind: nodeKinds.block, params: {} }))
  const edges = entries.flatMap(([user, { nodes: inside }]) =>
    inside.flatMap(({ kind, block }) =>
      kind === nodeKinds.block && block !== undefined ? [{ from: { node: block, port: '' }, to: { node: user, port: '' } }] : [],
    ),
  )
  return forwardOrder({ nodes, edges }).order.flatMap((index) => {
    const entry = entries[index]
    return entry ? [entry] : []
  })
}
