/**
 * @file Every kind of kernel on buffers of halves: read exactly, computed in f32, rounded once. In: numbers that halves hold exactly. Software
 * adapters often have no halves: there is nothing that could be run or skipped there, so these exist only where there are some.
 */
import { describe, expect, it } from 'vitest'
import { emitConv } from '../../engine/codegen/wgsl/conv'
import type { Dispatch, GpuContext } from '../../engine/codegen/wgsl/emitter'
import { emitGather, emitScatterAdd } from '../../engine/codegen/wgsl/indexing'
import { emitLoop } from '../../engine/codegen/wgsl/loop'
import { emitPool } from '../../engine/codegen/wgsl/pool'
import { hash32, toUnit } from '../../engine/core/random'
import type { LoopKernel } from '../../engine/optimize/kernel'
import { accumulate, makeSums, type Sums } from '../support/close'
import { type ConvShape, convKernel, convolve, elementsOf } from '../support/convolution'
import { oddConvolutions } from '../support/convolutionShapes'
import { fromHalves, toHalves } from '../support/half'
import { meaningOf } from '../support/loopMeaning'
import { type PoolShape, pooled, poolKernel, poolShapes } from '../support/pooling'
import { type GpuBench, gpuBench, gpuContext, runDispatches, smallTiles } from '../support/wgslKernel'

const bench = await gpuBench()

type Numbers = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>

/** Multiples of an eighth in [−1, 1]. */
const eighths = (length: number, key: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, (_, i) => Math.round(16 * toUnit(hash32(key, i)) - 8) / 8)
const empty = (length: number) => new Float32Array(length).fill(1)

/** Real buffers are stored as halves; whole ones as they are. */
async function computed(
  gpu: GpuBench,
  tiles: readonly (typeof smallTiles)[string][number][],
  emit: (context: GpuContext) => readonly Dispatch[],
  given: readonly Numbers[],
  wanted: readonly number[],
): Promise<Float32Array[]> {
  const elements = Object.fromEntries(
    given.map((numbers, id) => [id, numbers instanceof Float32Array ? ('f16' as const) : ('i32' as const)]),
  )
  const dispatches = emit(gpuContext(gpu, tiles, elements))
  expect(dispatches.some(({ code }) => code.includes('enable f16;'))).toBe(true)
  const stored = given.map((numbers) => (numbers instanceof Float32Array ? toHalves(numbers) : numbers))
  const read = await runDispatches(gpu, dispatches, stored, wanted)
  return read.map((bytes, i) => fromHalves(new Uint16Array(bytes).subarray(0, (given[wanted[i] as number] as Numbers).length)))
}

/** One rounding to eleven bits, and what f32 sums may be off. */
function expectRounded(actual: Float32Array | undefined, { values, magnitudes }: Sums): void {
  expect(actual?.length).toBe(values.length)
  for (const [i, value] of values.entries())
    expect(Math.abs((actual?.[i] as number) - value), `element ${i}: ${actual?.[i]} instead of ${value}`).toBeLessThanOrEqual(
      2 ** -11 * Math.abs(value) + 2e-6 * (magnitudes[i] as number) + 2 ** -25,
    )
}

