/**
 * @file Runs the dispatches of one kernel on a WebGPU device in Node: Dawn, on whatever Vulkan driver there is, else on the software driver
 * that Debian's Chromium brings. Buffers are filled with NaN first, so that what a kernel leaves out is seen.
 */
import { existsSync } from 'node:fs'
import { create, globals } from 'webgpu'
import type { Dispatch, GpuContext, GpuTile, Storage } from '../../engine/codegen/wgsl/emitter'

const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (process.env.VK_ICD_FILENAMES === undefined && existsSync(softwareDriver)) process.env.VK_ICD_FILENAMES = softwareDriver
for (const [name, value] of Object.entries(globals)) if (!(name in globalThis)) Object.assign(globalThis, { [name]: value })

/** Kept alive: the binding ends the process's devices when it is collected. */
const gpu = create([])
const features: readonly GPUFeatureName[] = ['subgroups', 'shader-f16']

export interface GpuBench {
  readonly device: GPUDevice
  readonly description: string
  readonly subgroups: boolean
  readonly f16: boolean
}

let opened: Promise<GpuBench | undefined> | undefined

/** Undefined where there is no adapter. */
export function gpuBench(): Promise<GpuBench | undefined> {
  opened ??= openBench()
  return opened
}

async function openBench(): Promise<GpuBench | undefined> {
  const adapter = await gpu.requestAdapter()
  if (!adapter) return undefined
  const device = await adapter.requestDevice({ requiredFeatures: features.filter((feature) => adapter.features.has(feature)) })
  return {
    device,
    description: adapter.info.description,
    subgroups: device.features.has('subgroups'),
    f16: device.features.has('shader-f16'),
  }
}

export function gpuContext(
  bench: GpuBench,
  tiles: readonly GpuTile[],
  elements: Readonly<Record<number, 'f32' | 'i32' | 'f16'>> = {},
): GpuContext {
  const { limits } = bench.device
  return {
    limits: {
      storageBuffers: limits.maxStorageBuffersPerShaderStage,
      workgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      workgroupThreads: limits.maxComputeInvocationsPerWorkgroup,
      workgroupBytes: limits.maxComputeWorkgroupStorageSize,
    },
    subgroups: bench.subgroups,
    tiles,
    elementOf: (buffer) => elements[buffer] ?? 'f32',
  }
}

type Words = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>

const pipelines = new Map<string, Promise<GPUComputePipeline>>()

function pipelineOf({ device }: GpuBench, code: string): Promise<GPUComputePipeline> {
  const known = pipelines.get(code)
  if (known) return known
  const module = device.createShaderModule({ code })
  const made = device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'main' } }).catch(async (problem) => {
    const { messages } = await module.getCompilationInfo()
    throw new Error(messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}`).join('\n'), { cause: problem })
  })
  pipelines.set(code, made)
  return made
}

/**
 * Runs the dispatches once. `given`: what each buffer holds before, by its id, with its size; results are read back from `wanted`, as bytes.
 * Throws what the device objects to.
 */
export async function runDispatches(
  bench: GpuBench,
  dispatches: readonly Dispatch[],
  given: readonly Words[],
  wanted: readonly number[],
): Promise<ArrayBuffer[]> {
  const { device } = bench
  device.pushErrorScope('validation')
  const buffers = new Map<string, GPUBuffer>()
  const { STORAGE, COPY_DST, COPY_SRC, UNIFORM, MAP_READ } = GPUBufferUsage
  const filled = (words: Words, usage: number): GPUBuffer => {
    const buffer = device.createBuffer({ size: Math.ceil(words.byteLength / 4) * 4, usage: usage | COPY_DST | COPY_SRC })
    const bytes = new Uint8Array(buffer.size)
    bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength))
    device.queue.writeBuffer(buffer, 0, bytes)
    return buffer
  }
  for (const [id, words] of given.entries()) buffers.set(`buffer ${id}`, filled(words, STORAGE))
  const bufferOf = (storage: Storage): GPUBuffer => {
    const key = 'buffer' in storage ? `buffer ${storage.buffer}` : `workspace ${storage.workspace} ${storage.bytes}`
    const known = buffers.get(key)
    if (known) return known
    if ('buffer' in storage) throw new Error(`no ${key} was given`)
    const made = filled(new Float32Array(storage.bytes / 4).fill(Number.NaN), STORAGE)
    buffers.set(key, made)
    return made
  }
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  for (const { code, storages, sizes, workgroups } of dispatches) {
    const pipeline = await pipelineOf(bench, code)
    const bound = storages.map(bufferOf)
    if (sizes.length > 0) {
      const padded = new Int32Array(Math.ceil(sizes.length / 4) * 4)
      padded.set(sizes)
      bound.push(filled(padded, UNIFORM))
    }
    pass.setPipeline(pipeline)
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: bound.map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    )
    pass.dispatchWorkgroups(...workgroups)
  }
  pass.end()
  const readable = wanted.map((id) => {
    const from = bufferOf({ buffer: id })
    const to = device.createBuffer({ size: from.size, usage: COPY_DST | MAP_READ })
    encoder.copyBufferToBuffer(from, 0, to, 0, from.size)
    return to
  })
  device.queue.submit([encoder.finish()])
  const problem = await device.popErrorScope()
  if (problem) throw new Error(problem.message)
  return Promise.all(
    readable.map(async (buffer) => {
      await buffer.mapAsync(GPUMapMode.READ)
      return buffer.getMappedRange().slice(0)
    }),
  )
}

/** A small tile for each kind of text, for tests of what is computed. */
export const smallTiles: Readonly<Record<string, readonly GpuTile[]>> = {
  quads: [{ rows: 8, columns: 16, depth: 0, threadRows: 8, threadColumns: 4 }],
  'workgroup memory': [{ rows: 16, columns: 16, depth: 8, threadRows: 4, threadColumns: 4 }],
}
