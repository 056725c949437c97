/**
 * @file The one linear memory of a backend, and who has which part of it. In: sizes. Out: byte addresses and views.
 * Shared between threads where the host allows it. Growing makes a new buffer, so views are asked for when they are used.
 */
import { aligned } from '../../memory/plan'

const pageBytes = 65536
/** 4 GiB, then less where the host cannot reserve so much. */
const maximumPages = [65536, 32768, 16384, 8192]
/** Kernels may read this far past the end of a buffer. */
const guardBytes = 128
/** What an allocation takes in all. */
export const allocated = (bytes: number): number => aligned(Math.max(bytes, 1) + guardBytes)
/** Grown by at least this much at a time. */
const growBytes = 16 * 2 ** 20

/** Memory is at its limit; the backend says who needed it. */
export class OutOfMemory extends Error {
  constructor(
    readonly needed: number,
    readonly limit: number,
  ) {
    super(`out of memory: ${needed} bytes are needed, ${limit} can be had`)
  }
}

interface Region {
  readonly start: number
  readonly end: number
}

export class DeviceMemory {
  readonly memory: WebAssembly.Memory
  readonly maximumPages: number
  /** Free regions in order of address, never touching each other; behind the last used byte everything is free. */
  private free: Region[] = []
  private readonly used = new Map<number, number>()
  private top: number
  /** Nobody has had the bytes from here on: they are zero. */
  private untouched: number

  /** The first `reserved` bytes belong to the caller. */
  constructor(
    readonly shared: boolean,
    reserved: number,
  ) {
    const made = makeMemory(shared)
    this.memory = made.memory
    this.maximumPages = made.maximum
    this.top = aligned(reserved)
    this.untouched = this.top
  }

  get limit(): number {
    return this.maximumPages * pageBytes
  }

  /** Bytes in use. */
  get bytes(): number {
    return [...this.used.values()].reduce((sum, bytes) => sum + bytes, 0)
  }

  allocate(bytes: number): number {
    const size = allocated(bytes)
    const gap = this.free.findIndex(({ start, end }) => end - start >= size)
    const region = this.free[gap]
    if (region) {
      if (region.end - region.start === size) this.free.splice(gap, 1)
      else this.free[gap] = { start: region.start + size, end: region.end }
      this.used.set(region.start, size)
      return region.start
    }
    const start = this.top
    this.ensure(start + size)
    this.top = start + size
    this.untouched = Math.max(this.untouched, this.top)
    this.used.set(start, size)
    return start
  }

  /** Memory that holds zeros; what nobody has had is not touched, which leaves it to the system until it is needed. */
  allocateZeros(bytes: number): number {
    const { untouched } = this
    const address = this.allocate(bytes)
    const dirty = Math.min(bytes, untouched - address)
    if (dirty > 0) new Uint8Array(this.memory.buffer, address, dirty).fill(0)
    return address
  }

  release(address: number): void {
    const bytes = this.used.get(address)
    if (bytes === undefined) return
    this.used.delete(address)
    const all = [...this.free, { start: address, end: address + bytes }].sort((a, b) => a.start - b.start)
    const joined: Region[] = []
    for (const region of all) {
      const last = joined.at(-1)
      if (last && last.end === region.start) joined[joined.length - 1] = { start: last.start, end: region.end }
      else joined.push(region)
    }
    const last = joined.at(-1)
    if (last && last.end === this.top) {
      this.top = last.start
      joined.pop()
    }
    this.free = joined
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length)
  }

  ints(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length)
  }

  private ensure(end: number): void {
    const have = this.memory.buffer.byteLength
    if (end <= have) return
    if (end > this.limit) throw new OutOfMemory(end, this.limit)
    const wanted = Math.min(Math.max(end, have + growBytes), this.limit)
    try {
      this.memory.grow(Math.ceil((wanted - have) / pageBytes))
    } catch (reason) {
      if (reason instanceof RangeError) throw new OutOfMemory(end, have)
      throw reason
    }
  }
}

function makeMemory(shared: boolean): { memory: WebAssembly.Memory; maximum: number } {
  let refused: unknown
  for (const maximum of maximumPages) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 16, maximum, shared }), maximum }
    } catch (reason) {
      if (!(reason instanceof RangeError)) throw reason
      refused = reason
    }
  }
  throw refused
}
