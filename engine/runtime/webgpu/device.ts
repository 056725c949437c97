/**
 * @file One GPU device and its health. In: an adapter. Out: a device; and once it is lost or has refused a command, one diagnosis that
 * everything waiting or yet to come ends with, so that nothing hangs.
 *
 * A device that failed stays failed: what it holds can no longer be trusted. The backend is opened anew instead.
 */
import type { GpuLimits } from '../../codegen/wgsl/emitter'
import { type DiagnosedError, InternalError } from '../../core/diagnostics'
import { type AdapterFacts, deviceRequestFor, kernelLimitsOf } from './adapter'
import { failureOf, lossOf } from './failures'

export class GpuDevice {
  readonly limits: GpuLimits
  readonly subgroups: boolean
  /** Kernels may read and write halves. */
  readonly halves: boolean
  readonly timestamps: boolean
  /** Largest buffer, and largest part of one that a kernel may be given; multiples of the alignment. */
  readonly bufferBytes: number
  readonly bindingBytes: number
  private error: DiagnosedError | undefined
  private disposed = false
  private readonly waiting = new Set<(error: Error) => void>()

  private constructor(
    readonly gpu: GPUDevice,
    /** Computes on the CPU. */
    readonly software: boolean,
    /** What the adapter says of itself. */
    readonly identity: readonly string[],
  ) {
    this.limits = kernelLimitsOf(gpu)
    this.subgroups = gpu.features.has('subgroups')
    this.halves = gpu.features.has('shader-f16')
    this.timestamps = gpu.features.has('timestamp-query')
    const whole = (bytes: number) =>
      Math.floor(bytes / gpu.limits.minStorageBufferOffsetAlignment) * gpu.limits.minStorageBufferOffsetAlignment
    this.bufferBytes = whole(gpu.limits.maxBufferSize)
    this.bindingBytes = Math.min(this.bufferBytes, whole(gpu.limits.maxStorageBufferBindingSize))
    gpu.addEventListener('uncapturederror', (event) => {
      event.preventDefault()
      this.fail(failureOf(event.error))
    })
    void gpu.lost.then(({ message }) => {
      if (!this.disposed) this.fail(lossOf(message))
    })
  }

  static async open(adapter: GPUAdapter, { software, identity }: AdapterFacts): Promise<GpuDevice> {
    return new GpuDevice(await adapter.requestDevice(deviceRequestFor(adapter)), software, identity)
  }

  get failure(): DiagnosedError | undefined {
    return this.error
  }

  /** Throws what has befallen the device. */
  check(): void {
    if (this.error) throw this.error
    if (this.disposed) throw new InternalError('webgpu', 'the backend was disposed of')
  }

  /** The promise, or the device's failure if that comes first. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = <V>(then: (value: V) => void) => {
        return (value: V) => {
          this.waiting.delete(reject)
          then(value)
        }
      }
      try {
        this.check()
      } catch (error) {
        // Whatever the promise has to say, the device's failure is the reason.
        promise.catch(() => undefined)
        reject(error)
        return
      }
      this.waiting.add(reject)
      promise.then(settle(resolve), settle(reject))
    })
  }

  /** What `work` does on the device; undefined, or the error of the given kind that it made. */
  async scoped<T>(filter: GPUErrorFilter, work: () => T): Promise<{ readonly value: T; readonly error: GPUError | null }> {
    this.gpu.pushErrorScope(filter)
    let value: T
    try {
      value = work()
    } catch (error) {
      await this.gpu.popErrorScope()
      throw error
    }
    return { value, error: await this.guard(this.gpu.popErrorScope()) }
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.gpu.destroy()
    this.refuse(new InternalError('webgpu', 'the backend was disposed of'))
  }

  private fail(error: DiagnosedError): void {
    this.error ??= error
    this.refuse(this.error)
  }

  private refuse(error: Error): void {
    const waiting = [...this.waiting]
    this.waiting.clear()
    for (const reject of waiting) reject(error)
  }
}
