/**
 * @file Colours of an image (notes 002 §9). In: planes (C, H, W), values from 0 to 1. Out: new planes: brighter, of more contrast, more or less
 * colourful, of another hue. The grey of a colour is its luma (ITU-R BT.601); hues turn in the hexagon of HSV (Smith 1978).
 */

export const multiplied = (image: Float32Array, factor: number): Float32Array => image.map((x) => x * factor)

const luma = (red: number, green: number, blue: number): number => 0.299 * red + 0.587 * green + 0.114 * blue

/** Three planes; any other number of channels has no colours, so their mean is taken. */
function greyOf(image: Float32Array, channels: number): Float32Array {
  const size = image.length / channels
  const at = (channel: number, i: number) => image[channel * size + i] as number
  return Float32Array.from({ length: size }, (_, i) => {
    if (channels === 3) return luma(at(0, i), at(1, i), at(2, i))
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += at(channel, i)
    return sum / channels
  })
}

/** factor · x + (1 − factor) · mean grey */
export function adjustContrast(image: Float32Array, channels: number, factor: number): Float32Array {
  const grey = greyOf(image, channels)
  const mean = grey.reduce((sum, x) => sum + x, 0) / grey.length
  return image.map((x) => factor * x + (1 - factor) * mean)
}

/** factor · x + (1 − factor) · grey of the pixel */
export function adjustSaturation(image: Float32Array, factor: number): Float32Array {
  const grey = greyOf(image, 3)
  return image.map((x, i) => factor * x + (1 - factor) * (grey[i % grey.length] as number))
}

/** Hues moved by a part of the circle; value and chroma of every pixel stay. */
export function rotateHue(image: Float32Array, turn: number): Float32Array {
  const size = image.length / 3
  const out = new Float32Array(image.length)
  for (let i = 0; i < size; i++) {
    const [red, green, blue] = [image[i] as number, image[size + i] as number, image[2 * size + i] as number]
    const value = Math.max(red, green, blue)
    const chroma = value - Math.min(red, green, blue)
    const sixth =
      chroma === 0 ? 0 : value === red ? (green - blue) / chroma : value === green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma
    const place = sixth + 6 * turn
    // Each channel rises, stays, falls and stays again once round the circle, a third after the one before.
    for (const [channel, offset] of [5, 3, 1].entries()) {
      const k = (((offset + place) % 6) + 6) % 6
      out[channel * size + i] = value - chroma * Math.max(0, Math.min(k, 4 - k, 1))
    }
  }
  return out
}
