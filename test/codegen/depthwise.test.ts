/** @file Depthwise convolutions in all three directions agree with their definition, whatever the number of channels and samples. */
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { checkConvolution } from '../support/checkConvolution'
import { type ConvShape, sizesOf, square } from '../support/convolution'
import { variants } from '../support/wasmKernel'

const everyVariant = Object.keys(variants)
const depthwise = (batch: number, channels: number, size: number, kernel: number, stride = 1, padding = 0): ConvShape => ({
  ...square(batch, channels, channels, size, kernel, stride, padding),
  groups: channels,
})

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }))
const anyDepthwise = fc
  .record({
    batch: fc.integer({ min: 1, max: 21 }),
    channels: fc.integer({ min: 2, max: 70 }),
    size: pair(1, 7),
    kernel: pair(1, 4),
    stride: pair(1, 3),
    padding: pair(0, 2),
    dilation: pair(1, 2),
  })
  .map((shape): ConvShape => ({ ...shape, outChannels: shape.channels, groups: shape.channels }))
  .filter((shape) => {
    const { outHeight, outWidth } = sizesOf(shape)
    return outHeight >= 1 && outWidth >= 1
  })

describe('depthwise convolution', () => {
  it.each<[string, ConvShape]>([
    ['3×3 over whole vectors', depthwise(16, 64, 6, 3, 1, 1)],
    ['every width of a block of channels', depthwise(5, 63, 4, 3, 1, 1)],
    ['one sample', depthwise(1, 36, 7, 5, 1, 2)],
    ['more output pixels than parts of a sum', depthwise(300, 3, 12, 2)],
    ['stride 2', depthwise(4, 12, 9, 3, 2, 1)],
    ['pixels that no window reaches', depthwise(2, 8, 9, 2, 4)],
  ])('%s', (_, shape) => checkConvolution(shape, everyVariant, true))

  it('any shape', () => {
    fc.assert(
      fc.property(anyDepthwise, fc.constantFrom(...everyVariant), fc.boolean(), (shape, variant, bias) =>
        checkConvolution(shape, [variant], bias),
      ),
      { numRuns: 60, seed: 5 },
    )
  })
})
