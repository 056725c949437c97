/**
 * @file Compute pipelines of one device. In: WGSL and how many buffers it binds. Out: a pipeline; equal texts are compiled once, also while
 * the first is still on its way, and only a few at a time, since each takes a core.
 */
import type { Dispatch } from '../../codegen/wgsl/emitter'
import { InternalError } from '../../core/diagnostics'
import type { GpuDevice } from './device'
import { computeStage } from './flags'

const atOnce = 4

export interface PipelineSource {
  readonly code: string
  /** Storage buffers, bound in order; a uniform buffer follows where there are sizes. */
  readonly storages: number
  readonly hasSizes: boolean
}

export const sourceOf = ({ code, storages, sizes }: Dispatch): PipelineSource => ({
  code,
  storages: storages.length,
  hasSizes: sizes.length > 0,
})

/** The device does not take the text. The caller knows whose kernel it is. */
export class ShaderError extends Error {}

export class Pipelines {
  private readonly known = new Map<string, Promise<GPUComputePipeline>>()
  private readonly layouts = new Map<string, GPUBindGroupLayout>()
  private readonly queue: (() => void)[] = []
  private running = 0

  constructor(private readonly device: GpuDevice) {}

  get count(): number {
    return this.known.size
  }

  pipeline(source: PipelineSource): Promise<GPUComputePipeline> {
    const key = `${keyOf(source)}\n${source.code}`
    const known = this.known.get(key)
    if (known) return known
    const compiling = this.inTurn(() => this.compile(source))
    this.known.set(key, compiling)
    compiling.catch(() => this.known.delete(key))
    return compiling
  }

  layout(source: PipelineSource): GPUBindGroupLayout {
    const key = keyOf(source)
    const known = this.layouts.get(key)
    if (known) return known
    const { storages, hasSizes } = source
    const types: GPUBufferBindingType[] = [...new Array<'storage'>(storages).fill('storage'), ...(hasSizes ? ['uniform' as const] : [])]
    const layout = this.device.gpu.createBindGroupLayout({
      entries: types.map((type, binding) => ({ binding, visibility: computeStage, buffer: { type } })),
    })
    this.layouts.set(key, layout)
    return layout
  }

  private async compile(source: PipelineSource): Promise<GPUComputePipeline> {
    this.device.check()
    const { gpu } = this.device
    const layout = gpu.createPipelineLayout({ bindGroupLayouts: [this.layout(source)] })
    const { value: module, error } = await this.device.scoped('validation', () => gpu.createShaderModule({ code: source.code }))
    if (error) throw new ShaderError(await this.complaints(module, error.message))
    try {
      return await this.device.guard(gpu.createComputePipelineAsync({ layout, compute: { module, entryPoint: 'main' } }))
    } catch (reason) {
      this.device.check()
      throw new ShaderError(await this.complaints(module, reason instanceof Error ? reason.message : String(reason)))
    }
  }

  /** What the compiler says, by line; otherwise what the device said. */
  private async complaints(module: GPUShaderModule, message: string): Promise<string> {
    const { messages } = await this.device.guard(module.getCompilationInfo())
    const errors = messages.filter(({ type }) => type === 'error')
    return errors.length > 0 ? errors.map(({ lineNum, linePos, message: text }) => `${lineNum}:${linePos} ${text}`).join('; ') : message
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= atOnce) await new Promise<void>((resolve) => this.queue.push(resolve))
    else this.running++
    try {
      return await work()
    } finally {
      const next = this.queue.shift()
      if (next) next()
      else this.running--
    }
  }
}

function keyOf({ storages, hasSizes }: PipelineSource): string {
  if (storages < 1) throw new InternalError('webgpu', 'a kernel without buffers')
  return `${storages}${hasSizes ? ' + sizes' : ''}`
}
