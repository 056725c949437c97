/**
 * @file Memory of one device. In: sizes. Out: places: ranges of large GPU buffers. What lives long (state, what a program takes in and gives
 * out) has memory of its own; what lives only during a run is shared by all programs, since the device runs one after the other.
 */
import type { TensorData } from '../../core/tensor'
import type { GpuDevice } from './device'
import { notEnoughMemory, tensorTooLarge } from './failures'
import { bufferUsage } from './flags'

/** Where storage buffers may begin on every device. */
export const alignment = 256

/** A range of a GPU buffer, as it is bound. */
export interface Place {
  readonly buffer: GPUBuffer
  readonly offset: number
  readonly size: number
}

type Unshared = TensorData & ArrayBufferView<ArrayBuffer>

/** Writes numbers to the device; they may change as soon as it returns. */
export function upload({ gpu }: GpuDevice, { buffer, offset }: Place, data: TensorData): void {
  // Shared memory must not reach the binding for Node, which crashes on it.
  const unshared = data.buffer instanceof ArrayBuffer ? data : data.slice()
  gpu.queue.writeBuffer(buffer, offset, unshared as Unshared)
}

/** Whole quadruples, so that a kernel may read by four. */
export const boundBytes = (bytes: number): number => Math.ceil(Math.max(bytes, 1) / 16) * 16

const usage = bufferUsage.storage | bufferUsage.copySource | bufferUsage.copyTarget

/** Refuses a tensor that no binding can hold. */
export function expectBindable(device: GpuDevice, bytes: number, detail: string, nodeId?: string): void {
  if (boundBytes(bytes) > device.bindingBytes) throw tensorTooLarge(bytes, device.bindingBytes, detail, nodeId)
}

/** Offsets for things that all live at once, none across a multiple of `segment`; and where the last ends. */
export function layOut(sizes: readonly number[], segment: number): { readonly offsets: readonly number[]; readonly bytes: number } {
  let bytes = 0
  const offsets = sizes.map((size) => {
    const taken = Math.ceil(Math.max(size, 1) / alignment) * alignment
    if (Math.floor(bytes / segment) !== Math.floor((bytes + taken - 1) / segment)) bytes = Math.ceil(bytes / segment) * segment
    const offset = bytes
    bytes += taken
    return offset
  })
  return { offsets, bytes }
}

/** One range of addresses, in as many GPU buffers as the device's limit makes necessary. Zero at the start. */
export class Arena {
  private readonly buffers: readonly GPUBuffer[]
  private readonly problem: Promise<GPUError | null>

  constructor(
    private readonly device: GpuDevice,
    readonly bytes: number,
  ) {
    const segment = device.bufferBytes
    const sizes = Array.from({ length: Math.ceil(bytes / segment) }, (_, i) => Math.min(segment, bytes - i * segment))
    device.gpu.pushErrorScope('out-of-memory')
    this.buffers = sizes.map((size) => device.gpu.createBuffer({ size: Math.ceil(size / alignment) * alignment, usage }))
    this.problem = device.gpu.popErrorScope()
    // Whoever uses the arena asks `ready`.
    this.problem.catch(() => undefined)
  }

  /** Rejects when the device has not so much memory; `nodeId` names whose tensor is the largest. */
  async ready(nodeId?: string): Promise<void> {
    const problem = await this.device.guard(this.problem)
    if (problem) throw notEnoughMemory(this.bytes, nodeId)
  }

  place(offset: number, bytes: number): Place {
    const segment = this.device.bufferBytes
    const buffer = this.buffers[Math.floor(offset / segment)] as GPUBuffer
    return { buffer, offset: offset % segment, size: boundBytes(bytes) }
  }

  dispose(): void {
    for (const buffer of this.buffers) buffer.destroy()
  }
}

export interface SharedArena {
  readonly arena: Arena
  release(): void
}

/** Arenas that programs share: each takes one that is large enough, and the last to leave it gives it back. */
export class ScratchArenas {
  private readonly shared: { readonly arena: Arena; users: number }[] = []

  constructor(private readonly device: GpuDevice) {}

  take(bytes: number): SharedArena {
    const found = this.shared.find(({ arena }) => arena.bytes >= bytes)
    const entry = found ?? { arena: new Arena(this.device, bytes), users: 0 }
    if (!found) this.shared.push(entry)
    entry.users++
    let held = true
    return {
      arena: entry.arena,
      release: () => {
        if (!held) return
        held = false
        if (--entry.users > 0) return
        entry.arena.dispose()
        this.shared.splice(this.shared.indexOf(entry), 1)
      },
    }
  }
}
