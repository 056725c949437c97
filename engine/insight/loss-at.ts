/**
 * @file The loss of a network around one setting of its weights, in double precision on the reference interpreter. In: a program with gradients,
 * what it is fed, and all weights. Out: the loss, the computed gradients, and the loss after a change of one element, for which only what depends
 * on that parameter is computed again.
 */
import { InternalError } from '../core/diagnostics'
import { evaluate, type Feed } from '../ir/evaluate'
import { outputNames } from '../ir/names'
import type { Program, ValueId } from '../ir/program'
import { type Reach, reachOf } from './reach'

export type DoubleWeights = Readonly<Record<string, Float64Array>>

/** The loss on both sides of a point, ε away. */
export interface Sides {
  readonly above: number
  readonly here: number
  readonly below: number
}

interface Neighbourhood extends Reach {
  readonly feed: Readonly<Record<string, Float64Array>>
}

export class LossAt {
  readonly loss: number
  private readonly results: ReadonlyMap<ValueId, Float64Array>
  private readonly around = new Map<string, Neighbourhood>()
  private readonly reaches: ReadonlyMap<string, Reach>

  constructor(
    private readonly program: Program,
    parameters: readonly string[],
    inputs: Feed,
    private readonly weights: DoubleWeights,
  ) {
    this.reaches = new Map(parameters.map((name) => [name, reachOf(program, this.stateOf(name), ['loss'])]))
    const wanted = new Set([
      this.valueOf('loss'),
      ...parameters.map((name) => this.valueOf(outputNames.gradient(name))),
      ...[...this.reaches.values()].flatMap(({ known }) => [...known.values()]),
    ])
    this.results = evaluate(program, { ...inputs, ...weights }, wanted)
    this.loss = this.read('loss')[0] as number
  }

  gradient(parameter: string): Float64Array {
    return this.read(outputNames.gradient(parameter))
  }

  /** With one element of a parameter changed by ±ε. */
  sides(parameter: string, index: number, epsilon: number): Sides {
    const weights = (this.weights[parameter] as Float64Array).slice()
    const { program, feed } = this.neighbourhood(parameter)
    const at = program.outputs[0]?.value ?? 0
    const lossWith = (value: number): number => {
      weights[index] = value
      return evaluate(program, { ...feed, [parameter]: weights }, new Set([at])).get(at)?.[0] ?? Number.NaN
    }
    const held = weights[index] as number
    return { above: lossWith(held + epsilon), here: this.loss, below: lossWith(held - epsilon) }
  }

  private neighbourhood(parameter: string): Neighbourhood {
    const made = this.around.get(parameter)
    if (made) return made
    const reach = this.reaches.get(parameter)
    if (!reach) throw new InternalError('gradient check', `“${parameter}” is no parameter that is checked`)
    const feed = Object.fromEntries([...reach.known].map(([name, id]) => [name, this.results.get(id) as Float64Array]))
    const fresh = { ...reach, feed }
    this.around.set(parameter, fresh)
    return fresh
  }

  private read(output: string): Float64Array {
    return this.results.get(this.valueOf(output)) as Float64Array
  }

  private valueOf(output: string): ValueId {
    const found = this.program.outputs.find(({ name }) => name === output)
    if (!found) throw new InternalError('gradient check', `the program has no output “${output}”`)
    return found.value
  }

  private stateOf(parameter: string): ValueId {
    const slot = this.program.state.find(({ name }) => name === parameter)
    if (!slot) throw new InternalError('gradient check', `the program has no state “${parameter}”`)
    return slot.value
  }
}
