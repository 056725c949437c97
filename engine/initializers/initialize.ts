/**
 * @file Fresh weights. In: a shaped graph and a seed. Out: numbers by weight name. Every weight has random numbers of its own,
 * so that adding a layer does not change the start of another.
 */
import { InternalError } from '../core/diagnostics'
import { Random } from '../core/random'
import { sizeOf } from '../core/tensor'
import { stateNames } from '../ir/names'
import type { WeightSpec } from '../layers/kit/define'
import { variantOf } from '../layers/kit/params'
import { completeParams } from '../layers/kit/validate'
import { ownersOf, type ShapedGraph } from '../shapes/shaped-graph'
import { initializers } from './registry'

export const initializeWeights = (shaped: Pick<ShapedGraph, 'nodes'>, seed: number): Map<string, Float32Array> =>
  new Map(freshWeights(shaped, seed))

/** One after the other, so that they need not all lie in memory twice. */
export function* freshWeights(shaped: Pick<ShapedGraph, 'nodes'>, seed: number): Generator<readonly [string, Float32Array]> {
  for (const { path, weights: specs } of ownersOf(shaped))
    for (const [weight, spec] of Object.entries(specs)) {
      const name = stateNames.weight(path, weight)
      yield [name, initializeWeight(spec, Random.seeded(seed, name), path)]
    }
}

function initializeWeight(spec: WeightSpec, random: Random, path: string): Float32Array {
  const { kind, given } = variantOf(spec.init)
  const initializer = initializers.get(kind)
  if (!initializer) throw new InternalError('initialize', `there is no initialiser “${kind}”`, path)
  const { params, problems } = completeParams(initializer.params, given)
  const [problem] = problems
  if (problem) throw new InternalError('initialize', `“${kind}” cannot have ${problem.param} = ${problem.got}`, path)
  const values = new Float32Array(sizeOf(spec.shape))
  initializer.fill(values, random, spec, params)
  return values
}
