/**
 * @file Forward order of one graph (Kahn 1962). In: nodes and edges as drawn. Out: the nodes so that sources come first — of those
 * that are ready always the one that stands first in the document, so a document that is in order stays as it is — and,
 * if some feed each other in circles, the circles.
 */
import type { Graph } from './schema'

export interface ForwardOrder {
  /** Indices into `nodes`. Nodes on or after a circle are missing. */
  readonly order: readonly number[]
  /** Ids of the nodes of one circle after another, each given once, from its node that stands first. */
  readonly cycles: readonly (readonly string[])[]
}

/** Edges whose ends do not exist are ignored; structure.ts reports them. */
export function forwardOrder({ nodes, edges }: Pick<Graph, 'nodes' | 'edges'>): ForwardOrder {
  const indexOf = new Map(nodes.map((node, index) => [node.id, index]))
  const successors: number[][] = nodes.map(() => [])
  const waiting = new Array<number>(nodes.length).fill(0)
  for (const { from, to } of edges) {
    const source = indexOf.get(from.node)
    const target = indexOf.get(to.node)
    if (source === undefined || target === undefined) continue
    successors[source]?.push(target)
    waiting[target] = (waiting[target] ?? 0) + 1
  }

  const ready = new MinHeap()
  for (const [index, count] of waiting.entries()) if (count === 0) ready.push(index)
  const order: number[] = []
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    order.push(index)
    for (const next of successors[index] ?? []) {
      const left = (waiting[next] ?? 0) - 1
      waiting[next] = left
      if (left === 0) ready.push(next)
    }
  }
  const cycles = order.length === nodes.length ? [] : findCycles(successors, waiting)
  return { order, cycles: cycles.map((cycle) => cycle.map((index) => nodes[index]?.id ?? '')) }
}

/** Walks depth first through what was never ready; each way back to the current path is a circle. A node is reported once. */
function findCycles(successors: readonly (readonly number[])[], waiting: readonly number[]): number[][] {
  const cycles: number[][] = []
  const state = new Array<'new' | 'open' | 'done'>(successors.length).fill('new')
  const reported = new Set<number>()
  for (let start = 0; start < successors.length; start++) {
    if (state[start] !== 'new' || !waiting[start]) continue
    const path = [{ node: start, next: 0 }]
    state[start] = 'open'
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = successors[top.node]?.[top.next++]
      if (next === undefined) {
        state[top.node] = 'done'
        path.pop()
      } else if (state[next] === 'new') {
        state[next] = 'open'
        path.push({ node: next, next: 0 })
      } else if (state[next] === 'open') {
        const cycle = path.slice(path.findIndex(({ node }) => node === next)).map(({ node }) => node)
        if (cycle.some((node) => reported.has(node))) continue
        for (const node of cycle) reported.add(node)
        const first = cycle.indexOf(Math.min(...cycle))
        cycles.push([...cycle.slice(first), ...cycle.slice(0, first)])
      }
    }
  }
  return cycles
}

/** Binary heap of small integers. */
class MinHeap {
  readonly #items: number[] = []

  push(item: number): void {
    const items = this.#items
    let at = items.length
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent] as number
      if (above <= item) break
      items[at] = above
      at = parent
    }
    items[at] = item
  }

  pop(): number | undefined {
    const items = this.#items
    const top = items[0]
    const last = items.pop()
    if (top === undefined || last === undefined || items.length === 0) return top
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && (items[child + 1] as number) < (items[child] as number)) child++
      const below = items[child] as number
      if (below >= last) break
      items[at] = below
      at = child
    }
    items[at] = last
    return top
  }
}
