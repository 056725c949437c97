import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitConv } from '../../engine/codegen/wasm/conv'
import { type ConvolutionMethod, convolutionMethods } from '../../engine/codegen/wasm/emitter'
import { hash32 } from '../../engine/core/random'
import { expectSameBits, type Sums } from '../support/close'
import { type ConvShape, convKernel, convolve, elementsOf, sizesOf, square } from '../support/convolution'
import { KernelBench, oneByOne, type Split, variants, whole } from '../support/wasmKernel'

/** Normal numbers, as activations and weights nearly are. */
function normal(length: number, key: number): Float32Array {
  const uniform = (i: number): number => (hash32(key, i) + 0.5) / 2 ** 32
  return Float32Array.from({ length }, (_, i) => Math.sqrt(-2 * Math.log(uniform(2 * i))) * Math.cos(2 * Math.PI * uniform(2 * i + 1)))
}

/** Errors of minimal filtering come from a whole tile, so they are measured by the size of all results: root mean square, and largest by largest. */
function errors(actual: Float32Array, { values }: Sums): { rms: number; largest: number } {
  let [squares, errorSquares, most, worst] = [0, 0, 0, 0]
  expect(actual.length).toBe(values.length)
  for (const [i, value] of values.entries()) {
    const error = Math.abs((actual[i] as number) - value)
    squares += value * value
    errorSquares += error * error
    most = Math.max(most, Math.abs(value))
    worst = error <= worst ? worst : error
  }
  return { rms: Math.sqrt(errorSquares / squares), largest: worst / most }
}

/** Bounds of both: a tenth and a fifth of what CLI.md asks of a whole network's results. */
const bounds: Readonly<Record<ConvolutionMethod, number>> = { auto: 1e-5, winograd4: 1e-5, winograd2: 2e-6, direct: 2e-6 }

const directions = ['forward', 'inputGrad', 'kernelGrad'] as const

function check(shape: ConvShape, names: readonly string[], methods: readonly ConvolutionMethod[], bias = false): void {
  const elements = elementsOf(shape)
  const image = normal(elements.image, 1)
  const kernel = normal(elements.kernel, 2)
  const gradient = normal(elements.result, 3)
  const shift = normal(shape.outChannels, 4)
  const operands = {
    forward: { a: image, b: kernel, expected: convolve(shape, 'result', { image, kernel }, bias ? shift : undefined) },
    inputGrad: { a: gradient, b: kernel, expected: convolve(shape, 'image', { kernel, result: gradient }) },
    kernelGrad: { a: image, b: gradient, expected: convolve(shape, 'kernel', { image, result: gradient }) },
  }
  for (const direction of directions) {
    const { a, b, expected } = operands[direction]
    for (const name of names)
      for (const method of methods) {
        const run = (split: Split): Float32Array => {
          const description = convKernel(shape, direction, bias && direction === 'forward')
          const sizes = [a.length, b.length, expected.values.length, shape.outChannels]
          const variant = { ...(variants[name] as (typeof variants)[string]), convolution: method }
          const bench = new KernelBench(sizes, (context) => emitConv(description, context), variant)
          bench.floats(0).set(a)
          bench.floats(1).set(b)
          bench.floats(3).set(shift)
          bench.run(split)
          bench.checkGuards()
          return bench.floats(2).slice()
        }
        const result = run(whole)
        const { rms, largest } = errors(result, expected)
        const what = `${direction}, ${name}, ${method}: relative error`
        expect(rms, what).toBeLessThan(bounds[method])
        expect(largest, what).toBeLessThan(2 * bounds[method])
        expectSameBits(run(oneByOne), result)
        expectSameBits(
          run((units) => [0, Math.floor(units / 2), units]),
          result,
        )
      }
  }
}

const everyVariant = Object.keys(variants)
const both: readonly ConvolutionMethod[] = ['winograd4', 'winograd2']

describe('3×3 convolutions by minimal filtering', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('square images of side %i, every padding: every way in which an edge cuts tiles', (size) => {
    for (const padding of [0, 1, 2]) if (size + 2 * padding >= 3) check(square(2, 8, 8, size, 3, 1, padding), ['6×16 fma'], both)
  })

  it.each<[string, ConvShape]>([
    ['one sample, one tile', square(1, 16, 16, 4, 3, 1, 1)],
    ['odd channels', square(3, 9, 11, 6, 3, 1, 1)],
    ['channels beyond a vector and beyond a panel', square(2, 13, 37, 5, 3, 1, 1)],
    ['more channels than a piece', { ...square(2, 164, 20, 4, 3, 1, 1) }],
    ['more results than a piece', { ...square(1, 8, 171, 4, 3, 1, 0) }],
    ['many samples', square(67, 8, 8, 4, 3, 1, 1)],
    ['samples that do not fill a group', square(7, 24, 40, 4, 3, 1, 2)],
    ['a power of two of channels', square(2, 128, 128, 4, 3, 1, 1)],
    ['unequal sides and paddings', { ...square(2, 12, 20, 7, 3, 1, 1), size: [11, 6], padding: [2, 0] }],
    ['a strip', { ...square(2, 8, 8, 3, 3, 1, 0), size: [3, 19] }],
  ])('%s', (_, shape) => check(shape, everyVariant, both, true))

  it('gives every method what it is good for', () => {
    const shapes = [
      square(2, 16, 32, 8, 3, 1, 1),
      square(2, 3, 8, 8, 3, 1, 1),
      square(2, 16, 16, 8, 3, 2, 1),
      square(2, 16, 16, 8, 5, 1, 2),
    ]
    for (const shape of shapes) check(shape, ['6×16 fma', '4×8 plain'], convolutionMethods, true)
  })

  it('sums over thousands of pixels keep their errors small, in several blocks of tiles', () => {
    // 128² tiles of 36 points of 16 numbers: more than a block of transforms holds.
    check(square(1, 8, 8, 512, 3, 1, 1), ['6×16 fma'], ['winograd4'])
  })

  it('any shape', () => {
    const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    const shapes = fc
      .record({
        batch: fc.integer({ min: 1, max: 9 }),
        channels: fc.integer({ min: 8, max: 40 }),
        outChannels: fc.integer({ min: 8, max: 40 }),
        size: pair(1, 13),
        padding: pair(0, 2),
      })
      .map((some): ConvShape => ({ ...square(1, 1, 1, 1, 3), ...some }))
      .filter((shape) => Math.min(sizesOf(shape).outHeight, sizesOf(shape).outWidth) >= 1)
    fc.assert(
      fc.property(shapes, fc.constantFrom(...everyVariant), fc.constantFrom(...both), fc.boolean(), (shape, variant, method, bias) =>
        check(shape, [variant], [method], bias),
      ),
      { numRuns: 60, seed: 5 },
    )
  })
})
