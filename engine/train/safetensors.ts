/**
 * @file The safetensors format: an 8-byte header length, a JSON header, then the tensors' bytes, little-endian.
 * In: named tensors and a string map; or the bytes of a file that anybody may have made. Out: the bytes; or views of the tensors.
 * Reading trusts nothing: lengths, offsets, overlaps, holes, names, types and shapes are checked before anything is allocated.
 */
import { diagnosedError } from '../core/diagnostics'
import { type Shape, sizeOf } from '../core/tensor'
import type { Text } from '../core/text'

/** Bytes of one element. */
const elementBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const

export type StoredDType = keyof typeof elementBytes

export interface StoredTensor {
  readonly dtype: StoredDType
  readonly shape: Shape
  /** A view into the file. */
  readonly bytes: Uint8Array
}

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

export interface NamedTensor {
  readonly name: string
  readonly shape: Shape
  readonly data: Float32Array | Int32Array
}

/** The format's own limit for headers. */
const MAX_HEADER_BYTES = 100_000_000
const MAX_RANK = 32

export function encodeSafetensors(tensors: readonly NamedTensor[], metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const header: Record<string, unknown> = {}
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata
  let end = 0
  for (const { name, shape, data } of tensors) {
    const begin = end
    end += data.byteLength
    header[name] = { dtype: data instanceof Int32Array ? 'I32' : 'F32', shape, data_offsets: [begin, end] }
  }
  const json = new TextEncoder().encode(JSON.stringify(header))
  // Padded with spaces so that the data begins at a multiple of eight bytes.
  const headerBytes = Math.ceil(json.length / 8) * 8
  const file = new Uint8Array(8 + headerBytes + end)
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true)
  file.fill(0x20, 8, 8 + headerBytes)
  file.set(json, 8)
  let at = 8 + headerBytes
  for (const { data } of tensors) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return file
}

export function decodeSafetensors(file: Uint8Array, path?: string): SafetensorsFile {
  const wrong = (detail: Text) => diagnosedError('weights.format', { detail }, { file: path })
  if (file.byteLength < 8) throw wrong({ en: 'it is shorter than its own length field', zh: '它比自己的长度字段还短' })
  const declared = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true)
  if (declared > BigInt(Math.min(MAX_HEADER_BYTES, file.byteLength - 8)))
    throw wrong({ en: `the header claims ${declared} bytes`, zh: `文件头声称有 ${declared} 字节` })
  const headerEnd = 8 + Number(declared)
  const header = parseHeader(file.subarray(8, headerEnd), wrong)
  const dataBytes = file.byteLength - headerEnd
  const tensors = new Map<string, StoredTensor>()
  const spans: { readonly begin: number; readonly end: number; readonly name: string }[] = []
  let metadata: Record<string, string> = {}
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = metadataOf(entry, wrong)
      continue
    }
    const { dtype, shape, begin, end } = entryOf(name, entry, wrong)
    if (end > dataBytes)
      throw wrong({
        en: `tensor “${name}” ends at byte ${end} of ${dataBytes}`,
        zh: `张量“${name}”止于第 ${end} 字节，而数据只有 ${dataBytes} 字节`,
      })
    spans.push({ begin, end, name })
    tensors.set(name, { dtype, shape, bytes: file.subarray(headerEnd + begin, headerEnd + end) })
  }
  spans.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let covered = 0
  for (const { begin, end, name } of spans) {
    if (begin < covered) throw wrong({ en: `tensor “${name}” overlaps another`, zh: `张量“${name}”与另一个重叠` })
    if (begin > covered)
      throw wrong({
        en: `there is a hole of ${begin - covered} bytes before tensor “${name}”`,
        zh: `张量“${name}”之前有 ${begin - covered} 字节的空洞`,
      })
    covered = end
  }
  if (covered !== dataBytes)
    throw wrong({
      en: `${dataBytes} bytes of data where the header speaks of ${covered}`,
      zh: `数据有 ${dataBytes} 字节，文件头却说是 ${covered} 字节`,
    })
  return { tensors, metadata }
}

type Wrong = (detail: Text) => Error

function parseHeader(bytes: Uint8Array, wrong: Wrong): Readonly<Record<string, unknown>> {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw wrong({ en: `the header is not JSON (${reason})`, zh: `文件头不是 JSON（${reason}）` })
  }
  if (!isRecord(header)) throw wrong({ en: 'the header is not an object', zh: '文件头不是对象' })
  return header
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function metadataOf(entry: unknown, wrong: Wrong): Record<string, string> {
  if (!isRecord(entry)) throw wrong({ en: 'its metadata is not an object', zh: '元数据不是对象' })
  const metadata: Record<string, string> = {}
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value !== 'string') throw wrong({ en: `metadata “${key}” is not a string`, zh: `元数据“${key}”不是字符串` })
    metadata[key] = value
  }
  return metadata
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function entryOf(name: string, entry: unknown, wrong: Wrong): { dtype: StoredDType; shape: Shape; begin: number; end: number } {
  if (!isRecord(entry)) throw wrong({ en: `tensor “${name}” is not described by an object`, zh: `张量“${name}”的描述不是对象` })
  const { dtype, shape, data_offsets: offsets } = entry
  if (typeof dtype !== 'string' || !Object.hasOwn(elementBytes, dtype))
    throw wrong({
      en: `tensor “${name}” has the unknown type ${JSON.stringify(dtype)}`,
      zh: `张量“${name}”的类型 ${JSON.stringify(dtype)} 未知`,
    })
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isCount))
    throw wrong({ en: `tensor “${name}” has no proper shape`, zh: `张量“${name}”的形状不合法` })
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw wrong({ en: `tensor “${name}” has no proper offsets`, zh: `张量“${name}”的偏移不合法` })
  const [begin, end] = offsets as [number, number]
  const known = dtype as StoredDType
  const size = sizeOf(shape) * elementBytes[known]
  if (!Number.isSafeInteger(size) || end - begin !== size)
    throw wrong({
      en: `tensor “${name}” has ${end - begin} bytes; its shape needs ${size}`,
      zh: `张量“${name}”有 ${end - begin} 字节，其形状需要 ${size} 字节`,
    })
  return { dtype: known, shape, begin, end }
}