if (bench?.f16) {
  describe.each(Object.entries(smallTiles))('convolutions of halves, %s', (_, tiles) => {
    const check = async (shape: ConvShape) => {
      const elements = elementsOf(shape)
      const [image, kernel, result] = [eighths(elements.image, 1), eighths(elements.kernel, 2), eighths(elements.result, 3)]
      const shift = eighths(shape.outChannels, 4)
      const directions = [
        { direction: 'forward', a: image, b: kernel, expected: convolve(shape, 'result', { image, kernel }, shift) },
        { direction: 'inputGrad', a: result, b: kernel, expected: convolve(shape, 'image', { kernel, result }) },
        { direction: 'kernelGrad', a: image, b: result, expected: convolve(shape, 'kernel', { image, result }) },
      ] as const
      for (const { direction, a, b, expected } of directions) {
        const given = [a, b, empty(expected.values.length), shift]
        const emit = (context: GpuContext) => emitConv(convKernel(shape, direction, direction === 'forward'), context)
        const [actual] = await computed(bench, tiles, emit, given, [2])
        expectRounded(actual, expected)
      }
    }
    it.each(oddConvolutions)('%s', async (_, shape) => check(shape))
  })

  describe('pools of halves', () => {
    it.each(poolShapes)('%s', async (_, shape: PoolShape) => {
      const { index, cases } = pooled(shape)
      for (const { variant, withIndex, x, out } of cases) {
        const emit = (context: GpuContext) => emitPool(poolKernel(shape, variant, withIndex), context)
        const [actual] = await computed(bench, [], emit, [x, index.slice(), empty(out.values.length)], [2])
        expectRounded(actual, out)
      }
    })
  })

  describe('loops of halves', () => {
    it.each([
      ['short rows', 3000, 5],
      ['long rows', 150, 1500],
      ['one long sum', 1, 20_001],
    ] as const)('%s', async (_, kept, terms) => {
      const kernel: LoopKernel = {
        kind: 'loop',
        axes: [kept, terms],
        reduced: 1,
        body: [
          { op: 'load', view: { buffer: 0, offset: 0, strides: [terms, 1] }, dtype: 'f32' },
          { op: 'load', view: { buffer: 1, offset: 0, strides: [1, 0] }, dtype: 'f32' },
          { op: 'binary', name: 'mul', a: 0, b: 1, dtype: 'f32' },
        ],
        results: [
          { value: 2, buffer: 2, offset: 0, strides: [1, 0], reduce: 'sum' },
          { value: 0, buffer: 3, offset: 0, strides: [1, 0], reduce: 'max' },
          { value: 2, buffer: 4, offset: 0, strides: [terms, 1] },
        ],
      }
      const given = [eighths(kept * terms, 1), eighths(kept, 2), empty(kept), empty(kept), empty(kept * terms)]
      const actual = await computed(bench, [], (context) => emitLoop(kernel, context), given, [2, 3, 4])
      for (const [i, expected] of meaningOf(kernel, given).entries()) expectRounded(actual[i], expected)
    })

    it('say that a number was too large, and round the rest to the nearest', async () => {
      const kernel: LoopKernel = {
        kind: 'loop',
        axes: [7],
        reduced: 0,
        body: [
          { op: 'load', view: { buffer: 0, offset: 0, strides: [1] }, dtype: 'f32' },
          { op: 'binary', name: 'mul', a: 0, b: 0, dtype: 'f32' },
        ],
        results: [{ value: 1, buffer: 1, offset: 0, strides: [1] }],
      }
      const given = [Float32Array.of(1, 255.875, 256, 4096, 2 ** -7, 2 ** -12, 2 ** -13), empty(7)]
      const [actual] = await computed(bench, [], (context) => emitLoop(kernel, context), given, [1])
      // fromHalves reads exponent 31 as 2¹⁶ and up.
      expect([...(actual ?? [])]).toEqual([1, 65472, 65536, 65536, 2 ** -14, 2 ** -24, 0])
    })
  })

  it('rows of halves by index are copied to the bit, and added up in f32', async () => {
    const [rows, count, width] = [50, 700, 9]
    const indices = Int32Array.from({ length: count }, (_, i) => hash32(9, i) % rows)
    const [table, updates] = [eighths(rows * width, 1), eighths(count * width, 2)]
    const gather = (context: GpuContext) => emitGather({ kind: 'gather', indices: 0, table: 1, out: 2, rows, count, width }, context)
    const [gathered] = await computed(bench, [], gather, [indices, table, empty(count * width)], [2])
    expect(gathered).toEqual(
      Float32Array.from({ length: count * width }, (_, i) => {
        const row = indices[Math.floor(i / width)] as number
        return table[row * width + (i % width)] as number
      }),
    )
    const scatter = (context: GpuContext) =>
      emitScatterAdd({ kind: 'scatterAdd', indices: 0, updates: 1, out: 2, rows, count, width }, context)
    const [scattered] = await computed(bench, [], scatter, [indices, updates, empty(rows * width)], [2])
    const sums = makeSums(rows * width)
    for (const [i, update] of updates.entries()) accumulate(sums, (indices[Math.floor(i / width)] as number) * width + (i % width), update)
    expectRounded(scattered, sums)
  })
}

describe('kernels whose buffers are f32', () => {
  it('know nothing of halves', () => {
    const plain: GpuContext = {
      limits: { storageBuffers: 8, workgroupsPerDimension: 65_535, workgroupThreads: 256, workgroupBytes: 16_384 },
      subgroups: false,
      tiles: smallTiles.quads ?? [],
      elementOf: () => 'f32',
    }
    for (const [, shape] of oddConvolutions)
      for (const { code } of emitConv(convKernel(shape, 'forward'), plain)) expect(code).not.toContain('f16')
  })
})
