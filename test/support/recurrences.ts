/** @file Recurrences written as scans, to test every pass and executor with. In: extents. Out: inputs, and what to compute from them. */
import type { Emit, Tensor } from '../../engine/ir/emit'
import { type GivenTensor, numbers, whole } from './numbers'

export interface Recurrence {
  readonly name: string
  readonly inputs: readonly GivenTensor[]
  /** One tensor that depends on every result. */
  readonly write: (b: Emit, ...inputs: Tensor[]) => Tensor
}

export interface Extents {
  readonly steps: number
  readonly batch: number
  readonly width: number
}

const at = (values: readonly Tensor[], i: number): Tensor => values[i] as Tensor
const columns = (b: Emit, x: Tensor, from: number, to: number): Tensor => b.slice(x, [0, from], [x.shape[0] as number, to])
/** Everything that was computed, so that all of it counts. */
const together = (b: Emit, all: readonly Tensor[]): Tensor =>
  b.concat(
    all.map((x) => b.reshape(x, [x.shape.reduce((product, extent) => product * extent, 1)])),
    0,
  )

export const recurrences = ({ steps, batch, width }: Extents): readonly Recurrence[] => [
  {
    name: 'tanh(x + h W)',
    inputs: [numbers([steps, batch, width], -1, 1, 1), numbers([width, width], -0.5, 0.5, 2), numbers([batch, width], -1, 1, 3)],
    write: (b, x, kernel, start) => {
      const { carried, stacked } = b.scan({ constants: [kernel], initial: [start], sequences: [x] }, (s, now) => {
        const h = s.tanh(s.add(at(now.items, 0), s.matmul(at(now.carried, 0), at(now.constants, 0))))
        return { carried: [h], items: [h] }
      })
      return together(b, [...stacked, ...carried])
    },
  },
  {
    name: 'only the last state, with a bias, from the last item to the first',
    inputs: [numbers([steps, batch, width], -1, 1, 1), numbers([width, width], -0.5, 0.5, 2), numbers([width], -1, 1, 3)],
    write: (b, x, kernel, bias) => {
      const start = b.constant(0, [batch, width])
      const { carried } = b.scan({ constants: [kernel, bias], initial: [start], sequences: [x], reverse: true }, (s, now) => {
        const [w, c] = [at(now.constants, 0), at(now.constants, 1)]
        return { carried: [s.sigmoid(s.add(s.add(at(now.items, 0), c), s.matmul(at(now.carried, 0), w, { transposeB: true })))], items: [] }
      })
      return at(carried, 0)
    },
  },
  {
    name: 'four gates and a cell',
    inputs: [
      numbers([steps, batch, 4 * width], -1, 1, 1),
      numbers([width, 4 * width], -0.5, 0.5, 2),
      numbers([batch, width], -1, 1, 3),
      numbers([batch, width], -1, 1, 4),
    ],
    write: (b, x, kernel, h0, c0) => {
      const { carried, stacked } = b.scan({ constants: [kernel], initial: [h0, c0], sequences: [x] }, (s, now) => {
        const z = s.add(at(now.items, 0), s.matmul(at(now.carried, 0), at(now.constants, 0)))
        const gate = (i: number) => columns(s, z, i * width, (i + 1) * width)
        const [input, forget, output] = [s.sigmoid(gate(0)), s.sigmoid(gate(1)), s.sigmoid(gate(2))]
        const cell = s.add(s.mul(forget, at(now.carried, 1)), s.mul(input, s.tanh(gate(3))))
        const h = s.mul(output, s.tanh(cell))
        return { carried: [h, cell], items: [h] }
      })
      return together(b, [...stacked, ...carried])
    },
  },
  {
    name: 'a reset gate before the second product, backwards',
    inputs: [numbers([steps, batch, 3 * width], -1, 1, 1), numbers([width, 3 * width], -0.5, 0.5, 2), numbers([batch, width], -1, 1, 3)],
    write: (b, x, kernel, h0) => {
      const gates = columns(b, kernel, 0, 2 * width)
      const candidate = columns(b, kernel, 2 * width, 3 * width)
      const { stacked } = b.scan({ constants: [gates, candidate], initial: [h0], sequences: [x], reverse: true }, (s, now) => {
        const h = at(now.carried, 0)
        const item = at(now.items, 0)
        const both = s.sigmoid(s.add(columns(s, item, 0, 2 * width), s.matmul(h, at(now.constants, 0))))
        const [reset, update] = [columns(s, both, 0, width), columns(s, both, width, 2 * width)]
        const fresh = s.tanh(s.add(columns(s, item, 2 * width, 3 * width), s.matmul(s.mul(reset, h), at(now.constants, 1))))
        const next = s.add(s.mul(update, h), s.mul(s.sub(1, update), fresh))
        return { carried: [next], items: [next] }
      })
      return at(stacked, 0)
    },
  },
  {
    name: 'a constant that is multiplied element by element',
    inputs: [numbers([steps, batch, width], -1, 1, 1), numbers([batch, width], 0.2, 0.9, 2)],
    write: (b, x, factor) => {
      const { carried, stacked } = b.scan({ constants: [factor], initial: [b.constant(0, [batch, width])], sequences: [x] }, (s, now) => {
        const y = s.add(s.mul(at(now.constants, 0), at(now.carried, 0)), s.exp(at(now.items, 0)))
        return { carried: [y], items: [s.mul(y, y), at(now.carried, 0)] }
      })
      return together(b, [...stacked, ...carried])
    },
  },
  {
    name: 'rows of a table, and a mask',
    inputs: [
      whole(
        [steps, batch],
        Array.from({ length: steps * batch }, (_, i) => (i * 7 + 3) % 5),
      ),
      numbers([5, width], -1, 1, 2),
      numbers([steps, batch], -1, 1, 3),
      numbers([width, width], -0.5, 0.5, 4),
    ],
    write: (b, tokens, table, score, kernel) => {
      const mask = b.greater(b.stopGradient(score), 0)
      const { carried, stacked } = b.scan(
        { constants: [table, kernel], initial: [b.constant(0.1, [batch, width])], sequences: [tokens, mask] },
        (s, now) => {
          const h = at(now.carried, 0)
          const next = s.tanh(s.add(s.gather(at(now.constants, 0), at(now.items, 0)), s.matmul(h, at(now.constants, 1))))
          const kept = s.select(s.broadcast(at(now.items, 1), h.shape, [0]), next, h)
          return { carried: [kept], items: [s.sum(kept, [1])] }
        },
      )
      return together(b, [...stacked, ...carried])
    },
  },
  {
    name: 'attention over a constant, and a product of an item',
    inputs: [numbers([batch, 3, width], -1, 1, 1), numbers([steps, batch, width], -1, 1, 2), numbers([width, width], -0.5, 0.5, 3)],
    write: (b, memory, x, kernel) => {
      const { stacked } = b.scan({ constants: [memory, kernel], initial: [b.constant(0.5, [batch, width])], sequences: [x] }, (s, now) => {
        const query = s.reshape(at(now.carried, 0), [batch, width, 1])
        const scores = s.reshape(s.matmul(at(now.constants, 0), query), [batch, 3])
        const weights = s.softmax(scores, 1)
        const context = s.reshape(s.matmul(s.reshape(weights, [batch, 1, 3]), at(now.constants, 0)), [batch, width])
        const next = s.tanh(s.add(context, s.matmul(at(now.items, 0), at(now.constants, 1))))
        return { carried: [next], items: [next, weights] }
      })
      return together(b, stacked)
    },
  },
  {
    name: 'no sequence read, no state read',
    inputs: [numbers([steps, batch, width], -1, 1, 1), numbers([batch, width], -1, 1, 2)],
    write: (b, x, start) => {
      const { carried, stacked } = b.scan({ constants: [], initial: [start], sequences: [x] }, (s, now) => ({
        carried: [s.exp(at(now.items, 0))],
        items: [s.mul(at(now.carried, 0), 2)],
      }))
      return together(b, [...stacked, ...carried])
    },
  },
]
