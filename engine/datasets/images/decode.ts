/**
 * @file PNG and JPEG files as pixels. In: the bytes of a file. Out: 8-bit red, green, blue in rows; transparency lies on white.
 * What cannot be decoded is a diagnosed error that names the file.
 */
import { convertIndexedToRgb, decode as decodePng, hasPngSignature } from 'fast-png'
import { decode as decodeJpeg } from 'jpeg-js'
import { diagnosedError } from '../../core/diagnostics'
import type { Text } from '../../core/text'

export interface Pixels {
  readonly height: number
  readonly width: number
  /** height × width × 3. */
  readonly rgb: Uint8Array
}

/** Beyond this an image is a mistake or an attack. */
const MAX_PIXELS = 100_000_000

/** What this file itself finds wrong, in all languages; libraries speak English only. */
const reasons = {
  neither: { en: 'neither PNG nor JPEG', zh: '既不是 PNG 也不是 JPEG' },
  absurd: { en: 'absurd size', zh: '尺寸离谱' },
  short: { en: 'the image ends early', zh: '图像数据不完整' },
} as const satisfies Readonly<Record<string, Text>>

const because = ({ en }: Text): Error => new Error(en)

export function decodeImage(bytes: Uint8Array, file: string): Pixels {
  try {
    return hasPngSignature(bytes) ? fromPng(bytes) : fromJpeg(bytes)
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).replace(/[\s.:]+$/, '')
    const known = Object.values(reasons).find(({ en }) => en === message)
    throw diagnosedError('data.image', { file, detail: known ?? message }, { file })
  }
}

function fromJpeg(bytes: Uint8Array): Pixels {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw because(reasons.neither)
  const { width, height, data } = decodeJpeg(bytes, { useTArray: true, maxResolutionInMP: MAX_PIXELS / 1e6, tolerantDecoding: false })
  return { width, height, rgb: flattenOnWhite(data, 4, width * height) }
}

function fromPng(bytes: Uint8Array): Pixels {
  // Width and height stand at fixed places: look before unpacking what they promise.
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < 24 || header.getUint32(16) * header.getUint32(20) > MAX_PIXELS) throw because(reasons.absurd)
  const png = decodePng(bytes, { checkCrc: true })
  const { width, height } = png
  const count = width * height
  if (png.palette) return { width, height, rgb: flattenOnWhite(convertIndexedToRgb(png), png.palette[0]?.length ?? 3, count) }
  const samples = toBytes(png.data, png.depth, width * png.channels, height)
  return { width, height, rgb: flattenOnWhite(samples, png.channels, count) }
}

/** Samples of 1, 2, 4 or 16 bits as bytes; rows of few bits begin on whole bytes. */
function toBytes(data: Uint8Array | Uint8ClampedArray | Uint16Array, depth: number, perRow: number, rows: number): Uint8Array {
  if (depth === 16) return Uint8Array.from(data, (value) => value >> 8)
  if (depth === 8) return Uint8Array.from(data)
  const out = new Uint8Array(perRow * rows)
  const stride = Math.ceil((perRow * depth) / 8)
  const top = 2 ** depth - 1
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < perRow; i++) {
      const bit = i * depth
      const byte = data[row * stride + (bit >> 3)] as number
      out[row * perRow + i] = (((byte >> (8 - depth - (bit & 7))) & top) * 255) / top
    }
  return out
}

/** 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha. */
function flattenOnWhite(samples: Uint8Array, channels: number, count: number): Uint8Array {
  if (samples.length < count * channels) throw because(reasons.short)
  if (channels === 3) return samples.subarray(0, count * 3)
  const rgb = new Uint8Array(count * 3)
  const grey = channels < 3
  for (let i = 0; i < count; i++) {
    const alpha = channels % 2 === 0 ? (samples[i * channels + channels - 1] as number) / 255 : 1
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = Math.round(alpha * (samples[i * channels + (grey ? 0 : c)] as number) + (1 - alpha) * 255)
  }
  return rgb
}

export function isGrey({ rgb }: Pixels): boolean {
  for (let i = 0; i < rgb.length; i += 3) if (rgb[i] !== rgb[i + 1] || rgb[i] !== rgb[i + 2]) return false
  return true
}

/** Planes (channels, H, W) in [0, 1]; grey is the luma of ITU-R BT.601. */
export function planesOf({ rgb, height, width }: Pixels, channels: 1 | 3): Float32Array {
  const count = height * width
  const planes = new Float32Array(channels * count)
  for (let i = 0; i < count; i++) {
    const [r, g, b] = [rgb[3 * i] as number, rgb[3 * i + 1] as number, rgb[3 * i + 2] as number]
    if (channels === 1) planes[i] = (0.299 * r + 0.587 * g + 0.114 * b) / 255
    else {
      planes[i] = r / 255
      planes[count + i] = g / 255
      planes[2 * count + i] = b / 255
    }
  }
  return planes
}
