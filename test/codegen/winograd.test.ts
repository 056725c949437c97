import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitConv } from '../../engine/codegen/wasm/conv'
import { geometryOf } from '../../engine/codegen/wasm/conv-geometry'
import { type ConvolutionMethod, convolutionMethods } from '../../engine/codegen/wasm/emitter'
import { winogradFor } from '../../engine/codegen/wasm/winograd-choice'
import { winograd2, winograd4 } from '../../engine/codegen/wasm/winograd-matrices'
import { hash32 } from '../../engine/core/random'
import { sizeOf } from '../../engine/core/tensor'
import { type Packing, packedShape } from '../../engine/ir/packing'
import { expectSameBits, type Sums } from '../support/close'
import { type ConvShape, convKernel, convolve, elementsOf, packingOf, sizesOf, square } from '../support/convolution'
import { packFloats, unpackFloats } from '../support/packing'
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
        const variant = { ...(variants[name] as (typeof variants)[string]), convolution: method }
        const run = (split: Split, packing?: Packing): Float32Array => {
          const description = convKernel(shape, direction, bias && direction === 'forward', packing)
          const weights = packing && sizeOf(packedShape(packing))
          const [given, made] = direction === 'kernelGrad' ? [b.length, weights] : [weights, expected.values.length]
          const sizes = [a.length, given ?? b.length, made ?? expected.values.length, shape.outChannels]
          const bench = new KernelBench(sizes, (context) => emitConv(description, context), variant)
          bench.floats(0).set(a)
          bench.floats(1).set(packing && direction !== 'kernelGrad' ? packFloats(packing, b) : b)
          bench.floats(3).set(shift)
          bench.run(split)
          bench.checkGuards()
          const result = bench.floats(2).slice()
          return packing && direction === 'kernelGrad' ? unpackFloats(packing, result) : result
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
        const packing = packingOf(shape, variant.columns)
        if (packing) expectSameBits(run(oneByOne, packing), result)
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
    // 69 · 61 tiles of 36 points and 137 · 121 of 16, of 20 numbers each: many blocks, the last of them smaller.
    check({ ...square(1, 8, 12, 1, 3, 1, 1), size: [274, 242] }, ['6×16 fma'], both, true)
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

describe('the choice', () => {
  const chosen = (shape: ConvShape, convolution: ConvolutionMethod) =>
    winogradFor({ ...(variants['6×16 fma'] as (typeof variants)[string]), convolution }, geometryOf(convKernel(shape, 'forward')))

  it.each<[string, ConvShape, ReturnType<typeof chosen>]>([
    ['wide images: 4×4 results at a time', square(16, 64, 64, 16, 3, 1, 1), winograd4],
    ['4×4 pixels: 4×4 results', square(16, 256, 256, 4, 3, 1, 1), winograd4],
    ['6×6 pixels, most of them in the last tiles: 2×2 results', square(16, 144, 288, 6, 3, 1, 1), winograd2],
    ['2×2 pixels: sums over the few taps inside', square(16, 512, 512, 2, 3, 1, 1), undefined],
    ['small images of few channels: sums', square(4, 8, 8, 5, 3, 1, 1), undefined],
  ])('%s', (_, shape, expected) => {
    expect(chosen(shape, 'auto')).toBe(expected)
    expect(chosen(shape, 'winograd4')).toBe(winograd4)
    expect(chosen(shape, 'winograd2')).toBe(winograd2)
    expect(chosen(shape, 'direct')).toBeUndefined()
  })

  it.each<[string, ConvShape]>([
    ['stride', square(16, 64, 64, 16, 3, 2, 1)],
    ['another kernel', square(16, 64, 64, 16, 5, 1, 2)],
    ['nine taps in a row', { ...square(16, 64, 64, 16, 3), kernel: [1, 9] }],
    ['dilation', { ...square(16, 64, 64, 16, 3, 1, 2), dilation: [2, 2] }],
    ['groups', { ...square(16, 64, 64, 16, 3, 1, 1), groups: 2 }],
    ['wide padding', square(16, 64, 64, 16, 3, 1, 3)],
    ['channels fewer than a vector', square(16, 3, 64, 32, 3, 1, 1)],
  ])('never for %s', (_, shape) => {
    for (const method of convolutionMethods) expect(chosen(shape, method)).toBeUndefined()
  })
})
