/**
 * @file One IDX file (the format of MNIST: two zeros, element type, rank, big-endian extents, then the elements).
 * In: a file source and a path, plain or gzipped. Out: the extents and a reader of the bytes of any element.
 * Plain files are read block by block into a bounded cache; gzipped ones must be unpacked, since one cannot seek in them.
 */
import { DiagnosedError, diagnosedError } from '../../core/diagnostics'
import { sizeOf } from '../../core/tensor'
import type { Text } from '../../core/text'
import { BoundedCache } from '../cache'
import type { FileSource } from '../dataset'

const UNSIGNED_BYTE = 0x08
const CHUNK_BYTES = 1 << 20
const CACHE_BYTES = 256 * 2 ** 20
/** More than this is a mistake or a bomb. */
const MAX_UNPACKED = 2 ** 31

export interface IdxFile {
  readonly extents: readonly number[]
  /** Bytes of the element `index` along the first axis; a promise when they must be fetched. */
  row(index: number): Uint8Array | Promise<Uint8Array>
}

interface Bytes {
  readonly size: number
  read(start: number, end: number): Uint8Array | Promise<Uint8Array>
}

export async function openIdx(files: FileSource, file: { readonly path: string; readonly size: number }): Promise<IdxFile> {
  const wrong = (detail: Text) => diagnosedError('data.idx', { file: file.path, detail }, { file: file.path })
  const bytes = /\.gz$/i.test(file.path) ? await unpacked(files, file.path, file.size, wrong) : blocks(files, file.path, file.size)
  if (bytes.size < 4) throw wrong({ en: 'it is too short', zh: '文件过短' })
  const [zero, zeroToo, type, rank] = await bytes.read(0, 4)
  if (zero !== 0 || zeroToo !== 0 || rank === undefined || rank === 0 || rank > 4)
    throw wrong({ en: 'it does not begin like one', zh: '开头不像 IDX 文件' })
  if (type !== UNSIGNED_BYTE) throw wrong({ en: 'its elements are not unsigned bytes', zh: '元素不是无符号字节' })
  const begin = 4 + 4 * rank
  if (bytes.size < begin) throw wrong({ en: 'it ends in its header', zh: '文件在文件头处中断' })
  const header = await bytes.read(4, begin)
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  const extents = Array.from({ length: rank }, (_, axis) => view.getUint32(4 * axis))
  const expected = begin + sizeOf(extents)
  if (bytes.size !== expected)
    throw wrong({ en: `${bytes.size} bytes instead of ${expected}`, zh: `应有 ${expected} 字节，实际 ${bytes.size} 字节` })
  const rowBytes = sizeOf(extents.slice(1))
  return { extents, row: (index) => bytes.read(begin + index * rowBytes, begin + (index + 1) * rowBytes) }
}

async function unpacked(files: FileSource, path: string, size: number, wrong: (detail: Text) => Error): Promise<Bytes> {
  const parts: Uint8Array[] = []
  let total = 0
  let start = 0
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const end = Math.min(size, start + CHUNK_BYTES)
      if (start < end) controller.enqueue(new Uint8Array(await files.read(path, start, end)))
      start = end
      if (end === size) controller.close()
    },
  })
  // The platform's own unpacking checks the sum at the end of the file, too.
  const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader()
  try {
    for (let next = await reader.read(); !next.done && total <= MAX_UNPACKED; next = await reader.read()) {
      parts.push(next.value)
      total += next.value.length
    }
  } catch (error) {
    if (error instanceof DiagnosedError) throw error
    throw wrong({ en: 'it cannot be unpacked: it is damaged or cut short', zh: '无法解压：文件已损坏或不完整' })
  }
  if (total > MAX_UNPACKED) await reader.cancel()
  if (total > MAX_UNPACKED) throw wrong({ en: 'it unpacks to more than 2 GiB', zh: '解压后超过 2 GiB' })
  const all = new Uint8Array(total)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return { size: total, read: (start, end) => all.subarray(start, end) }
}

function blocks(files: FileSource, path: string, size: number): Bytes {
  const cache = new BoundedCache<number, Uint8Array>(CACHE_BYTES)
  // Many rows of one batch ask for the same block at once: it is fetched once.
  const underway = new Map<number, Promise<Uint8Array>>()
  const fetchBlock = (block: number): Uint8Array | Promise<Uint8Array> => {
    const known = cache.get(block) ?? underway.get(block)
    if (known) return known
    const fetching = files
      .read(path, block * CHUNK_BYTES, Math.min(size, (block + 1) * CHUNK_BYTES))
      .then((fresh) => {
        cache.set(block, fresh, fresh.length)
        return fresh
      })
      .finally(() => underway.delete(block))
    underway.set(block, fetching)
    return fetching
  }
  const fetchAcross = async (start: number, end: number) => {
    const out = new Uint8Array(end - start)
    for (let at = start; at < end; ) {
      const block = Math.floor(at / CHUNK_BYTES)
      const part = (await fetchBlock(block)).subarray(at - block * CHUNK_BYTES, end - block * CHUNK_BYTES)
      out.set(part, at - start)
      at += part.length
    }
    return out
  }
  return {
    size,
    read(start, end) {
      const block = Math.floor(start / CHUNK_BYTES)
      const cached = end <= (block + 1) * CHUNK_BYTES ? cache.get(block) : undefined
      return cached ? cached.subarray(start - block * CHUNK_BYTES, end - block * CHUNK_BYTES) : fetchAcross(start, end)
    },
  }
}
