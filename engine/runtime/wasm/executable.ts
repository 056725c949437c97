/**
 * @file A program compiled for the CPU's threads. In: input arrays. Out: outputs, when asked. A run copies the inputs and makes one
 * call per thread; it allocates nothing.
 */
import { InternalError } from '../../core/diagnostics'
import { sizeOf, type TensorData } from '../../core/tensor'
import type { Program } from '../../ir/program'
import type { Buffer, KernelProgram } from '../../optimize/kernel'
import type { Executable, KernelTime, MemoryUse } from '../backend'
import type { DeviceMemory } from './memory'
import type { ThreadPool } from './pool'

export interface Loaded {
  /** The number by which the pool runs it. */
  readonly id: number
  /** Groups of kernels that run at the same time, one after another. */
  readonly groups: readonly { readonly label: string; readonly origins: readonly string[] }[]
  readonly kernels: KernelProgram
  address(buffer: number): number
  readonly memory: MemoryUse
  /** Gives back everything it holds. */
  release(): void
}

export class WasmExecutable implements Executable {
  private readonly feeds: readonly { readonly name: string; readonly buffer: Buffer; readonly address: number }[]
  private views: { readonly buffer: ArrayBufferLike; readonly arrays: readonly TensorData[] } | undefined
  private disposed = false

  constructor(
    readonly program: Program,
    private readonly loaded: Loaded,
    private readonly device: DeviceMemory,
    private readonly pool: ThreadPool,
  ) {
    this.feeds = loaded.kernels.buffers.flatMap((buffer, id) =>
      buffer.role === 'data' && buffer.name !== undefined ? [{ name: buffer.name, buffer, address: loaded.address(id) }] : [],
    )
  }

  get memory(): MemoryUse {
    return this.loaded.memory
  }

  run(inputs: Readonly<Record<string, TensorData>>): void {
    this.feed(inputs)
    this.pool.run(this.loaded.id, 0, this.loaded.groups.length)
  }

  /** One run, group by group: kernels that run at the same time are measured together. */
  async profile(inputs: Readonly<Record<string, TensorData>>): Promise<readonly KernelTime[]> {
    this.feed(inputs)
    return this.loaded.groups.map(({ label, origins }, group) => {
      const start = performance.now()
      this.pool.run(this.loaded.id, group, group + 1)
      return { label, origins, milliseconds: performance.now() - start }
    })
  }

  async read(outputs: readonly string[]): Promise<Record<string, TensorData>> {
    this.expectAlive()
    return Object.fromEntries(
      outputs.map((name) => {
        const output = this.loaded.kernels.outputs.find((known) => known.name === name)
        if (!output) throw new InternalError('wasm', `there is no output “${name}”`)
        const { shape, dtype } = this.loaded.kernels.buffers[output.buffer] as Buffer
        const view = this.device[dtype === 'f32' ? 'floats' : 'ints'](this.loaded.address(output.buffer), sizeOf(shape))
        return [name, view.slice()]
      }),
    )
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.loaded.release()
  }

  private expectAlive(): void {
    if (this.disposed) throw new InternalError('wasm', 'the executable was disposed of')
  }

  private feed(inputs: Readonly<Record<string, TensorData>>): void {
    this.expectAlive()
    const arrays = this.arrays()
    for (let i = 0; i < arrays.length; i++) {
      const { name } = this.feeds[i] as { name: string }
      const given = inputs[name]
      const array = arrays[i] as TensorData
      if (!given) throw new InternalError('wasm', `input “${name}” is missing`)
      if (given.length !== array.length)
        throw new InternalError('wasm', `input “${name}” has ${given.length} elements, not ${array.length}`)
      array.set(given)
    }
  }

  /** Views of the input buffers, made again after memory has grown. */
  private arrays(): readonly TensorData[] {
    const { buffer } = this.device.memory
    if (this.views?.buffer !== buffer) this.views = { buffer, arrays: this.viewsOfFeeds() }
    return this.views.arrays
  }

  /** Apart from `arrays`, which would make a scope for this closure at every call. */
  private viewsOfFeeds(): readonly TensorData[] {
    return this.feeds.map(({ buffer: { shape, dtype }, address }) =>
      this.device[dtype === 'f32' ? 'floats' : 'ints'](address, sizeOf(shape)),
    )
  }
}
