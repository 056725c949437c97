/** @file Loop kernels as WGSL: every way of dealing out a reduction, views of every kind, and the texts themselves. */
import { describe, expect, it } from 'vitest'
import type { GpuContext } from '../../engine/codegen/wgsl/emitter'
import { emitLoop } from '../../engine/codegen/wgsl/loop'
import { hash32, toUnit } from '../../engine/core/random'
import { sizeOf } from '../../engine/core/tensor'
import type { LoopKernel } from '../../engine/optimize/kernel'
import { gpuTarget, optimize } from '../../engine/optimize/pipeline'
import { expectClose } from '../support/close'
import { meaningOf } from '../support/loopMeaning'
import { trainingProgram } from '../support/trainingProgram'
import { gpuBench, gpuContext, runDispatches } from '../support/wgslKernel'

const bench = await gpuBench()
const noise = (length: number, key: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 0.9)

/** Buffer 0 (x) and 1 (a row, by kept point) → 2: Σ x · row, 3: max x, 4: exp x at every point; x lies rows or columns first. */
function reduction(kept: number, terms: number, columnsFirst: boolean): LoopKernel {
  const strides = columnsFirst ? [1, kept] : [terms, 1]
  return {
    kind: 'loop',
    axes: [kept, terms],
    reduced: 1,
    body: [
      { op: 'load', view: { buffer: 0, offset: 0, strides }, dtype: 'f32' },
      { op: 'load', view: { buffer: 1, offset: 0, strides: [1, 0] }, dtype: 'f32' },
      { op: 'binary', name: 'mul', a: 0, b: 1, dtype: 'f32' },
      { op: 'unary', name: 'exp', x: 0, dtype: 'f32' },
    ],
    results: [
      { value: 2, buffer: 2, offset: 0, strides: [1, 0], reduce: 'sum' },
      { value: 0, buffer: 3, offset: 0, strides: [1, 0], reduce: 'max' },
      { value: 3, buffer: 4, offset: 0, strides },
    ],
  }
}

