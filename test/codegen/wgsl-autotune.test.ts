import { describe, expect, it } from 'vitest'
import type { GpuTile } from '../../engine/codegen/wgsl/emitter'
import { emitMatmul } from '../../engine/codegen/wgsl/matmul'
import { chooseTile } from '../../engine/codegen/wgsl/tile-choice'
import { threadsOf, workgroupBytesOf } from '../../engine/codegen/wgsl/tile-staged'
import { chooseTiles, rightTiles } from '../../engine/runtime/webgpu/autotune'
import { memoryChoices } from '../support/choices'
import { matmulKernel } from '../support/matrixProduct'
import { type GpuBench, gpuBench, gpuContext, runDispatches, smallTiles } from '../support/wgslKernel'

const bench = await gpuBench()

/** The device, counting the pipelines made on it. */
function watchedGpu(gpu: GPUDevice): GPUDevice & { readonly pipelines: number } {
  let pipelines = 0
  const watched = {
    get pipelines() {
      return pipelines
    },
    createComputePipelineAsync: (descriptor: GPUComputePipelineDescriptor) => {
      pipelines++
      return gpu.createComputePipelineAsync(descriptor)
    },
  }
  return new Proxy(gpu, {
    get(target, name) {
      if (name in watched) return Reflect.get(watched, name)
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  }) as GPUDevice & typeof watched
}

describe.skipIf(!bench)('tiles of a GPU', () => {
  const gpu = bench as GpuBench
  const { limits } = gpuContext(gpu, [])
  const device = { gpu: gpu.device, identity: ['a test'], limits, subgroups: gpu.subgroups, software: true }
  const product = { m: 40, k: 64, n: 40 }
  const [staged] = smallTiles['workgroup memory'] as [GpuTile]

  it('compute right', async () => {
    const tiles = await chooseTiles(device)
    expect(tiles.length).toBeGreaterThan(0)
    const shape = { batch: 1, m: 70, k: 40, n: 90, transposeA: false, transposeB: false, bias: false }
    const given = [new Float32Array(70 * 40).fill(1), new Float32Array(40 * 90).fill(2), new Float32Array(70 * 90)]
    const [result] = await runDispatches(gpu, emitMatmul(matmulKernel(shape), gpuContext(gpu, tiles)), given, [2])
    expect(new Float32Array(result as ArrayBuffer).every((value) => value === 80)).toBe(true)
  })

  it('are not measured at the second start on the same device', async () => {
    const kept = memoryChoices()
    const chosen = await chooseTiles(device, kept)
    const [key = ''] = kept.entries.keys()
    expect(kept.entries.get(key)).toEqual(chosen)
    const watched = { ...device, gpu: watchedGpu(gpu.device) }
    expect(await chooseTiles(watched, kept)).toEqual(chosen)
    expect(watched.gpu.pipelines).toBe(0)
    // Another device, and what is no list of tiles, or of none that we have.
    const other = { ...watched, identity: ['another'], gpu: watchedGpu(gpu.device) }
    expect(await chooseTiles(other, kept)).toEqual(chosen)
    expect(other.gpu.pipelines).toBeGreaterThan(0)
    expect(kept.entries.size).toBe(2)
    for (const wrong of ['8×8', [], [{ ...chosen[0], rows: 1000 }]]) {
      kept.entries.set(key, wrong)
      expect(await chooseTiles(device, kept)).toEqual(chosen)
      expect(kept.entries.get(key)).toEqual(chosen)
    }
  })

  it('are measured on a product that they compute right', async () => {
    expect(await rightTiles(device, [staged], product)).toEqual([staged])
  })

  it('fit the workgroups of the device', async () => {
    expect(threadsOf(staged)).toBe(16)
    const few = { ...device, limits: { ...limits, workgroupThreads: 8 } }
    expect(await rightTiles(few, [staged], product)).toEqual([])
    const little = { ...device, limits: { ...limits, workgroupBytes: workgroupBytesOf(staged) - 1 } }
    expect(await rightTiles(little, [staged], product)).toEqual([])
  })

  it('are left out when they compute something else', async () => {
    // Half the rows of this tile have no thread.
    const wrong = { rows: 8, columns: 16, depth: 0, threadRows: 4, threadColumns: 4 }
    expect(await rightTiles(device, [wrong], product)).toEqual([])
  })

  it('are left out when the driver refuses them', async () => {
    const endless = { ...device, limits: { ...limits, workgroupThreads: 1e9 } }
    const vast = { rows: 256, columns: 256, depth: 4, threadRows: 4, threadColumns: 4 }
    expect(await rightTiles(endless, [vast], product)).toEqual([])
  })
})

describe('the tile of a product', () => {
  const large = { rows: 64, columns: 64, depth: 16, threadRows: 4, threadColumns: 4 }
  const narrow = { rows: 64, columns: 16, depth: 16, threadRows: 4, threadColumns: 4 }

  it('is large for large products, narrow for few columns', () => {
    expect(chooseTile({ rows: 4096, columns: 512, items: 1, depth: 512 }, [large, narrow])).toEqual({ tile: large, splits: 1 })
    expect(chooseTile({ rows: 65536, columns: 6, items: 1, depth: 256 }, [large, narrow]).tile).toBe(narrow)
  })

  it('is split along a long depth when the result is small', () => {
    expect(chooseTile({ rows: 64, columns: 64, items: 1, depth: 65536 }, [large]).splits).toBeGreaterThan(16)
    expect(chooseTile({ rows: 64, columns: 64, items: 1, depth: 64 }, [large]).splits).toBe(1)
  })
})
