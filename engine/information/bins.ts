/**
 * @file Numbers cut into bins. In: numbers, how many bins, and whether they are to be equally wide or equally full. Out: the edges between bins, the
 * bins' names, and each number's bin. Values beyond the outermost edges (of other data) belong to the outermost bins.
 */
import type { Categories } from '../datasets/columns/column'

export interface Binning {
  readonly count: number
  readonly by: 'width' | 'quantile'
}

export interface Bins {
  /** One more than there are bins, rising. */
  readonly edges: readonly number[]
  readonly names: readonly string[]
}

export function binsOf(numbers: Float64Array, { count, by }: Binning): Bins {
  const known = numbers.filter((value) => !Number.isNaN(value))
  const edges = by === 'width' ? equallyWide(known, count) : equallyFull(known, count)
  return { edges, names: namesOf(edges) }
}

function equallyWide(known: Float64Array, count: number): number[] {
  const low = known.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = known.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  // Halves first: the whole range of doubles is no double.
  const edges = Array.from({ length: count + 1 }, (_, i) => (i === count ? high : low * (1 - i / count) + high * (i / count)))
  return rising(edges)
}

/** Greedy: each bin takes its share of what is left, up to the nearer end of a run of equal values; so a value that comes often is a bin of its own. */
function equallyFull(known: Float64Array, count: number): number[] {
  const sorted = known.sort()
  const { length } = sorted
  const edges = [sorted[0] as number]
  let start = 0
  for (let left = count; left > 1; left--) {
    const at = start + Math.max(1, Math.round((length - start) / left))
    const value = sorted[at]
    let [first, next] = [at, at]
    while (first > start && sorted[first - 1] === value) first--
    while (next < length && sorted[next] === value) next++
    const end = first === at || (first > start && at - first <= next - at) ? first : next
    if (end >= length) break
    edges.push(sorted[end] as number)
    start = end
  }
  return [...edges, sorted[length - 1] as number]
}

/** Without the edges that rounding puts beside or upon others. */
function rising(edges: readonly number[]): number[] {
  const low = edges[0] as number
  const high = edges.at(-1) as number
  const kept = [low]
  for (const edge of edges.slice(1, -1)) if (edge > (kept.at(-1) as number) && edge < high) kept.push(edge)
  return [...kept, high]
}

/** With as many digits as it takes to tell the edges apart. */
function namesOf(edges: readonly number[]): string[] {
  const different = new Set(edges).size
  let shown = edges.map(String)
  for (let digits = 3; digits < 17; digits++) {
    const short = edges.map((edge) => String(Number(edge.toPrecision(digits))))
    if (new Set(short).size < different) continue
    shown = short
    break
  }
  const last = edges.length - 2
  return edges.slice(0, -1).map((_, i) => `[${shown[i]}, ${shown[i + 1]}${i === last ? ']' : ')'}`)
}

export function inBins(numbers: Float64Array, { edges, names }: Bins): Categories {
  const bins = names.length
  const codes = new Uint8Array(numbers.length)
  let missing = false
  for (let row = 0; row < numbers.length; row++) {
    const value = numbers[row] as number
    if (Number.isNaN(value)) {
      missing = true
      codes[row] = bins
    } else codes[row] = binOf(value, edges, bins)
  }
  return { names: missing ? [...names, ''] : names, codes }
}

/** The last bin whose lower edge is not above the value. */
function binOf(value: number, edges: readonly number[], bins: number): number {
  let low = 0
  let high = bins - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((edges[middle] as number) <= value) low = middle
    else high = middle - 1
  }
  return low
}
