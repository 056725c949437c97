/**
 * @file Penalties on weights: λ/2 Σw² and λ Σ|w| of single layers, and strength · ‖w − w′‖² between two (notes 002 §4; 004).
 * In: the nodes of a graph and their weights. Out: one number to be added to the loss, or nothing where nothing is penalised.
 */
import { InternalError } from '../core/diagnostics'
import type { ShapedNode } from '../shapes/shaped-graph'
import { countsAsKernel } from '../shapes/shared-weights'
import type { ProgramBuilder } from './builder'
import type { Tensor } from './emit'

/** Names of the weights that penalties, decay and noise take. */
export const penalizedWeights = ({ weights, regularization }: ShapedNode): readonly string[] =>
  Object.entries(weights).flatMap(([name, spec]) =>
    countsAsKernel(spec) || (regularization.biases && spec.trainable !== false) ? [name] : [],
  )

export function weightPenalty(
  b: ProgramBuilder,
  nodes: readonly ShapedNode[],
  valueAt: (path: string, weight: string) => Tensor | undefined,
): Tensor | undefined {
  const terms: Tensor[] = []
  const weightAt = (path: string, weight: string): Tensor => {
    const value = valueAt(path, weight)
    if (!value) throw new InternalError('lower', `the weight “${weight}” is penalised before it is there`, path)
    return value
  }
  const add = (path: string, weight: string, factor: number, of: (w: Tensor) => Tensor) => {
    if (factor !== 0) b.at(path, () => terms.push(b.mul(b.sum(of(weightAt(path, weight))), factor)))
  }
  for (const node of nodes) {
    const { path, regularization, tie } = node
    const names = penalizedWeights(node)
    // What another node owns is penalised there; what does not learn has nothing to gain.
    if (node.sharesWith === undefined && !node.frozen)
      for (const name of names) {
        add(path, name, regularization.l2 / 2, (w) => b.mul(w, w))
        add(path, name, regularization.l1, (w) => b.abs(w))
      }
    if (!tie) continue
    for (const name of names)
      add(node.sharesWith ?? path, name, tie.strength, (w) => {
        const apart = b.sub(w, weightAt(tie.to, name))
        return b.mul(apart, apart)
      })
  }
  const [first, ...others] = terms
  return first && others.reduce((sum, term) => b.add(sum, term), first)
}
