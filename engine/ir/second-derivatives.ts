/**
 * @file Second derivatives from the compiler's own first ones: Hv = ∇(gᵀv), where g = ∇L, so that the Hessian is never laid out
 * (Pearlmutter 1994; notes 004 on Newton's method and ill-conditioning).
 * In: a loss and parameters. Out: outputs of the program, as `LowerOptions.secondOrder` says.
 */
import { gradients } from '../autodiff/gradients'
import type { ProgramBuilder } from './builder'
import type { Tensor } from './emit'
import type { Parameter } from './forward-view'
import type { LowerOptions } from './lowering'
import { inputNames, outputNames } from './names'

export function secondDerivatives(
  b: ProgramBuilder,
  loss: Tensor,
  parameters: readonly Parameter[],
  wanted: NonNullable<LowerOptions['secondOrder']>,
): void {
  const values = parameters.map(({ value }) => value)
  const slopes = gradients(b, loss, values)
  const vector =
    wanted === 'product'
      ? parameters.map(({ name, value }) => b.input(inputNames.vector(name), value.shape))
      : slopes.map((slope) => b.stopGradient(slope))
  const products = gradients(b, dot(b, slopes, vector), values)
  if (wanted === 'product')
    parameters.forEach(({ name }, i) => {
      b.output(outputNames.gradient(name), slopes[i] as Tensor)
      b.output(outputNames.hessianProduct(name), products[i] as Tensor)
    })
  else {
    b.output(outputNames.slopeSquared, dot(b, slopes, slopes))
    b.output(outputNames.curvature, dot(b, slopes, products))
  }
}

const dot = (b: ProgramBuilder, x: readonly Tensor[], y: readonly Tensor[]): Tensor =>
  x.map((part, i) => b.sum(b.mul(part, y[i] as Tensor))).reduce((sum, part) => b.add(sum, part), b.constant(0))
