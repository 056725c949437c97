/** @file Half-precision numbers as 16 bits, for buffers that hold them. In: numbers that a half can hold, or bits. Out: the other. */

const word = new Uint32Array(1)
const single = new Float32Array(word.buffer)

/** Zero, and numbers from 2⁻¹⁴ to 65504 with eleven significant bits. */
export function halfBits(value: number): number {
  single[0] = value
  const bits = word[0] as number
  const sign = (bits >>> 16) & 0x8000
  return value === 0 ? sign : sign | ((((bits >>> 23) & 255) - 112) << 10) | ((bits >>> 13) & 1023)
}

export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 31
  const fraction = (bits & 1023) / 1024
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15)
}

export const toHalves = (values: Float32Array): Uint16Array<ArrayBuffer> => Uint16Array.from(values, halfBits)
export const fromHalves = (bits: Uint16Array): Float32Array => Float32Array.from(bits, halfValue)
