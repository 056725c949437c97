/**
 * @file Holds out part of the samples for validation. In: how many there are, the share to hold out and a seed.
 * Out: the indices of both parts, each in ascending order; the same for the same seed.
 */
import { Random } from '../core/random'

export interface Split {
  readonly training: Uint32Array
  readonly validation: Uint32Array
}

/** `contiguous`: the end is held out; the sample before it is in neither part, since stretches of text begin at another place every epoch. */
export function splitIndices(length: number, share: number, seed: number, contiguous = false): Split {
  const indices = Uint32Array.from({ length }, (_, i) => i)
  const between = contiguous ? 1 : 0
  const held = Math.min(length - 1 - between, Math.round(length * share))
  if (held <= 0) return { training: indices, validation: new Uint32Array(0) }
  if (contiguous) return { training: indices.slice(0, length - held - between), validation: indices.slice(length - held) }
  Random.seeded(seed, 'validation split').shuffle(indices)
  return { training: indices.slice(held).sort(), validation: indices.slice(0, held).sort() }
}
