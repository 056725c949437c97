/**
 * @file A few places spread over a whole set: one from each of equal stretches, at random within it. Files are often sorted by class, so
 * neighbours would all be alike; drawn sets go round their classes, so places at equal distances could be.
 * In: how many there are, how many are wanted, a seed. Out: rising positions.
 */
import { Random } from '../core/random'

export function spread(length: number, wanted: number, seed: number): Uint32Array {
  const count = Math.min(wanted, length)
  const random = Random.seeded(seed, 'spread')
  return Uint32Array.from({ length: count }, (_, i) => Math.floor(((i + random.uniform()) * length) / count))
}
