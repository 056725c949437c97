/** @file Parameters and optimiser state in linear memory, by name; zero at the start. */
import { InternalError } from '../../core/diagnostics'
import { bytesOf, type Shape, sizeOf, type TensorData } from '../../core/tensor'
import type { StateSpec, StateStore } from '../backend'
import type { DeviceMemory } from './memory'

export class WasmState implements StateStore {
  private readonly slots = new Map<string, { readonly shape: Shape; readonly address: number }>()

  constructor(
    readonly specs: readonly StateSpec[],
    private readonly device: DeviceMemory,
  ) {
    try {
      for (const { name, shape } of specs) {
        const address = device.allocate(bytesOf(shape))
        this.slots.set(name, { shape, address })
        device.floats(address, sizeOf(shape)).fill(0)
      }
    } catch (reason) {
      this.dispose()
      throw reason
    }
  }

  get bytes(): number {
    return this.specs.reduce((sum, { shape }) => sum + bytesOf(shape), 0)
  }

  slot(name: string): { readonly shape: Shape; readonly address: number } {
    const slot = this.slots.get(name)
    if (!slot) throw new InternalError('wasm', `there is no state “${name}”`)
    return slot
  }

  async write(name: string, data: TensorData): Promise<void> {
    const { shape, address } = this.slot(name)
    if (data.length !== sizeOf(shape)) throw new InternalError('wasm', `state “${name}” has ${sizeOf(shape)} elements, not ${data.length}`)
    this.device.floats(address, data.length).set(data)
  }

  async read(names: readonly string[]): Promise<Record<string, Float32Array>> {
    return Object.fromEntries(
      names.map((name) => {
        const { shape, address } = this.slot(name)
        return [name, this.device.floats(address, sizeOf(shape)).slice()]
      }),
    )
  }

  dispose(): void {
    for (const { address } of this.slots.values()) this.device.release(address)
    this.slots.clear()
  }
}
