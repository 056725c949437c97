/**
 * @file Chooses the tiles of matrix kernels for a device: which are fast cannot be asked, only measured. In: a device, its limits, and where
 * choices are kept. Out: the
 * tiles worth using, large ones first; plain data, which hosts keep for the next start. A tile that computes a wrong answer, or
 * that the driver refuses, is left out. Which of them a product gets is decided by its size (codegen/wgsl/tile-choice.ts).
 */
import { z } from 'zod'
import type { Dispatch, GpuContext, GpuLimits, GpuTile, Storage } from '../../codegen/wgsl/emitter'
import { emitMatmul } from '../../codegen/wgsl/matmul'
import { fitsStaged, threadsOf, workgroupBytesOf } from '../../codegen/wgsl/tile-staged'
import { InternalError } from '../../core/diagnostics'
import { type ChoiceStore, fingerprintOf, keptChoice } from '../choices'
import { bufferUsage, mapRead } from './flags'

export interface TunedDevice {
  readonly gpu: GPUDevice
  /** What its adapter says of itself. */
  readonly identity: readonly string[]
  readonly limits: GpuLimits
  readonly subgroups: boolean
  /** Computes on the CPU, where a load or a barrier costs more than a multiplication, and compiling is slow. */
  readonly software: boolean
}

const staged = (rows: number, columns: number, threadRows: number): GpuTile => ({ rows, columns, depth: 16, threadRows, threadColumns: 4 })
const quad = (threadRows: number, threadColumns: number): GpuTile => ({
  rows: threadRows,
  columns: 4 * threadColumns,
  depth: 0,
  threadRows,
  threadColumns,
})

/** Shapes known to be good on real GPUs; the narrow ones are for results of few columns or rows. */
export const stagedTiles: readonly GpuTile[] = [
  staged(128, 64, 8),
  staged(64, 64, 8),
  staged(64, 64, 4),
  staged(32, 32, 4),
  staged(64, 16, 4),
  staged(16, 64, 4),
]
/** Few, because each is a pipeline more for every kind of product. */
const quadTiles: readonly GpuTile[] = [quad(8, 4), quad(16, 2)]

interface Extents {
  readonly m: number
  readonly k: number
  readonly n: number
}
/** Enough workgroups for a large GPU, about a millisecond of a small one. */
const largeProduct: Extents = { m: 1024, k: 256, n: 1024 }
const smallProduct: Extents = { m: 40, k: 64, n: 40 }
/** Tiles take turns, so that all suffer alike from whatever else the machine does; the best turn counts. */
const rounds = 4
/** A large tile stays unless it is clearly slower than a smaller one. */
const tolerance = 1.1

/** Those that were kept, if the device has room for them; measured otherwise. */
export async function chooseTiles(device: TunedDevice, store?: ChoiceStore): Promise<readonly GpuTile[]> {
  const { identity, limits, subgroups, software } = device
  const candidates = [...stagedTiles, ...quadTiles].filter((tile) => fits(tile, limits))
  const codes = candidates.flatMap((tile) => trialOf(device, tile, smallProduct).map(({ code }) => code))
  return keptChoice(store, {
    about: ['GPU tiles', ...identity, ...Object.values(limits), subgroups, software, fingerprintOf(codes)],
    accept: (kept) => acceptedTiles(kept, candidates),
    measure: () => measureTiles(device),
  })
}

function acceptedTiles(kept: unknown, candidates: readonly GpuTile[]): readonly GpuTile[] | undefined {
  const list = tilesSchema.safeParse(kept)
  if (!list.success) return undefined
  const tiles = list.data.flatMap((one) => candidates.find((tile) => JSON.stringify(tile) === JSON.stringify(one)) ?? [])
  return tiles.length === list.data.length ? tiles : undefined
}

const tilesSchema = z
  .array(z.object({ rows: z.number(), columns: z.number(), depth: z.number(), threadRows: z.number(), threadColumns: z.number() }))
  .nonempty()

async function measureTiles(device: TunedDevice): Promise<readonly GpuTile[]> {
  // On a CPU one quad tile vouches for the others: they differ in extents alone, and compiling each would take too long.
  const [quads] = device.software ? await rightTiles(device, quadTiles.slice(0, 1), smallProduct) : []
  const found = quads ? quadTiles : await rightTiles(device, stagedTiles, device.software ? smallProduct : largeProduct)
  if (found.length === 0) throw new InternalError('autotune', 'this GPU computes no matrix kernel right')
  return found
}

/** Those that fit the device, compute right and are not slower than a smaller one. `candidates`: large ones first. */
export async function rightTiles(device: TunedDevice, candidates: readonly GpuTile[], product: Extents): Promise<readonly GpuTile[]> {
  const trials = await Promise.all(
    candidates.filter((tile) => fits(tile, device.limits)).map((tile) => prepareTrial(device, tile, product)),
  )
  const right: { readonly trial: Trial; time: number }[] = []
  for (const trial of trials) if (trial && (await trial.isRight())) right.push({ trial, time: Number.POSITIVE_INFINITY })
  for (let round = 0; round < (right.length > 1 ? rounds : 0); round++)
    for (const entry of right) entry.time = Math.min(entry.time, await entry.trial.time())
  for (const trial of trials) trial?.dispose()
  return right.filter(({ time }, i) => right.slice(i + 1).every((later) => time <= tolerance * later.time)).map(({ trial }) => trial.tile)
}

