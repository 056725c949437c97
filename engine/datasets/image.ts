/**
 * @file Pixels. In: an image as planes (C, H, W). Out: the same at another size.
 * One separable triangle filter serves both ways: bilinear when growing, area-weighted (so free of aliasing) when shrinking.
 */

/** Which source pixels make one target pixel, and how much of each. */
interface Taps {
  readonly first: Int32Array
  readonly weights: readonly Float32Array[]
}

const known = new Map<string, Taps>()

/** Pixel centres lie at half-integers in both images. */
function tapsOf(from: number, to: number): Taps {
  const key = `${from}>${to}`
  const cached = known.get(key)
  if (cached) return cached
  const scale = from / to
  const support = Math.max(1, scale)
  const first = new Int32Array(to)
  const weights = Array.from({ length: to }, (_, target) => {
    const center = (target + 0.5) * scale
    const low = Math.max(0, Math.ceil(center - support - 0.5))
    const high = Math.min(from - 1, Math.floor(center + support - 0.5))
    first[target] = low
    const raw = Float32Array.from({ length: high - low + 1 }, (_, k) => Math.max(0, 1 - Math.abs(low + k + 0.5 - center) / support))
    const sum = raw.reduce((total, weight) => total + weight, 0)
    return raw.map((weight) => weight / sum)
  })
  const taps = { first, weights }
  if (known.size > 256) known.clear()
  known.set(key, taps)
  return taps
}

/** `source` (C, H, W) as (C, height, width); the source itself where it already has that size. */
export function resize(
  source: Float32Array,
  [channels, fromHeight, fromWidth]: readonly [number, number, number],
  height: number,
  width: number,
): Float32Array {
  if (height === fromHeight && width === fromWidth) return source
  const across = tapsOf(fromWidth, width)
  const down = tapsOf(fromHeight, height)
  const rows = new Float32Array(channels * fromHeight * width)
  for (let row = 0; row < channels * fromHeight; row++)
    for (let x = 0; x < width; x++) {
      const weights = across.weights[x] as Float32Array
      const from = row * fromWidth + (across.first[x] as number)
      let sum = 0
      for (let k = 0; k < weights.length; k++) sum += (weights[k] as number) * (source[from + k] as number)
      rows[row * width + x] = sum
    }
  const out = new Float32Array(channels * height * width)
  for (let channel = 0; channel < channels; channel++)
    for (let y = 0; y < height; y++) {
      const weights = down.weights[y] as Float32Array
      const from = channel * fromHeight + (down.first[y] as number)
      const to = (channel * height + y) * width
      for (let k = 0; k < weights.length; k++) {
        const weight = weights[k] as number
        for (let x = 0; x < width; x++) out[to + x] = (out[to + x] as number) + weight * (rows[(from + k) * width + x] as number)
      }
    }
  return out
}

/** The mirror image, left to right or upside down. */
export function flipped(
  source: Float32Array,
  [channels, height, width]: readonly [number, number, number],
  horizontal: boolean,
  vertical: boolean,
): Float32Array {
  const out = new Float32Array(source.length)
  for (let row = 0; row < channels * height; row++) {
    const y = row % height
    const from = (vertical ? row - y + (height - 1 - y) : row) * width
    for (let x = 0; x < width; x++) out[row * width + x] = source[from + (horizontal ? width - 1 - x : x)] as number
  }
  return out
}

/** A part of the image, resized to the whole. */
export function cropped(
  source: Float32Array,
  [channels, height, width]: readonly [number, number, number],
  part: { readonly top: number; readonly left: number; readonly height: number; readonly width: number },
): Float32Array {
  const cut = new Float32Array(channels * part.height * part.width)
  for (let channel = 0; channel < channels; channel++)
    for (let y = 0; y < part.height; y++) {
      const from = (channel * height + part.top + y) * width + part.left
      cut.set(source.subarray(from, from + part.width), (channel * part.height + y) * part.width)
    }
  return resize(cut, [channels, part.height, part.width], height, width)
}
