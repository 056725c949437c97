/**
 * @file A program compiled for the GPU. In: input arrays. Out: outputs, when asked. A run writes the inputs and submits one command buffer with
 * every dispatch in one pass; all else was made when it was compiled. Nothing waits for the device but a reader.
 */
import { InternalError } from '../../core/diagnostics'
import { bytesOf, sizeOf, type TensorData } from '../../core/tensor'
import type { Program } from '../../ir/program'
import type { Buffer } from '../../optimize/kernel'
import type { Executable, KernelTime, MemoryUse } from '../backend'
import { encode, type Loaded } from './commands'
import type { GpuDevice } from './device'
import { type Place, upload } from './memory'
import { measure } from './profile'
import type { Range, Readback } from './readback'

export class WebgpuExecutable implements Executable {
  private readonly feeds: readonly { readonly name: string; readonly length: number; readonly place: Place }[]
  private readonly outputs: ReadonlyMap<string, Range & Pick<Buffer, 'dtype'>>
  /** Where the device can tell the time. */
  readonly profile?: (inputs: Readonly<Record<string, TensorData>>) => Promise<readonly KernelTime[]>
  private disposed = false

  constructor(
    readonly program: Program,
    private readonly loaded: Loaded,
    private readonly device: GpuDevice,
    private readonly readback: Readback,
  ) {
    const { kernels } = loaded
    this.feeds = kernels.buffers.flatMap(({ role, name, shape }, id) =>
      role === 'data' && name !== undefined ? [{ name, length: sizeOf(shape), place: loaded.place(id) }] : [],
    )
    this.outputs = new Map(
      kernels.outputs.map(({ name, buffer: id }) => {
        const { shape, dtype } = kernels.buffers[id] as Buffer
        const { buffer, offset } = loaded.place(id)
        return [name, { buffer, offset, bytes: bytesOf(shape), dtype }]
      }),
    )
    if (device.timestamps)
      this.profile = (inputs) => {
        this.feed(inputs)
        return measure(device, readback, loaded)
      }
  }

  get memory(): MemoryUse {
    return this.loaded.memory
  }

  run(inputs: Readonly<Record<string, TensorData>>): void {
    this.feed(inputs)
    const encoder = this.device.gpu.createCommandEncoder()
    const pass = encoder.beginComputePass()
    for (const command of this.loaded.commands) encode(pass, command)
    pass.end()
    this.device.gpu.queue.submit([encoder.finish()])
  }

  async read(names: readonly string[]): Promise<Record<string, TensorData>> {
    this.expectAlive()
    const ranges = names.map((name) => {
      const range = this.outputs.get(name)
      if (!range) throw new InternalError('webgpu', `there is no output “${name}”`)
      return range
    })
    const data = await this.readback.read(ranges)
    return Object.fromEntries(
      ranges.map(({ dtype }, i) => {
        const bytes = data[i] as ArrayBuffer
        return [names[i] as string, dtype === 'i32' ? new Int32Array(bytes) : new Float32Array(bytes)]
      }),
    )
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.loaded.release()
  }

  private expectAlive(): void {
    if (this.disposed) throw new InternalError('webgpu', 'the executable was disposed of')
    this.device.check()
  }

  private feed(inputs: Readonly<Record<string, TensorData>>): void {
    this.expectAlive()
    for (const { name, length, place } of this.feeds) {
      const given = inputs[name]
      if (!given) throw new InternalError('webgpu', `input “${name}” is missing`)
      if (given.length !== length) throw new InternalError('webgpu', `input “${name}” has ${given.length} elements, not ${length}`)
      upload(this.device, place, given)
    }
  }
}
