/**
 * @file The weights of a program under construction. In: the nodes of a graph. Out: what each node's layer computes with (one slot for nodes that
 * share, noise on top where training wants it), what the optimiser may change, and what weights alone add to the loss.
 */
import { standardNormal } from '../layers/kit/normal'
import type { ShapedNode } from '../shapes/shaped-graph'
import type { ProgramBuilder } from './builder'
import type { Tensor } from './emit'
import type { Parameter } from './forward-view'
import { type LowerOptions, onlyLooks } from './lowering'
import { stateNames } from './names'
import { penalizedWeights, weightPenalty } from './weight-penalties'

interface Weight extends Parameter {
  readonly trainable: boolean
  /** What layers see: the value, or the value with noise. */
  readonly seen: Tensor
}

export class Weights {
  private readonly held = new Map<string, Weight>()
  private readonly assigned = new Map<string, Tensor>()
  private readonly nodes: ReadonlyMap<string, ShapedNode>

  constructor(
    private readonly b: ProgramBuilder,
    nodes: readonly ShapedNode[],
    private readonly options: LowerOptions,
  ) {
    this.nodes = new Map(nodes.map((node) => [node.path, node]))
  }

  /** In the order in which they were met, which is forward order. */
  get all(): readonly Weight[] {
    return [...this.held.values()]
  }

  trainable(): readonly Parameter[] {
    return this.all.filter(({ trainable }) => trainable)
  }

  /** By the names that the node's layer gives them. */
  of(node: ShapedNode): Record<string, Tensor> {
    const owner = this.ownerOf(node)
    return Object.fromEntries(
      Object.keys(node.weights).map((weight) => {
        const name = stateNames.weight(owner.path, weight)
        const held = this.held.get(name) ?? this.take(owner, weight, name)
        return [weight, this.assigned.get(name) ?? held.seen]
      }),
    )
  }

  /** Gives running statistics their next value; nodes that share them go on from one another. */
  assign(node: ShapedNode, weight: string, value: Tensor): void {
    if (this.options.training && !onlyLooks(this.options)) this.assigned.set(stateNames.weight(this.ownerOf(node).path, weight), value)
  }

  /** What was assigned becomes part of the program. */
  settle(): void {
    for (const [name, value] of this.assigned) this.b.update(name, value)
  }

  /** Part of the loss in training only, so that the losses of evaluations can be compared whatever λ is. */
  penalty(): Tensor | undefined {
    if (!this.options.training) return undefined
    return weightPenalty(this.b, [...this.nodes.values()], (path, weight) => this.held.get(stateNames.weight(path, weight))?.value)
  }

  private ownerOf(node: ShapedNode): ShapedNode {
    return (node.sharesWith === undefined ? undefined : this.nodes.get(node.sharesWith)) ?? node
  }

  private take(owner: ShapedNode, weight: string, name: string): Weight {
    const { path, frozen, rateMultiplier, regularization } = owner
    const spec = owner.weights[weight] ?? { shape: [], trainable: false }
    const trainable = spec.trainable !== false && !frozen
    const { averaged, training, weightNoise = 0 } = this.options
    const value = this.b.state(trainable && averaged ? stateNames.average(name) : name, spec.shape)
    const isPenalized = penalizedWeights(owner).includes(weight)
    const isNoisy = training && weightNoise > 0 && trainable && isPenalized
    const seen = isNoisy ? this.b.add(value, this.b.mul(standardNormal(this.b, spec.shape), weightNoise)) : value
    const taken = { name, path, rateMultiplier, decay: isPenalized ? regularization.decay : 0, value, trainable, seen }
    this.held.set(name, taken)
    return taken
  }
}
