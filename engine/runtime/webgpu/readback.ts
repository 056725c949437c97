/**
 * @file From the device back to the host without holding anything up. In: places. Out: their bytes as they are when everything submitted before
 * has run; what is submitted later cannot change them. Staging buffers are used again; several readings may be on their way.
 */
import type { GpuDevice } from './device'
import { bufferUsage, mapRead } from './flags'

export interface Range {
  readonly buffer: GPUBuffer
  readonly offset: number
  /** A multiple of four. */
  readonly bytes: number
}

/** Larger staging buffers are rare (weights, checkpoints) and not kept. */
const keptBytes = 4 * 2 ** 20
const keptOfASize = 8
const smallest = 256

export class Readback {
  private readonly free = new Map<number, GPUBuffer[]>()

  constructor(private readonly device: GpuDevice) {}

  async read(ranges: readonly Range[]): Promise<ArrayBuffer[]> {
    this.device.check()
    const loads = this.copy(ranges)
    const results = new Array<ArrayBuffer>(ranges.length)
    await Promise.all(
      loads.map(async ({ staging, bytes, parts }) => {
        await this.device.guard(staging.mapAsync(mapRead, 0, bytes))
        const mapped = staging.getMappedRange(0, bytes)
        for (const { index, at, bytes: length } of parts) results[index] = mapped.slice(at, at + length)
        staging.unmap()
        this.keep(staging)
      }),
    )
    return results
  }

  /** Submits all copies at once, in as few staging buffers as the device's limit allows. */
  private copy(ranges: readonly Range[]) {
    const loads: { bytes: number; readonly parts: { readonly index: number; readonly at: number; readonly bytes: number }[] }[] = []
    for (const [index, { bytes }] of ranges.entries()) {
      let load = loads.at(-1)
      if (!load || load.bytes + bytes > this.device.bufferBytes) {
        load = { bytes: 0, parts: [] }
        loads.push(load)
      }
      load.parts.push({ index, at: load.bytes, bytes })
      load.bytes += bytes
    }
    const encoder = this.device.gpu.createCommandEncoder()
    const filled = loads.map((load) => {
      const staging = this.take(load.bytes)
      for (const { index, at, bytes } of load.parts) {
        const { buffer, offset } = ranges[index] as Range
        encoder.copyBufferToBuffer(buffer, offset, staging, at, bytes)
      }
      return { ...load, staging }
    })
    this.device.gpu.queue.submit([encoder.finish()])
    return filled
  }

  private take(bytes: number): GPUBuffer {
    const wanted = bytes > keptBytes ? bytes : Math.max(smallest, 2 ** Math.ceil(Math.log2(bytes)))
    return (
      this.free.get(wanted)?.pop() ??
      this.device.gpu.createBuffer({ size: wanted, usage: bufferUsage.mapRead | bufferUsage.copyTarget, label: 'staging' })
    )
  }

  private keep(staging: GPUBuffer): void {
    const kept = this.free.get(staging.size) ?? []
    this.free.set(staging.size, kept)
    if (staging.size > keptBytes || kept.length >= keptOfASize) staging.destroy()
    else kept.push(staging)
  }
}