const fits = (tile: GpuTile, limits: GpuLimits): boolean =>
  tile.depth === 0 || (fitsStaged(tile) && threadsOf(tile) <= limits.workgroupThreads && workgroupBytesOf(tile) <= limits.workgroupBytes)

interface Trial {
  readonly tile: GpuTile
  isRight(): Promise<boolean>
  /** Milliseconds of one run. */
  time(): Promise<number>
  dispose(): void
}

/** Small integers: every sum is exact, so any right tile gives the same numbers. */
const leftOf = (i: number): number => ((i * 7) % 11) - 5
const rightOf = (i: number): number => ((i * 5) % 13) - 6

function trialOf(
  { limits, subgroups }: Pick<TunedDevice, 'limits' | 'subgroups'>,
  tile: GpuTile,
  { m, k, n }: Extents,
): readonly Dispatch[] {
  const context: GpuContext = { limits, subgroups, tiles: [tile], elementOf: () => 'f32' }
  return emitMatmul({ kind: 'matmul', a: 0, b: 1, out: 2, batch: 1, m, k, n, transposeA: false, transposeB: false }, context)
}

/** Undefined if the driver refuses the tile. */
async function prepareTrial(device: TunedDevice, tile: GpuTile, product: Extents): Promise<Trial | undefined> {
  const { gpu } = device
  const { m, k, n } = product
  const dispatches = trialOf(device, tile, product)
  const pipelines: GPUComputePipeline[] = []
  try {
    for (const { code } of dispatches)
      pipelines.push(
        await gpu.createComputePipelineAsync({ layout: 'auto', compute: { module: gpu.createShaderModule({ code }), entryPoint: 'main' } }),
      )
  } catch (problem) {
    if (problem instanceof Error && problem.name === 'GPUPipelineError') return undefined
    throw problem
  }
  const { storage, uniform, copySource, copyTarget } = bufferUsage
  const made: GPUBuffer[] = []
  const bufferOf = (bytes: number, usage: number): GPUBuffer => {
    const buffer = gpu.createBuffer({ size: Math.ceil(bytes / 16) * 16, usage })
    made.push(buffer)
    return buffer
  }
  const filled = (values: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>, usage: number): GPUBuffer => {
    const buffer = bufferOf(values.byteLength, usage | copyTarget)
    gpu.queue.writeBuffer(buffer, 0, values)
    return buffer
  }
  const out = bufferOf(4 * m * n, storage | copySource)
  const operands = [
    filled(
      Float32Array.from({ length: m * k }, (_, i) => leftOf(i)),
      storage,
    ),
    filled(
      Float32Array.from({ length: k * n }, (_, i) => rightOf(i)),
      storage,
    ),
    out,
  ]
  const workspaces = new Map<number, GPUBuffer>()
  const storageOf = (place: Storage): GPUBuffer => {
    if ('buffer' in place) return operands[place.buffer] as GPUBuffer
    const known = workspaces.get(place.workspace) ?? bufferOf(place.bytes, storage)
    workspaces.set(place.workspace, known)
    return known
  }
  const groups = dispatches.map(({ storages, sizes }, i) =>
    gpu.createBindGroup({
      layout: (pipelines[i] as GPUComputePipeline).getBindGroupLayout(0),
      entries: [...storages.map(storageOf), filled(paddedSizes(sizes), uniform)].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      })),
    }),
  )
  const record = (encoder: GPUCommandEncoder): void => {
    const pass = encoder.beginComputePass()
    for (const [i, { workgroups }] of dispatches.entries()) {
      pass.setPipeline(pipelines[i] as GPUComputePipeline)
      pass.setBindGroup(0, groups[i] as GPUBindGroup)
      pass.dispatchWorkgroups(...workgroups)
    }
    pass.end()
  }
  return {
    tile,
    async isRight() {
      const target = bufferOf(4 * m * n, bufferUsage.mapRead | copyTarget)
      const encoder = gpu.createCommandEncoder()
      record(encoder)
      encoder.copyBufferToBuffer(out, 0, target, 0, 4 * m * n)
      gpu.queue.submit([encoder.finish()])
      await target.mapAsync(mapRead)
      const right = isProduct(new Float32Array(target.getMappedRange()), { m, k, n })
      target.unmap()
      return right
    },
    async time() {
      const encoder = gpu.createCommandEncoder()
      record(encoder)
      const commands = encoder.finish()
      const start = performance.now()
      gpu.queue.submit([commands])
      await gpu.queue.onSubmittedWorkDone()
      return performance.now() - start
    },
    dispose: () => {
      for (const buffer of made) buffer.destroy()
    },
  }
}

function paddedSizes(sizes: Dispatch['sizes']): Int32Array<ArrayBuffer> {
  const words = new Int32Array(Math.ceil(sizes.length / 4) * 4)
  words.set(sizes)
  return words
}

function isProduct(product: Float32Array, { m, k, n }: Extents): boolean {
  for (let i = 0; i < m; i += 7)
    for (let j = 0; j < n; j += 5) {
      let sum = 0
      for (let p = 0; p < k; p++) sum += leftOf(i * k + p) * rightOf(p * n + j)
      if (product[i * n + j] !== sum) return false
    }
  return true
}
