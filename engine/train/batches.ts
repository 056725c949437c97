/**
 * @file From samples to the inputs of a program. In: samples, bindings and a batch size. Out: the order of an epoch (shuffled, drawn
 * with replacement, or in sequence, from the seed and the epoch's number alone) and, batch by batch, one array for every data node.
 */
import { keyOf, Random } from '../core/random'
import { sizeOf, type TensorData } from '../core/tensor'
import type { Binding } from '../datasets/bind'
import type { Samples } from '../datasets/prepare'

export type Inputs = Readonly<Record<string, TensorData>>

export interface Sampling {
  readonly shuffle: boolean
  /** Every sample is drawn from all of them. */
  readonly replacement?: boolean
  /** In so many equal parts, read side by side: row i of a batch goes on where row i of the batch before ended (notes 002 §7). */
  readonly rows?: number
}

export function epochOrder(indices: Uint32Array, seed: number, epoch: number, { shuffle, replacement, rows }: Sampling): Uint32Array {
  if (rows !== undefined) {
    const steps = Math.floor(indices.length / rows)
    return Uint32Array.from({ length: steps * rows }, (_, i) => indices[(i % rows) * steps + Math.floor(i / rows)] as number)
  }
  if (replacement) {
    const random = new Random(keyOf(seed, `draws of epoch ${epoch}`))
    return indices.map(() => indices[random.below(indices.length)] as number)
  }
  return shuffle ? new Random(keyOf(seed, `order of epoch ${epoch}`)).shuffle(indices.slice()) : indices
}

/** A set smaller than the batch shrinks the batch. */
export const effectiveBatchSize = (batchSize: number, samples: number): number => Math.min(batchSize, samples)

interface Feed extends Binding {
  readonly perSample: number
  readonly fieldSize: number
  /** What the data set writes to. */
  readonly source: TensorData
  /** What the program reads: the same array where nothing is converted. */
  readonly target: TensorData
}

const arrayOf = (dtype: 'f32' | 'i32', length: number): TensorData => (dtype === 'f32' ? new Float32Array(length) : new Int32Array(length))

/** Its arrays serve every batch, so a batch must be used before the next is read. */
export class BatchReader {
  private readonly feeds: readonly Feed[]
  private readonly buffers: Readonly<Record<string, TensorData>>

  constructor(
    private readonly samples: Samples,
    bindings: readonly Binding[],
    batchSize: number,
  ) {
    const buffers: Record<string, TensorData> = {}
    this.feeds = bindings.map((binding) => {
      const { field, type, conversion } = binding
      const fieldSize = sizeOf(field.shape)
      const perSample = sizeOf(type.shape)
      buffers[field.name] ??= arrayOf(field.dtype, batchSize * fieldSize)
      const source = buffers[field.name] as TensorData
      const target = conversion === 'copy' ? source : arrayOf(type.dtype, batchSize * perSample)
      return { ...binding, perSample, fieldSize, source, target }
    })
    this.buffers = buffers
  }

  /** The samples at `indices` (at most a batch). */
  read(indices: Uint32Array, epoch: number): Inputs | Promise<Inputs> {
    const fetching = this.samples.dataset.read(indices, this.buffers, epoch)
    return fetching ? fetching.then(() => this.inputs(indices.length)) : this.inputs(indices.length)
  }

  private inputs(count: number): Inputs {
    return Object.fromEntries(
      this.feeds.map((feed) => {
        convert(feed, count)
        return [feed.node, feed.target.subarray(0, count * feed.perSample)]
      }),
    )
  }
}

function convert({ conversion, source, target, perSample, fieldSize }: Feed, count: number): void {
  if (conversion === 'cast') for (let i = 0; i < count * perSample; i++) target[i] = source[i] as number
  if (conversion === 'oneHot') {
    const classes = perSample / fieldSize
    target.fill(0)
    for (let i = 0; i < count * fieldSize; i++) target[i * classes + (source[i] as number)] = 1
  }
}
