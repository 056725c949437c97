/**
 * @file Parameters and optimiser state in linear memory, by name; zero at the start. The first program compiled against a slot settles how
 * it lies there (its logical order, or packed); whoever writes and reads sees the logical order always.
 */
import { InternalError } from '../../core/diagnostics'
import { bytesOf, type Shape, sizeOf, type TensorData } from '../../core/tensor'
import { type Packing, pack, packedShape, samePacking, unpack } from '../../ir/packing'
import type { StateSpec, StateStore } from '../backend'
import { type DeviceMemory, OutOfMemory } from './memory'
import { tooLarge } from './too-large'

interface Slot {
  /** Logical. */
  readonly shape: Shape
  /** Undefined until somebody uses the slot: only then is it known how much memory it takes. */
  readonly address?: number
  /** Undefined until a program uses the slot. */
  readonly layout?: Packing | 'logical'
  /** Whether it may hold anything but zeros. */
  readonly written: boolean
}

const storedShape = ({ shape, layout }: Pick<Slot, 'shape' | 'layout'>): Shape =>
  layout === undefined || layout === 'logical' ? shape : packedShape(layout)

export class WasmState implements StateStore {
  private readonly slots = new Map<string, Slot>()

  constructor(
    readonly specs: readonly StateSpec[],
    private readonly device: DeviceMemory,
  ) {
    const total = specs.reduce((sum, { shape }) => sum + bytesOf(shape), 0)
    if (total > device.limit) throw new OutOfMemory(total, device.limit)
    for (const { name, shape } of specs) this.slots.set(name, { shape, written: false })
  }

  layoutOf(name: string): Packing | 'logical' | undefined {
    return this.slot(name).layout
  }

  /** Address and shape of a slot as it lies from now on; a program that wants another layout than its first one did is a defect. */
  settle(name: string, packing: Packing | undefined): { readonly address: number; readonly shape: Shape } {
    const slot = this.slot(name)
    const wanted = packing ?? 'logical'
    if (slot.layout === undefined) {
      const settled = this.laidOut(slot, wanted)
      this.slots.set(name, settled)
      return { address: this.addressOf(settled), shape: storedShape(settled) }
    }
    const { layout } = slot
    if (layout !== wanted && (layout === 'logical' || wanted === 'logical' || !samePacking(layout, wanted)))
      throw new InternalError('wasm', `state “${name}” lies otherwise than the program says`)
    return { address: this.addressOf(slot), shape: storedShape(slot) }
  }

  async write(name: string, data: TensorData): Promise<void> {
    const slot = this.present(name)
    const { shape } = slot
    if (data.length !== sizeOf(shape)) throw new InternalError('wasm', `state “${name}” has ${sizeOf(shape)} elements, not ${data.length}`)
    this.fill(slot, data instanceof Float32Array ? data : Float32Array.from(data))
    this.slots.set(name, { ...slot, written: true })
  }

  async read(names: readonly string[]): Promise<Record<string, Float32Array>> {
    return Object.fromEntries(names.map((name) => [name, this.logical(this.present(name))]))
  }

  dispose(): void {
    for (const { address } of this.slots.values()) if (address !== undefined) this.device.release(address)
    this.slots.clear()
  }

  private slot(name: string): Slot {
    const slot = this.slots.get(name)
    if (!slot) throw new InternalError('wasm', `there is no state “${name}”`)
    return slot
  }

  /** A slot that has memory. */
  private present(name: string): Slot {
    const slot = this.slot(name)
    if (slot.address !== undefined) return slot
    try {
      const placed = { ...slot, address: this.device.allocateZeros(bytesOf(slot.shape)) }
      this.slots.set(name, placed)
      return placed
    } catch (reason) {
      throw reason instanceof OutOfMemory ? tooLarge(reason, name) : reason
    }
  }

  private addressOf({ address }: Slot): number {
    if (address === undefined) throw new InternalError('wasm', 'a settled state has no memory')
    return address
  }

  /** The slot in another layout, with what it holds. */
  private laidOut(slot: Slot, layout: Packing | 'logical'): Slot {
    // What a program uses, it may also change.
    if (layout === 'logical')
      return { ...slot, layout, address: slot.address ?? this.device.allocateZeros(bytesOf(slot.shape)), written: true }
    const data = slot.written ? this.logical(slot) : undefined
    if (slot.address !== undefined) this.device.release(slot.address)
    const moved: Slot = { ...slot, layout, address: this.device.allocateZeros(bytesOf(packedShape(layout))), written: true }
    if (data) this.fill(moved, data)
    return moved
  }

  private fill(slot: Slot, data: Float32Array): void {
    const { shape, layout } = slot
    const address = this.addressOf(slot)
    if (layout === undefined || layout === 'logical') {
      this.device.floats(address, sizeOf(shape)).set(data)
      return
    }
    const stored = this.device.floats(address, sizeOf(packedShape(layout)))
    // The padding too, should it ever have held anything else.
    if (stored.length > data.length) stored.fill(0)
    pack(layout, data, stored)
  }

  private logical(slot: Slot): Float32Array {
    const { shape, layout } = slot
    const stored = this.device.floats(this.addressOf(slot), sizeOf(storedShape(slot)))
    if (layout === undefined || layout === 'logical') return stored.slice()
    const data = new Float32Array(sizeOf(shape))
    unpack(layout, stored, data)
    return data
  }
}
