/** @file Holds the generated code of a convolution against its definition. */
import { emitConv } from '../../engine/codegen/wasm/conv'
import { hash32, toUnit } from '../../engine/core/random'
import { sizeOf } from '../../engine/core/tensor'
import { type Packing, packedShape } from '../../engine/ir/packing'
import { expectClose, expectSameBits } from './close'
import { type ConvShape, convKernel, convolve, elementsOf, packingOf } from './convolution'
import { packFloats, unpackFloats } from './packing'
import { KernelBench, oneByOne, variants } from './wasmKernel'

const noise = (length: number, key: number): Float32Array => Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 1)

/** Sums over the taps, in all three directions and the given variants, in one piece and unit by unit, the kernel packed or not. */
export function checkConvolution(shape: ConvShape, names: readonly string[], bias = false): void {
  const elements = elementsOf(shape)
  const image = noise(elements.image, 1)
  const kernel = noise(elements.kernel, 2)
  const gradient = noise(elements.result, 3)
  const shift = noise(shape.outChannels, 4)
  const directions = [
    { direction: 'forward', a: image, b: kernel, expected: convolve(shape, 'result', { image, kernel }, bias ? shift : undefined) },
    { direction: 'inputGrad', a: gradient, b: kernel, expected: convolve(shape, 'image', { kernel, result: gradient }) },
    { direction: 'kernelGrad', a: image, b: gradient, expected: convolve(shape, 'kernel', { image, result: gradient }) },
  ] as const
  for (const { direction, a, b, expected } of directions) {
    for (const name of names) {
      const variant = variants[name] as (typeof variants)[string]
      const run = (packing: Packing | undefined, split?: typeof oneByOne): Float32Array => {
        const description = convKernel(shape, direction, bias && direction === 'forward', packing)
        const weights = packing && sizeOf(packedShape(packing))
        const [given, made] = direction === 'kernelGrad' ? [b.length, weights] : [weights, expected.values.length]
        const sizes = [a.length, given ?? b.length, made ?? expected.values.length, shape.outChannels]
        const bench = new KernelBench(sizes, (context) => emitConv(description, context), { ...variant, convolution: 'direct' })
        bench.floats(0).set(a)
        bench.floats(1).set(packing && direction !== 'kernelGrad' ? packFloats(packing, b) : b)
        bench.floats(3).set(shift)
        bench.run(split)
        bench.checkGuards()
        const result = bench.floats(2).slice()
        return packing && direction === 'kernelGrad' ? unpackFloats(packing, result) : result
      }
      const whole = run(undefined)
      expectClose(whole, expected)
      expectSameBits(run(undefined, oneByOne), whole)
      const packing = packingOf(shape, variant.columns)
      if (packing) expectSameBits(run(packing, oneByOne), whole)
    }
  }
}
