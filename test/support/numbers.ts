/** @file Numbers for tests that take differences. In: a shape and a seed. Out: a tensor whose elements keep their distance from each other. */
import { Random } from '../../engine/core/random'
import { type Shape, sizeOf } from '../../engine/core/tensor'

export interface GivenTensor {
  readonly shape: Shape
  /** Differentiable unless given as whole numbers. */
  readonly dtype?: 'f32' | 'i32'
  readonly data: readonly number[]
}

/** Seeded numbers in [low, high), of which no two are closer than a difference step, so that no maximum changes hands. */
export function numbers(shape: Shape, low = -1, high = 1, seed = 1): GivenTensor {
  const random = Random.seeded(seed, 'gradient check')
  const count = sizeOf(shape)
  const places = random.shuffle(Array.from({ length: count }, (_, i) => i))
  return { shape, data: places.map((place) => low + ((high - low) * (place + 0.25 + 0.5 * random.uniform())) / count) }
}

export const whole = (shape: Shape, data: readonly number[]): GivenTensor => ({ shape, dtype: 'i32', data })
