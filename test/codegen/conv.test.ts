import fc from 'fast-check'
import { describe, it } from 'vitest'
import { checkConvolution } from '../support/checkConvolution'
import { anyConvolution, oddConvolutions, templateConvolutions } from '../support/convolutionShapes'
import { variants } from '../support/wasmKernel'

const everyVariant = Object.keys(variants)

describe('convolutions of the templates, small batches, 32×32 images', () => {
  it.each(templateConvolutions)('%s', (_, shape) =>
    checkConvolution(shape, shape.channels * shape.outChannels > 10_000 ? ['6×16 fma'] : everyVariant, true),
  )
})

describe('convolutions of every kind', () => {
  it.each(oddConvolutions)('%s', (_, shape) => checkConvolution(shape, everyVariant, true))

  it('any shape', () => {
    fc.assert(
      fc.property(anyConvolution, fc.constantFrom(...everyVariant), fc.boolean(), (shape, variant, bias) =>
        checkConvolution(shape, [variant], bias),
      ),
      { numRuns: 80, seed: 3 },
    )
  })
})
