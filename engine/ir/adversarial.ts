/**
 * @file Adversarial examples: x + ε sign(∂L/∂x), the fast gradient sign method (notes 004; Goodfellow, Shlens and Szegedy 2015).
 * In: a loss, the network's inputs and ε. Out: the moved inputs by node. They are constants to the second pass: nothing is differentiated
 * through the choice of their direction.
 */
import { gradients } from '../autodiff/gradients'
import { diagnosedError } from '../core/diagnostics'
import type { ShapedNode } from '../shapes/shaped-graph'
import type { ProgramBuilder } from './builder'
import type { Tensor } from './emit'

/** What a network looks at: real inputs, but not those that only say which losses count. */
export function movableInputs(nodes: readonly ShapedNode[]): readonly string[] {
  const readers = nodes.flatMap(({ layer, inputs }) =>
    Object.entries(inputs).flatMap(([port, sources]) => (layer.inputs[port]?.optional ? [] : sources.map(({ node }) => node))),
  )
  const read = new Set(readers)
  return nodes
    .filter(({ path, layer, outputs }) => layer.role?.type === 'input' && Object.values(outputs)[0]?.dtype === 'f32' && read.has(path))
    .map(({ path }) => path)
}

export function adversarialInputs(
  b: ProgramBuilder,
  loss: Tensor,
  inputs: readonly { readonly name: string; readonly value: Tensor }[],
  epsilon: number,
): ReadonlyMap<string, Tensor> {
  if (inputs.length === 0) throw diagnosedError('train.adversarial.inputs', {})
  const slopes = gradients(
    b,
    loss,
    inputs.map(({ value }) => value),
  )
  return new Map(
    inputs.map(({ name, value }, i) => [name, b.at(name, () => b.stopGradient(b.add(value, b.mul(b.sign(slopes[i] as Tensor), epsilon))))]),
  )
}