describe.skipIf(!bench)('loop kernels as WGSL (needs a WebGPU adapter)', () => {
  if (!bench) return

  async function check(kernel: LoopKernel, buffers: readonly (Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>)[]): Promise<number> {
    const elements = buffers.map((buffer) => (buffer instanceof Int32Array ? ('i32' as const) : ('f32' as const)))
    const dispatches = emitLoop(kernel, gpuContext(bench as NonNullable<typeof bench>, [], elements))
    const wanted = kernel.results.map(({ buffer }) => buffer)
    const read = await runDispatches(bench as NonNullable<typeof bench>, dispatches, buffers, wanted)
    for (const [i, expected] of meaningOf(kernel, buffers).entries()) {
      const bytes = read[i] ?? new ArrayBuffer(0)
      const got = elements[wanted[i] ?? 0] === 'i32' ? Float32Array.from(new Int32Array(bytes)) : new Float32Array(bytes)
      // Elements that no point writes keep what they held.
      const { values } = expected
      for (const [at, value] of values.entries()) if (Number.isNaN(value)) values[at] = buffers[wanted[i] ?? 0]?.[at] as number
      expectClose(got, expected)
    }
    return dispatches.length
  }

  it.each([
    ['short rows, a thread each', 3000, 5, false, 1],
    ['rows of a few dozen', 300, 70, false, 2],
    ['long rows', 150, 1500, false, 2],
    ['very many rows', 66_000, 65, false, 1],
    ['many columns, a thread each', 9000, 6, true, 1],
    ['long columns', 300, 130, true, 2],
    ['few columns, very long', 6, 40_000, true, 2],
    ['one sum of very many', 1, 1_200_001, false, 3],
    ['one term', 7, 1, false, 1],
  ] as const)('%s', async (_, kept, terms, columnsFirst, dispatches) => {
    const size = kept * terms
    const empty = (length: number) => new Float32Array(length).fill(7)
    const count = await check(reduction(kept, terms, columnsFirst), [noise(size, 1), noise(kept, 2), empty(kept), empty(kept), empty(size)])
    expect(count).toBe(dispatches)
  })

  it('long sums stay accurate, and repeat to the bit', async () => {
    const terms = 3_000_000
    const kernel: LoopKernel = {
      kind: 'loop',
      axes: [terms],
      reduced: 1,
      body: [{ op: 'load', view: { buffer: 0, offset: 0, strides: [1] }, dtype: 'f32' }],
      results: [{ value: 0, buffer: 1, offset: 0, strides: [0], reduce: 'sum' }],
    }
    const dispatches = emitLoop(kernel, gpuContext(bench, []))
    const sum = async () => {
      const [bytes] = await runDispatches(bench, dispatches, [new Float32Array(terms).fill(0.1), new Float32Array(1)], [1])
      return new Float32Array(bytes ?? [])[0] as number
    }
    const first = await sum()
    expect(Math.abs(first / (terms * Math.fround(0.1)) - 1)).toBeLessThan(5e-7)
    expect(await sum()).toBe(first)
  })

  it('lets NaN and −∞ through a maximum', async () => {
    for (const [kept, terms] of [
      [3, 4],
      [3, 700],
    ] as const) {
      const kernel: LoopKernel = {
        kind: 'loop',
        axes: [kept, terms],
        reduced: 1,
        body: [{ op: 'load', view: { buffer: 0, offset: 0, strides: [terms, 1] }, dtype: 'f32' }],
        results: [{ value: 0, buffer: 1, offset: 0, strides: [1, 0], reduce: 'max' }],
      }
      const x = new Float32Array(kept * terms).fill(Number.NEGATIVE_INFINITY)
      x[terms + terms - 1] = Number.NaN
      x[2 * terms + 1] = -5
      const [bytes] = await runDispatches(bench, emitLoop(kernel, gpuContext(bench, [])), [x, new Float32Array(kept)], [1])
      expect([...new Float32Array(bytes ?? [])]).toEqual([Number.NEGATIVE_INFINITY, Number.NaN, -5])
    }
  })

  it('adds whole numbers exactly, over axes that lie apart', async () => {
    const kernel: LoopKernel = {
      kind: 'loop',
      axes: [3, 4, 5, 6],
      reduced: 2,
      // Axes 0 and 2 lie together, as do 1 and 3.
      body: [{ op: 'load', view: { buffer: 0, offset: 10, strides: [5, 90, 1, 15] }, dtype: 'i32' }],
      results: [{ value: 0, buffer: 1, offset: 2, strides: [1, 3, 0, 0], reduce: 'sum' }],
    }
    const x = Int32Array.from({ length: 500 }, (_, i) => (hash32(1, i) % 2000) - 1000)
    await check(kernel, [x, new Int32Array(16).fill(-1)])
  })

  it('reads and writes backward, with steps, and parts of a tensor', async () => {
    const kernel: LoopKernel = {
      kind: 'loop',
      axes: [4, 5, 6],
      reduced: 0,
      body: [
        { op: 'load', view: { buffer: 0, offset: 119, strides: [-30, -6, -1] }, dtype: 'f32' },
        { op: 'load', view: { buffer: 1, offset: 3, strides: [0, 2, 0] }, dtype: 'f32' },
        { op: 'index', strides: [0, 0, 1], offset: -2, dtype: 'i32' },
        { op: 'cast', x: 2, dtype: 'f32' },
        { op: 'constant', value: -0.3, dtype: 'f32' },
        { op: 'binary', name: 'mul', a: 3, b: 4, dtype: 'f32' },
        { op: 'binary', name: 'less', a: 0, b: 5, dtype: 'f32' },
        // biome-ignore lint/suspicious/noThenProperty: the operation's word
        { op: 'select', condition: 6, then: 1, otherwise: 0, dtype: 'f32' },
      ],
      results: [
        { value: 7, buffer: 2, offset: 1, strides: [60, 12, 2] },
        { value: 6, buffer: 3, offset: 0, strides: [1, 24, 4] },
      ],
    }
    await check(kernel, [noise(120, 1), noise(12, 2), new Float32Array(240).fill(7), new Float32Array(120)])
  })

  it.each([
    ['one axis', [4000]],
    ['a row for all', [30, 48]],
    ['parts of a larger tensor', [5, 6, 8]],
  ] as const)('does four points a thread: %s', async (_, axes) => {
    const inner = axes.at(-1) ?? 1
    const size = sizeOf(axes)
    const contiguous = axes.map((_axis, i) => sizeOf(axes.slice(i + 1)))
    const apart = contiguous.map((stride, i) => (i === axes.length - 1 ? 1 : stride * 2))
    const kernel: LoopKernel = {
      kind: 'loop',
      axes,
      reduced: 0,
      body: [
        { op: 'load', view: { buffer: 0, offset: 8, strides: contiguous }, dtype: 'f32' },
        { op: 'load', view: { buffer: 1, offset: 1, strides: axes.map((_axis, i) => (i === axes.length - 1 ? 0 : 1)) }, dtype: 'f32' },
        { op: 'index', strides: contiguous.map((stride) => 3 * stride), offset: 5, dtype: 'i32' },
        { op: 'cast', x: 2, dtype: 'f32' },
        { op: 'constant', value: 0.37, dtype: 'f32' },
        { op: 'binary', name: 'mul', a: 3, b: 4, dtype: 'f32' },
        { op: 'binary', name: 'max', a: 0, b: 1, dtype: 'f32' },
        { op: 'binary', name: 'less', a: 0, b: 1, dtype: 'f32' },
        // biome-ignore lint/suspicious/noThenProperty: the operation's word
        { op: 'select', condition: 7, then: 5, otherwise: 6, dtype: 'f32' },
        { op: 'load', view: { buffer: 2, offset: 0, strides: contiguous }, dtype: 'i32' },
        { op: 'binary', name: 'add', a: 9, b: 2, dtype: 'i32' },
      ],
      results: [
        { value: 8, buffer: 3, offset: 4, strides: apart },
        { value: 10, buffer: 2, offset: 0, strides: contiguous },
      ],
    }
    const [dispatch] = emitLoop(kernel, gpuContext(bench, [], ['f32', 'f32', 'i32', 'f32']))
    expect(dispatch?.code).toContain('array<vec4<i32>>')
    expect(dispatch?.workgroups[0]).toBe(Math.ceil(size / 4 / 256))
    const whole = Int32Array.from({ length: size }, (_one, i) => (hash32(4, i) % 2000) - 1000)
    await check(kernel, [noise(size + 8, 1), noise(size / inner + 1, 2), whole, new Float32Array(2 * size + 8).fill(7)])
  })

  it.each<readonly [string, Partial<LoopKernel>, number]>([
    ['rows that are no fours', { axes: [4, 6] }, 0],
    ['a view that begins between fours', {}, 2],
  ])('does one point a thread: %s', async (_, changed, offset) => {
    const kernel: LoopKernel = {
      kind: 'loop',
      axes: [24],
      reduced: 0,
      body: [{ op: 'load', view: { buffer: 0, offset, strides: changed.axes ? [8, 1] : [1] }, dtype: 'f32' }],
      results: [{ value: 0, buffer: 1, offset: 0, strides: changed.axes ? [6, 1] : [1] }],
      ...changed,
    }
    expect(emitLoop(kernel, gpuContext(bench, []))[0]?.code).not.toContain('array<vec4<f32>>')
    await check(kernel, [noise(40, 1), new Float32Array(24)])
  })

  it('does more points than one row of workgroups has', async () => {
    const count = 65_535 * 256 + 1001
    const kernel: LoopKernel = {
      kind: 'loop',
      axes: [count],
      reduced: 0,
      body: [{ op: 'index', strides: [1], offset: 0, dtype: 'i32' }],
      results: [{ value: 0, buffer: 0, offset: 0, strides: [1] }],
    }
    const dispatches = emitLoop(kernel, gpuContext(bench, [], { 0: 'i32' }))
    expect(dispatches[0]?.workgroups[1]).toBe(2)
    const [bytes] = await runDispatches(bench, dispatches, [new Int32Array(count)], [0])
    expect(new Int32Array(bytes ?? []).findIndex((value, i) => value !== i)).toBe(-1)
  })
})

