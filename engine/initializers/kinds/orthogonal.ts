/**
 * @file Rows, or columns where those are fewer, of length 1 at right angles: signals keep their length through any number of layers (Saxe,
 * McClelland and Ganguli 2014). Kernels are read as matrices, their first axis against the rest.
 */
import type { Random } from '../../core/random'
import { float } from '../../layers/kit/params'
import { defineInitializer } from '../kit'

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/** Random vectors at right angles: normal ones, each without what it shares with those before (Gram and Schmidt, twice against rounding). */
function orthonormal(count: number, length: number, random: Random): Float64Array[] {
  const found: Float64Array[] = []
  while (found.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal())
    for (const _ of [1, 2])
      for (const other of found) {
        const shared = dot(vector, other)
        for (let i = 0; i < length; i++) vector[i] = (vector[i] as number) - shared * (other[i] as number)
      }
    const size = Math.sqrt(dot(vector, vector))
    // A vector that the others already span says nothing; another is drawn.
    if (size > 1e-8) found.push(vector.map((v) => v / size))
  }
  return found
}

export default defineInitializer({
  kind: 'orthogonal',
  title: { en: 'Orthogonal', zh: '正交' },
  formula: String.raw`W W^{\top} = g^2 I \ \text{ or }\ W^{\top} W = g^2 I`,
  reference: 'Saxe, McClelland & Ganguli 2014',
  params: { gain: float({ label: { en: 'Gain g', zh: '增益 g' }, default: 1 }) },
  fill: (values, random, { shape: [rows = 1] }, { gain }) => {
    const columns = values.length / rows
    const wide = rows <= columns
    orthonormal(Math.min(rows, columns), Math.max(rows, columns), random).forEach((vector, k) => {
      vector.forEach((v, i) => {
        values[wide ? k * columns + i : i * columns + k] = gain * v
      })
    })
  },
})
