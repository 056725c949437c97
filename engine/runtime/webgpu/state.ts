/** @file Parameters and optimiser state on the device, by name; zero at the start. */
import { InternalError } from '../../core/diagnostics'
import { bytesOf, type Shape, sizeOf, type TensorData } from '../../core/tensor'
import type { StateSpec, StateStore } from '../backend'
import type { GpuDevice } from './device'
import { Arena, expectBindable, layOut, type Place, upload } from './memory'
import type { Readback } from './readback'

export class WebgpuState implements StateStore {
  readonly bytes: number
  private readonly slots = new Map<string, { readonly shape: Shape; readonly place: Place }>()
  private readonly arena: Arena
  private readonly largest: string

  constructor(
    readonly specs: readonly StateSpec[],
    private readonly device: GpuDevice,
    private readonly readback: Readback,
  ) {
    for (const { name, shape } of specs) expectBindable(device, bytesOf(shape), name, nodeOf(name))
    const { offsets, bytes } = layOut(
      specs.map(({ shape }) => bytesOf(shape)),
      device.bufferBytes,
    )
    this.arena = new Arena(device, bytes)
    for (const [i, { name, shape }] of specs.entries())
      this.slots.set(name, { shape, place: this.arena.place(offsets[i] as number, bytesOf(shape)) })
    this.bytes = bytes
    this.largest = [...specs].sort((a, b) => bytesOf(b.shape) - bytesOf(a.shape))[0]?.name ?? ''
  }

  /** Rejects when the device had no room. */
  ready(): Promise<void> {
    return this.arena.ready(nodeOf(this.largest))
  }

  slot(name: string): { readonly shape: Shape; readonly place: Place } {
    const slot = this.slots.get(name)
    if (!slot) throw new InternalError('webgpu', `there is no state “${name}”`)
    return slot
  }

  async write(name: string, data: TensorData): Promise<void> {
    const { shape, place } = this.slot(name)
    if (data.length !== sizeOf(shape))
      throw new InternalError('webgpu', `state “${name}” has ${sizeOf(shape)} elements, not ${data.length}`)
    this.device.check()
    upload(this.device, place, data)
    await this.ready()
  }

  async read(names: readonly string[]): Promise<Record<string, Float32Array>> {
    const ranges = names.map((name) => {
      const { shape, place } = this.slot(name)
      return { buffer: place.buffer, offset: place.offset, bytes: bytesOf(shape) }
    })
    if (ranges.length === 0) return {}
    const data = await this.readback.read(ranges)
    return Object.fromEntries(names.map((name, i) => [name, new Float32Array(data[i] as ArrayBuffer)]))
  }

  dispose(): void {
    this.arena.dispose()
    this.slots.clear()
  }
}

/** `inception3a/conv1.kernel` belongs to the node `inception3a/conv1`. */
const nodeOf = (name: string): string | undefined => name.slice(0, Math.max(0, name.lastIndexOf('.'))) || undefined