/** The device that every text is written for when no adapter decides. */
const common: GpuContext = {
  limits: { storageBuffers: 8, workgroupsPerDimension: 65_535, workgroupThreads: 256, workgroupBytes: 16_384 },
  subgroups: false,
  tiles: [],
  elementOf: () => 'f32',
}

describe('texts of loop kernels', () => {
  it('are the same whatever the extents', () => {
    const texts = (kept: number, terms: number) => emitLoop(reduction(kept, terms, false), common).map(({ code }) => code)
    expect(texts(150, 1500)).toEqual(texts(99, 2111))
    expect(texts(3000, 5)).toEqual(texts(4000, 7))
    expect(texts(5, 1_300_000)).toEqual(texts(3, 1_200_000))
  })

  it('are few in a network of many layers', async () => {
    const { kernels, buffers } = optimize(await trainingProgram('resnet18', { batchSize: 2, imageSize: 64 }), gpuTarget)
    const context: GpuContext = { ...common, elementOf: (buffer) => buffers[buffer]?.dtype ?? 'f32' }
    const dispatches = kernels.flatMap((kernel) => (kernel.kind === 'loop' ? emitLoop(kernel, context) : []))
    for (const { storages, sizes, workgroups } of dispatches) {
      expect(storages.length).toBeLessThanOrEqual(8)
      expect(sizes.every(Number.isInteger)).toBe(true)
      expect(sizeOf(workgroups)).toBeGreaterThan(0)
    }
    const texts = new Set(dispatches.map(({ code }) => code))
    expect(texts.size).toBeLessThan(dispatches.length / 2)
  })

  it('say f16 only where elements are stored so', () => {
    const halves = emitLoop(reduction(3000, 5, false), { ...common, elementOf: (buffer) => (buffer === 0 ? 'f16' : 'f32') })
    expect(halves[0]?.code).toMatch(/^enable f16;/)
    expect(halves[0]?.code).toContain('s0: array<f16>')
    expect(halves[0]?.code).toContain('f32(s0[')
    expect(emitLoop(reduction(3000, 5, false), common)[0]?.code).not.toContain('f16')
    const copy: LoopKernel = {
      kind: 'loop',
      axes: [64],
      reduced: 0,
      body: [{ op: 'load', view: { buffer: 0, offset: 0, strides: [1] }, dtype: 'f32' }],
      results: [{ value: 0, buffer: 1, offset: 0, strides: [1] }],
    }
    const byFours = emitLoop(copy, { ...common, elementOf: () => 'f16' })[0]?.code
    expect(byFours).toContain('s0: array<vec4<f16>>')
    expect(byFours).toContain('let v0 = vec4<f32>(s0[(point) >> 2u]);')
    expect(byFours).toContain('s1[(point) >> 2u] = toHalves(vec4<f32>(p0.r0, p1.r0, p2.r0, p3.r0));')
  })

  it.each([
    ['a thread for each sum', reduction(3000, 5, false)],
    ['slices of long sums', reduction(300, 130, true)],
  ])('golden: %s', async (name, kernel) => {
    const text = emitLoop(kernel, common)
      .map(({ code, sizes, workgroups }) => `// sizes ${sizes.join(' ')}; workgroups ${workgroups.join('×')}\n${code}`)
      .join('\n')
    await expect(text).toMatchFileSnapshot(`golden/${name.replaceAll(' ', '-')}.wgsl`)
  })
})
