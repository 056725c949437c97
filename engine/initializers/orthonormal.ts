/**
 * @file Random vectors of length 1 at right angles to each other, evenly distributed over all such sets (Gram and Schmidt on normal numbers).
 * In: how many, how long, random numbers. Out: the vectors, one behind the other.
 *
 * Vectors are taken in blocks, so that most of the work is products of matrices, done a few numbers at a time that stay in registers and
 * on stretches of the vectors that stay in the cache. What is left of a block after one round is cleaned once more where much was taken away
 * (“twice is enough”, Parlett, The Symmetric Eigenvalue Problem, §6.9).
 */
import type { Random } from '../core/random'

const BLOCK = 32
/** Numbers of each vector that are worked on together: two blocks of them fill 256 KiB. */
const STRETCH = 512
/** A vector of which less than this is left owes too many of its digits to what was taken away. */
const LITTLE = 0.1
/** Of a normal vector that the others span nothing but rounding is left. */
const NOTHING = 1e-8

export function orthonormal(count: number, length: number, random: Random): Float64Array {
  const vectors = new Float64Array(count * length)
  for (let start = 0; start < count; start += BLOCK) {
    const size = Math.min(BLOCK, count - start)
    for (let i = start * length; i < (start + size) * length; i++) vectors[i] = random.normal()
    const before = lengths(vectors, start, size, length)
    removeAll(vectors, start, size, length)
    if (lengths(vectors, start, size, length).some((left, i) => left < LITTLE * (before[i] as number)))
      removeAll(vectors, start, size, length)
    for (let i = 0; i < size; i++) finish(vectors, start, start + i, length, random)
  }
  return vectors
}

const lengths = (vectors: Float64Array, start: number, size: number, length: number): number[] =>
  Array.from({ length: size }, (_, i) => Math.sqrt(dot(vectors, (start + i) * length, (start + i) * length, length)))

/** Takes from a block what it shares with all vectors before, one block of those after the other. */
function removeAll(vectors: Float64Array, start: number, size: number, length: number): void {
  for (let from = 0; from < start; from += BLOCK) {
    const shared = new Float64Array(BLOCK * size)
    for (let at = 0; at < length; at += STRETCH) addProducts(shared, vectors, from, start, size, at, Math.min(at + STRETCH, length), length)
    for (let at = 0; at < length; at += STRETCH) subtract(shared, vectors, from, start, size, at, Math.min(at + STRETCH, length), length)
  }
}

/** shared[e, i] += ⟨vector from + e, vector start + i⟩ over part of their length; four of the one by two of the other at a time. */
function addProducts(
  shared: Float64Array,
  v: Float64Array,
  from: number,
  start: number,
  size: number,
  at: number,
  to: number,
  length: number,
): void {
  for (let i = 0; i < size; i += 2) {
    const a = (start + i) * length
    // The last of an odd number goes with itself.
    const b = i + 1 < size ? a + length : a
    for (let e = 0; e < BLOCK; e += 4) {
      const p = (from + e) * length
      const q = p + length
      const r = q + length
      const s = r + length
      let ap = 0
      let aq = 0
      let ar = 0
      let as = 0
      let bp = 0
      let bq = 0
      let br = 0
      let bs = 0
      for (let k = at; k < to; k++) {
        const x = v[a + k] as number
        const y = v[b + k] as number
        const vp = v[p + k] as number
        const vq = v[q + k] as number
        const vr = v[r + k] as number
        const vs = v[s + k] as number
        ap += x * vp
        aq += x * vq
        ar += x * vr
        as += x * vs
        bp += y * vp
        bq += y * vq
        br += y * vr
        bs += y * vs
      }
      const add = (offset: number, value: number) => {
        shared[offset] = (shared[offset] as number) + value
      }
      const place = e * size + i
      add(place, ap)
      add(place + size, aq)
      add(place + 2 * size, ar)
      add(place + 3 * size, as)
      if (b === a) continue
      add(place + 1, bp)
      add(place + size + 1, bq)
      add(place + 2 * size + 1, br)
      add(place + 3 * size + 1, bs)
    }
  }
}

/** vector start + i −= Σ shared[e, i] · vector from + e over part of their length. */
function subtract(
  shared: Float64Array,
  v: Float64Array,
  from: number,
  start: number,
  size: number,
  at: number,
  to: number,
  length: number,
): void {
  for (let i = 0; i < size; i++) {
    const a = (start + i) * length
    for (let e = 0; e < BLOCK; e += 4) {
      const p = (from + e) * length
      const q = p + length
      const r = q + length
      const s = r + length
      const place = e * size + i
      const cp = shared[place] as number
      const cq = shared[place + size] as number
      const cr = shared[place + 2 * size] as number
      const cs = shared[place + 3 * size] as number
      for (let k = at; k < to; k++)
        v[a + k] =
          (v[a + k] as number) -
          (cp * (v[p + k] as number) + cq * (v[q + k] as number) + cr * (v[r + k] as number) + cs * (v[s + k] as number))
    }
  }
}

/** Takes from one vector what it shares with those of its block before it, twice, and gives it length 1. */
function finish(v: Float64Array, start: number, which: number, length: number, random: Random): void {
  const a = which * length
  for (let [first, rounds] = [start, 2]; ; [first, rounds] = [0, 3]) {
    for (let round = 0; round < rounds; round++)
      for (let other = first; other < which; other++) {
        const share = dot(v, a, other * length, length)
        for (let k = 0; k < length; k++) v[a + k] = (v[a + k] as number) - share * (v[other * length + k] as number)
      }
    const size = Math.sqrt(dot(v, a, a, length))
    if (size > NOTHING) {
      for (let k = 0; k < length; k++) v[a + k] = (v[a + k] as number) / size
      return
    }
    // A vector that the others already span says nothing; another is drawn, and meets all of them.
    for (let k = 0; k < length; k++) v[a + k] = random.normal()
  }
}

function dot(v: Float64Array, a: number, b: number, length: number): number {
  let sum = 0
  for (let k = 0; k < length; k++) sum += (v[a + k] as number) * (v[b + k] as number)
  return sum
}
