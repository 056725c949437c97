/**
 * @file What each member of an ensemble learns from. In: the training samples, a seed and the number of a member. Out: as many samples, drawn from all
 * of them with replacement (the bootstrap; Efron 1979), the same for the same seed; and the batches of all members together.
 */
import { keyOf, Random } from '../core/random'
import { inReplica } from '../shapes/replicas'
import type { Inputs } from './batches'
import type { Feeder } from './feeder'

export function bootstrap(indices: Uint32Array, seed: number, replica: number): Uint32Array {
  const random = Random.seeded(seed, `bootstrap ${replica}`)
  return indices.map(() => indices[random.below(indices.length)] as number).sort()
}

/** Orders of its own; those of the first member are the network's. */
export const seedOf = (seed: number, replica: number): number => (replica === 1 ? seed : keyOf(seed, `replica ${replica}`))

/** One feeder for each member, together. */
export class EnsembleFeeder {
  constructor(private readonly feeders: readonly Feeder[]) {}

  get stepsPerEpoch(): number {
    return this.feeders[0]?.stepsPerEpoch ?? 0
  }

  async inputsOf(step: number): Promise<Inputs> {
    const all: Record<string, Inputs[string]> = {}
    for (const [i, feeder] of this.feeders.entries())
      for (const [node, data] of Object.entries(await feeder.inputsOf(step))) all[inReplica(i + 1, node)] = data
    return all
  }

  dispose(): void {
    for (const feeder of this.feeders) feeder.dispose()
  }
}
