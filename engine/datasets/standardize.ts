/**
 * @file Scaling (notes 002 §4): features, or numbers to predict, shifted and scaled with statistics of the training part: to mean 0 and deviation 1, or
 * so that they fill a range [a, b]. Both are (x − mean) / deviation for some mean and deviation, so the same two numbers undo both.
 * In: a data set and the indices to measure, or statistics. Out: statistics, or a data set whose real inputs (or targets) are scaled.
 * Tables are measured per feature, images per channel; several real inputs stand one after the other.
 */
import type { TensorData } from '../core/tensor'
import { sizeOf } from '../core/tensor'
import type { DataSettings } from '../document/schema'
import type { Dataset, Field } from './dataset'

export type Statistics = NonNullable<DataSettings['statistics']>

/**
 * Of a table all rows are measured, of images enough for two or three digits of every mean: reading thousands of large ones once more would keep
 * a person waiting. What counts is how many numbers each mean is made of.
 */
const MAX_IMAGES = 10_000
const MAX_NUMBERS = 2 ** 25
const MIN_SAMPLES = 1_000
const BATCH = 64

/** Channels of an image, features of a row, one for all else; and how many neighbouring elements share one. */
function groupsOf({ shape }: Field): { readonly count: number; readonly run: number } {
  const count = shape.length === 3 || shape.length === 1 ? (shape[0] as number) : 1
  return { count, run: sizeOf(shape) / count }
}

/** What is scaled, and to what. */
export interface Measuring {
  /** Default: inputs. */
  readonly role?: Field['role']
  /** Default: mean 0 and deviation 1. */
  readonly range?: { readonly low: number; readonly high: number }
}

const standardised = (fields: readonly Field[], role: Field['role'] = 'input'): readonly Field[] =>
  fields.filter((field) => field.role === role && field.dtype === 'f32')

/** How many means and deviations the statistics of these fields have. */
export const statisticsLength = (fields: readonly Field[], role?: Field['role']): number =>
  standardised(fields, role).reduce((total, field) => total + groupsOf(field).count, 0)

export async function measure(dataset: Dataset, indices: Uint32Array, { role, range }: Measuring = {}): Promise<Statistics> {
  const fields = standardised(dataset.fields, role)
  const length = statisticsLength(fields, role)
  const [lowest, highest] = [new Float64Array(length).fill(Infinity), new Float64Array(length).fill(-Infinity)]
  const [sums, squares, counts] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)]
  const numbers = fields.reduce((total, { shape }) => total + sizeOf(shape), 0)
  const affordable = Math.floor(MAX_NUMBERS / Math.max(1, numbers))
  const hasImages = fields.some(({ display }) => display === 'image')
  const most = Math.max(MIN_SAMPLES, hasImages ? Math.min(MAX_IMAGES, affordable) : affordable)
  const step = Math.max(1, indices.length / most)
  const chosen = Uint32Array.from({ length: Math.floor(indices.length / step) }, (_, i) => indices[Math.floor(i * step)] as number)
  const out = Object.fromEntries(fields.map((field) => [field.name, new Float32Array(BATCH * sizeOf(field.shape))]))
  // Deviations are taken from the first sample's values, so that large means do not swallow small deviations.
  const origin = new Float64Array(length)
  for (let start = 0; start < chosen.length; start += BATCH) {
    const batch = chosen.subarray(start, start + BATCH)
    await dataset.read(batch, out, 0)
    let base = 0
    for (const field of fields) {
      const { count, run } = groupsOf(field)
      const data = out[field.name] as Float32Array
      if (start === 0) for (let g = 0; g < count; g++) origin[base + g] = data[g * run] as number
      for (let i = 0; i < batch.length * count * run; i++) {
        const group = base + (Math.floor(i / run) % count)
        const value = (data[i] as number) - (origin[group] as number)
        lowest[group] = Math.min(lowest[group] as number, data[i] as number)
        highest[group] = Math.max(highest[group] as number, data[i] as number)
        sums[group] = (sums[group] as number) + value
        squares[group] = (squares[group] as number) + value * value
        counts[group] = (counts[group] as number) + 1
      }
      base += count
    }
  }
  if (range) return rangeStatistics(lowest, highest, range)
  const mean: number[] = []
  const deviation: number[] = []
  for (let g = 0; g < length; g++) {
    const shifted = (sums[g] as number) / (counts[g] as number)
    const variance = (squares[g] as number) / (counts[g] as number) - shifted * shifted
    mean.push((origin[g] as number) + shifted)
    // A constant feature carries nothing: it becomes 0, not a division by nothing. How small it varies says nothing: that hangs on its unit.
    const varies = (highest[g] as number) > (lowest[g] as number) && variance > 0
    deviation.push(varies ? Math.sqrt(variance) : 1)
  }
  return { mean, deviation }
}

/** a + (x − min) (b − a) / (max − min), as a mean and a deviation; a feature that never changes becomes a. */
function rangeStatistics(lowest: Float64Array, highest: Float64Array, { low, high }: NonNullable<Measuring['range']>): Statistics {
  const deviation = Array.from(lowest, (least, g) => {
    const width = (highest[g] as number) - least
    return width > 0 ? width / (high - low) : 1
  })
  return { mean: Array.from(lowest, (least, g) => least - low * (deviation[g] as number)), deviation }
}

/** Numbers of one sample as they were before they were scaled. */
export function restored(values: readonly number[], { mean, deviation }: Statistics): number[] {
  const run = values.length / mean.length
  return values.map((x, i) => x * (deviation[Math.floor(i / run)] as number) + (mean[Math.floor(i / run)] as number))
}

export function standardize(dataset: Dataset, statistics: Statistics, role?: Field['role']): Dataset {
  const apply = (count: number, out: Readonly<Record<string, TensorData>>) => {
    let base = 0
    for (const field of standardised(dataset.fields, role)) {
      const { count: groups, run } = groupsOf(field)
      const data = out[field.name]
      if (data)
        for (let row = 0; row < count * groups; row++) {
          const group = base + (row % groups)
          const mean = statistics.mean[group] as number
          const scale = 1 / (statistics.deviation[group] as number)
          for (let i = row * run; i < (row + 1) * run; i++) data[i] = ((data[i] as number) - mean) * scale
        }
      base += groups
    }
  }
  return {
    ...dataset,
    read(indices, out, epoch) {
      const fetching = dataset.read(indices, out, epoch)
      if (fetching) return fetching.then(() => apply(indices.length, out))
      apply(indices.length, out)
    },
    dispose: () => dataset.dispose?.(),
  }
}
