/**
 * @file Gradients of a program against central differences, both computed by the reference interpreter in double precision.
 * In: a function written with `Emit`, and its inputs. Out: an assertion for every element of every real input.
 */
import { gradients } from '../../engine/autodiff/gradients'
import { sizeOf } from '../../engine/core/tensor'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import { evaluate } from '../../engine/ir/evaluate'
import { verify } from '../../engine/ir/verify'
import { expectAllClose } from './allclose'
import { largestMagnitude } from './difference'
import type { GivenTensor } from './numbers'

type Write = (b: ProgramBuilder, ...inputs: Tensor[]) => Tensor

const STEP = 1e-5

/** Σ wᵢ·yᵢ with weights that tell elements apart. */
function weighted(b: ProgramBuilder, y: Tensor): Tensor {
  const order = b.cast(b.iota([sizeOf(y.shape)], 0), 'f32')
  return b.sum(b.mul(b.reshape(y, [sizeOf(y.shape)]), b.add(b.sin(b.add(order, 1)), 0.2)))
}

/** Checks ∂(Σ w·f)/∂x for every real input of `write`; with `order` 2 also the derivative of that derivative. */
export function checkGradients(write: Write, given: readonly GivenTensor[], { order = 1, tolerance = 1e-6 } = {}): void {
  const b = new ProgramBuilder('gradient check')
  const inputs = given.map(({ shape, dtype }, i) => b.input(`x${i}`, shape, dtype))
  const real = inputs.filter((input) => input.dtype === 'f32')
  let loss = weighted(b, write(b, ...inputs))
  for (let i = 1; i < order; i++) {
    const sums = gradients(b, loss, real).map((gradient) => weighted(b, gradient))
    loss = sums.reduce((total, sum) => b.add(total, sum))
  }
  const valuesWithLoss = b.finish().values.length
  const results = gradients(b, loss, real)
  const program = b.finish()
  verify(program, 'autodiff')

  const feed = Object.fromEntries(given.map(({ data }, i) => [`x${i}`, [...data]]))
  const values = evaluate(program, feed)
  const forward = { ...program, values: program.values.slice(0, valuesWithLoss) }
  const lossOf = (): number => evaluate(forward, feed, new Set([loss.id])).get(loss.id)?.[0] ?? Number.NaN
  real.forEach((input, i) => {
    const name = `x${inputs.indexOf(input)}`
    const x = feed[name] as number[]
    const differences = x.map((value, k) => {
      x[k] = value + STEP
      const above = lossOf()
      x[k] = value - STEP
      const below = lossOf()
      x[k] = value
      return (above - below) / (2 * STEP)
    })
    const gradient = values.get((results[i] as Tensor).id) ?? []
    expectAllClose(gradient, differences, tolerance, `order ${order}, ∂/∂${name}`, Math.max(1, largestMagnitude(differences)))
  })
  if (order > 1) checkGradients(write, given, { order: order - 1, tolerance })
}
