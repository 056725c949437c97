import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitConv } from '../../engine/codegen/wgsl/conv'
import type { GpuTile } from '../../engine/codegen/wgsl/emitter'
import { hash32, toUnit } from '../../engine/core/random'
import { expectClose, type Sums } from '../support/close'
import { type ConvShape, convKernel, convolve, elementsOf, square } from '../support/convolution'
import { anyConvolution, oddConvolutions, templateConvolutions } from '../support/convolutionShapes'
import { type GpuBench, gpuBench, gpuContext, runDispatches, smallTiles } from '../support/wgslKernel'

const noise = (length: number, key: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 1)

const bench = await gpuBench()

interface Computed {
  readonly actual: Float32Array
  readonly expected: Sums
}

/** All three directions. */
async function convolved(gpu: GpuBench, shape: ConvShape, tiles: readonly GpuTile[], bias: boolean): Promise<Computed[]> {
  const elements = elementsOf(shape)
  const image = noise(elements.image, 1)
  const kernel = noise(elements.kernel, 2)
  const result = noise(elements.result, 3)
  const shift = noise(shape.outChannels, 4)
  const directions = [
    { direction: 'forward', a: image, b: kernel, expected: convolve(shape, 'result', { image, kernel }, bias ? shift : undefined) },
    { direction: 'inputGrad', a: result, b: kernel, expected: convolve(shape, 'image', { kernel, result }) },
    { direction: 'kernelGrad', a: image, b: result, expected: convolve(shape, 'kernel', { image, result }) },
  ] as const
  const computed: Computed[] = []
  for (const { direction, a, b, expected } of directions) {
    const dispatches = emitConv(convKernel(shape, direction, bias && direction === 'forward'), gpuContext(gpu, tiles))
    const out = new Float32Array(expected.values.length).fill(Number.NaN)
    const [bytes] = await runDispatches(gpu, dispatches, [a, b, out, shift], [2])
    computed.push({ actual: new Float32Array(bytes as ArrayBuffer), expected })
  }
  return computed
}

describe.skipIf(!bench).each(Object.entries(smallTiles))('convolutions on a GPU, %s', (_, tiles) => {
  const gpu = bench as GpuBench
  const check = async (shape: ConvShape, bias: boolean): Promise<void> => {
    for (const { actual, expected } of await convolved(gpu, shape, tiles, bias)) expectClose(actual, expected)
  }

  it.each(templateConvolutions)('%s', async (_, shape) => check(shape, true))
  it.each(oddConvolutions)('%s', async (_, shape) => check(shape, true))
  it('any shape', async () => {
    await fc.assert(fc.asyncProperty(anyConvolution, fc.boolean(), check), { numRuns: 20, seed: 3 })
  })

  it('computes the same bits at every run', async () => {
    const shape = square(4, 3, 8, 16, 3, 1, 1)
    const [first, second] = [await convolved(gpu, shape, tiles, true), await convolved(gpu, shape, tiles, true)]
    expect(second.map(({ actual }) => actual)).toEqual(first.map(({ actual }) => actual))
  })
})
