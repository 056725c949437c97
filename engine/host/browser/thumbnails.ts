/**
 * @file Activations made small enough to send several times a second. In: the outputs of a node for a few samples. Out: for images a few samples of
 * an input, or a few channels of the first sample, each at most 48 pixels a side (every n-th pixel); for all else the first samples.
 */
import { type Shape, sizeOf } from '../../core/tensor'

const SIDE = 48
const INPUT_SAMPLES = 6
const CHANNELS = 8
/** Numbers of one node: what a histogram is made of. */
const MAX_VALUES = 4096

export interface Thumbnail {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export function thumbnailOf(data: ArrayLike<number>, shape: Shape, isInput: boolean): Thumbnail {
  const [samples = 1, channels = 1, height = 1, width = 1] = shape
  if (shape.length !== 4 || height * width === 1) return values(data, shape)
  const kept = isInput
    ? { samples: Math.min(samples, INPUT_SAMPLES), channels: channels >= 3 ? 3 : 1 }
    : { samples: 1, channels: Math.min(channels, CHANNELS) }
  const stride = Math.max(1, Math.ceil(Math.max(height, width) / SIDE))
  const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)]
  const out = new Float32Array(kept.samples * kept.channels * rows * columns)
  let at = 0
  for (let sample = 0; sample < kept.samples; sample++)
    for (let channel = 0; channel < kept.channels; channel++) {
      const plane = (sample * channels + channel) * height * width
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) out[at++] = data[plane + row * stride * width + column * stride] as number
    }
  return { shape: [kept.samples, kept.channels, rows, columns], data: out }
}

function values(data: ArrayLike<number>, shape: Shape): Thumbnail {
  const perSample = sizeOf(shape.slice(1))
  const samples = Math.max(1, Math.min(shape[0] ?? 1, Math.floor(MAX_VALUES / perSample)))
  const size = samples * perSample
  const stride = Math.max(1, Math.ceil(size / MAX_VALUES))
  if (stride === 1) return { shape: [samples, ...shape.slice(1)], data: Float32Array.from({ length: size }, (_, i) => data[i] as number) }
  const count = Math.ceil(size / stride)
  return { shape: [1, count], data: Float32Array.from({ length: count }, (_, i) => data[i * stride] as number) }
}
