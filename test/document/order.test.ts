/** @file Forward order: topological, and the document's own wherever that is. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { forwardOrder } from '../../engine/document/order'

const graphOf = (count: number, pairs: readonly (readonly [number, number])[]) => ({
  nodes: Array.from({ length: count }, (_, i) => ({ id: `n${i}`, kind: 'relu', params: {} })),
  edges: pairs.map(([from, to]) => ({ from: { node: `n${from}`, port: 'y' }, to: { node: `n${to}`, port: 'x' } })),
})

/** A number of nodes, and wires from earlier to later ones. */
const dag = fc.nat({ max: 30 }).chain((count) => {
  const end = fc.nat({ max: Math.max(0, count - 1) })
  return fc.tuple(
    fc.constant(count),
    fc.array(fc.tuple(end, end), { maxLength: 60 }).map((pairs) => pairs.filter(([from, to]) => from < to)),
  )
})

describe('forwardOrder', () => {
  test('keeps a document that is in order', () => {
    fc.assert(
      fc.property(dag, ([count, pairs]) => {
        expect(forwardOrder(graphOf(count, pairs)).order).toEqual([...Array(count).keys()])
      }),
    )
  })

  test('takes the first node that is ready', () => {
    expect(
      forwardOrder(
        graphOf(5, [
          [4, 1],
          [1, 0],
        ]),
      ).order,
    ).toEqual([2, 3, 4, 1, 0])
  })

  test('orders any graph without circles, however it is shuffled', () => {
    const shuffled = dag.chain(([count, pairs]) =>
      fc.tuple(fc.constant(pairs), fc.shuffledSubarray([...Array(count).keys()], { minLength: count })),
    )
    fc.assert(
      fc.property(shuffled, ([pairs, names]) => {
        const edges = pairs.map(([from, to]) => [names[from] ?? 0, names[to] ?? 0] as const)
        const { order, cycles } = forwardOrder(graphOf(names.length, edges))
        const place = new Map(order.map((node, index) => [node, index]))
        expect(cycles).toEqual([])
        expect(order.length).toBe(names.length)
        for (const [from, to] of edges) expect(place.get(from)).toBeLessThan(place.get(to) ?? -1)
      }),
    )
  })

  test('names at least one circle wherever there is one, and each node of it feeds the next', () => {
    const any = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 })), { maxLength: 25 })
    fc.assert(
      fc.property(any, (pairs) => {
        const { order, cycles } = forwardOrder(graphOf(10, pairs))
        expect(cycles.length > 0).toBe(order.length < 10)
        for (const cycle of cycles)
          for (const [at, id] of cycle.entries()) {
            const next = cycle[(at + 1) % cycle.length]
            expect(pairs.some(([from, to]) => `n${from}` === id && `n${to}` === next)).toBe(true)
          }
      }),
    )
  })

  test('is fast for the largest graphs allowed', () => {
    const pairs = Array.from({ length: 19_996 }, (_, i) => [i % 4999, (i % 4999) + 1] as const)
    const start = performance.now()
    expect(forwardOrder(graphOf(5000, pairs)).order.length).toBe(5000)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
