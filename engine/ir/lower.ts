/**
 * @file From a graph of layers to one program: every node writes its formula, losses add up, gradients are taken, and the optimiser's
 * update joins, so that a training step is a single static program.
 * In: a shaped graph without errors, and what is wanted (a `DiagnosedError` where that needs a loss and there is none). Out: the program with its inputs, state and outputs named as lowering.ts says.
 */
import { diagnosedError, type Endpoint, InternalError } from '../core/diagnostics'
import type { Shape, TensorType } from '../core/tensor'
import type { LowerContext } from '../layers/kit/define'
import type { ParamSpecs, ParamValues } from '../layers/kit/params'
import { isReplica, originalPath } from '../shapes/replicas'
import type { ShapedGraph, ShapedNode, Source } from '../shapes/shaped-graph'
import { adversarialInputs, movableInputs } from './adversarial'
import { ProgramBuilder } from './builder'
import { differentiate } from './differentiate'
import type { Tensor } from './emit'
import type { Parameter } from './forward-view'
import { keepStateUnlessFinite } from './loss-scaling'
import { type Lowered, type LowerOptions, onlyLooks } from './lowering'
import { inputNames, outputNames, stateNames } from './names'
import { prune } from './prune'
import { secondDerivatives } from './second-derivatives'
import { update } from './update'
import { Weights } from './weights'

export function lowerGraph(shaped: ShapedGraph, options: LowerOptions): Lowered {
  const b = new ProgramBuilder(shaped.name)
  const weights = new Weights(b, shaped.nodes, options)
  const forward = new Forward(b, options, weights)
  for (const node of shaped.nodes) forward.lower(node)
  if (options.training && options.adversarial) {
    const { epsilon, weight } = options.adversarial
    const movable = movableInputs(shaped.nodes)
    const loss = options.optimizer?.lossScaling ? b.mul(forward.taskLoss(), b.input(inputNames.lossScale, [])) : forward.taskLoss()
    const inputs = forward.inputs.filter(({ name }) => movable.includes(name))
    const moved = new Forward(b, options, weights, adversarialInputs(b, loss, inputs, epsilon))
    for (const node of shaped.nodes) moved.lower(node)
    forward.mixIn(moved.taskLoss(), weight)
  }

  const outputs = forward.modelOutputs()
  for (const { name, value } of outputs) b.output(name, value)
  for (const { name, value, count } of forward.metrics()) output(b, outputNames.metric(name), value, count)
  for (const [i, { value, count }] of forward.summands().entries()) output(b, outputNames.summand(i), value, count)
  if (options.optimizer) update(b, forward, options.optimizer)
  else if (options.secondOrder) secondDerivatives(b, forward.loss(), forward.trainable(), options.secondOrder)
  else if (options.gradients !== 'none') differentiate(b, forward, forward.inputs, options)
  weights.settle()
  for (const path of options.activations ?? [])
    for (const [port, value] of Object.entries(forward.outputsOf(path))) b.output(outputNames.activation(path, port), value)

  return {
    program: prune(keepStateUnlessFinite(b.finish())),
    outputs: outputs.map(({ name }) => name),
    weights: weights.all.map(({ name, trainable }) => ({ name, trainable })),
    kept: forward.kept,
  }
}

function output(b: ProgramBuilder, name: string, value: Tensor, count: Tensor | undefined): void {
  b.output(name, value)
  if (count) b.output(outputNames.count(name), count)
}

interface Named {
  readonly name: string
  readonly value: Tensor
  /** Of how much it is the mean, where a mask decides that and it was asked for. */
  readonly count?: Tensor | undefined
}
/** A value that wants a name, and the node to name it after when another wants the same. */
interface Claim extends Named {
  readonly path: string
}
/** A part of the loss. */
interface Term {
  readonly path: string
  readonly value: Tensor
  readonly weight: number
  readonly count?: Tensor | undefined
}

/** The forward pass under construction. */
class Forward {
  /** Names of slots that nodes keep from run to run. */
  readonly kept: string[] = []
  /** What the data set feeds. */
  readonly inputs: Named[] = []
  readonly nodes: ShapedNode[] = []
  private readonly values = new Map<string, Readonly<Record<string, Tensor>>>()
  private continues: Tensor | undefined
  private readonly losses: Term[] = []
  private readonly penalties: Term[] = []
  private readonly exposed: Claim[] = []
  private readonly measured: Claim[] = []
  private mixed: Omit<Term, 'path'> | undefined

  constructor(
    private readonly b: ProgramBuilder,
    private readonly options: LowerOptions,
    private readonly weights: Weights,
    /** A pass over inputs that were changed: these instead of what the data set feeds, and nothing is kept of it. */
    private readonly changed?: ReadonlyMap<string, Tensor>,
  ) {}

  lower(node: ShapedNode): void {
    const { path, layer } = node
    this.b.at(path, () => {
      const inputs = this.carried(node, (source) => this.at(source, path))
      const weights = this.weights.of(node)
      const outputs: Readonly<Record<string, Tensor>> = layer.lower(this.b, inputs, weights, paramsOf(node), this.contextOf(node))
      this.nodes.push(node)
      this.values.set(path, outputs)
      if (layer.role?.type === 'loss') this.addLoss(node, inputs, outputs)
    })
  }

  private addLoss(node: ShapedNode, inputs: Carried, { loss }: Readonly<Record<string, Tensor>>): void {
    const { path, layer } = node
    if (layer.role?.type !== 'loss' || !loss) throw new InternalError('lower', 'a loss needs an output called “loss”', path)
    const counts = this.options.counts ? layer.role.counts?.(this.b, inputs, paramsOf(node)) : undefined
    this.losses.push({ path, value: loss, weight: layer.role.weight(paramsOf(node)), count: counts?.loss })
    for (const [name, value] of Object.entries(layer.role.metrics?.(this.b, inputs, paramsOf(node)) ?? {}))
      this.measured.push({ name, path, value, count: counts?.metrics[name] })
    // What further copies of the network give would only bear the same names.
    if (isReplica(path)) return
    for (const [port, name] of Object.entries<string>(layer.role.exposes)) {
      const [source] = node.inputs[port] ?? []
      if (!source) continue
      const value = this.at(source, path)
      // What two losses look at is one output.
      if (!this.exposed.some((other) => other.name === name && other.value.id === value.id)) this.exposed.push({ name, path, value })
    }
  }

  /** What the layer may ask for beside its inputs and weights. */
  private contextOf(node: ShapedNode): LowerContext {
    const { path, outputs } = node
    return {
      training: this.options.training,
      inputs: this.carried(node, ({ type }): TensorType => type),
      assign: (weight, value) => {
        if (!this.changed) this.weights.assign(node, weight, value)
      },
      kept: (name, shape) => this.keptBefore(stateNames.kept(path, name), shape),
      keep: (name, value) => {
        const slot = stateNames.kept(path, name)
        if (this.options.keepsState === 'handed') this.b.output(outputNames.kept(slot), value)
        else if (this.options.keepsState && !onlyLooks(this.options) && !this.changed) this.b.update(slot, value)
      },
      penalize: (value, weight, count) => {
        this.penalties.push({ path, value, weight, count: this.options.counts ? count : undefined })
      },
      feed: () => {
        const changed = this.changed?.get(path)
        if (changed) return changed
        const [type] = Object.values(outputs)
        if (!type) throw new InternalError('lower', 'a node that is fed needs an output', path)
        const value = this.b.input(path, type.shape, type.dtype)
        this.inputs.push({ name: path, value })
        return value
      },
    }
  }

  private keptBefore(slot: string, shape: Shape): Tensor {
    if (!this.options.keepsState) return this.b.constant(0, shape)
    if (this.options.keepsState === 'handed') return this.b.input(inputNames.kept(slot), shape)
    this.continues ??= this.b.input(inputNames.continues, [])
    this.kept.push(slot)
    // Chosen, not multiplied: a state that ran away must not outlive its epoch as NaN · 0.
    return this.b.select(this.b.broadcast(this.continues, shape), this.b.state(slot, shape), 0)
  }

  /** By port; a list where the port takes several wires, nothing for an optional port without one. */
  private carried<T>(node: ShapedNode, of: (source: Source) => T): Carried<T> {
    const entries = Object.entries(node.inputs).flatMap(([port, sources]): [string, T | T[]][] => {
      const [first, ...others] = sources.map(of)
      const { variadic, optional } = node.layer.inputs[port] ?? {}
      if (variadic) return [[port, sources.map(of)]]
      if (optional && sources.length === 0) return []
      if (first === undefined || others.length > 0) throw new InternalError('lower', `port “${port}” takes one wire`, node.path)
      return [[port, first]]
    })
    return Object.fromEntries(entries)
  }

  private at({ node, port }: Source, reader: string): Tensor {
    const value = this.values.get(node)?.[port]
    if (!value) throw new InternalError('lower', `${node}.${port} is read before it is there`, reader)
    return value
  }

  trainable(): readonly Parameter[] {
    return this.weights.trainable()
  }

  outputsOf(path: string): Readonly<Record<string, Tensor>> {
    const outputs = this.values.get(path)
    if (!outputs) throw new InternalError('lower', 'there is no such node', path)
    return outputs
  }

  valueAt({ node, port }: Endpoint): Tensor {
    const value = this.outputsOf(node)[port]
    if (!value) throw new InternalError('lower', `there is no output “${port}”`, node)
    return value
  }

  /** What the network itself is to do: the loss without what its weights cost. */
  taskLoss(): Tensor {
    const loss = this.taskLossIfAny()
    if (!loss) throw diagnosedError('train.no-loss', {})
    return loss
  }

  /** The loss becomes this share of another pass's. */
  mixIn(value: Tensor, weight: number): void {
    this.mixed = { value, weight }
  }

  /** Weighted sum of all losses and penalties; a `DiagnosedError` where the graph has none. */
  loss(): Tensor {
    const loss = this.lossIfAny()
    if (!loss) throw diagnosedError('train.no-loss', {})
    return loss
  }

  /** What adds up to the loss. */
  private terms(): readonly Term[] {
    return [...this.losses, ...this.penalties]
  }

  /** Penalties alone are nothing to learn from. */
  private taskLossIfAny(): Tensor | undefined {
    if (this.losses.length === 0) return undefined
    const [first, ...others] = this.terms().map((term) => this.weighted(term))
    return first && others.reduce((sum, term) => this.b.add(sum, term), first)
  }

  private weighted({ value, weight }: Term): Tensor {
    return weight === 1 ? value : this.b.mul(value, weight)
  }

  /** The loss in parts, where these are means of different numbers of things. */
  summands(): readonly Omit<Named, 'name'>[] {
    const terms = this.losses.length > 0 ? this.terms() : []
    return terms.some(({ count }) => count) ? terms.map((term) => ({ value: this.weighted(term), count: term.count })) : []
  }

  private lossIfAny(): Tensor | undefined {
    const { b, mixed } = this
    const own = this.taskLossIfAny()
    const task = own && mixed ? b.add(b.mul(own, 1 - mixed.weight), b.mul(mixed.value, mixed.weight)) : own
    const penalty = task && this.weights.penalty()
    return penalty ? b.add(task, penalty) : task
  }

  /** What losses expose and what no wire reads, in the order of the nodes; the loss last. */
  modelOutputs(): readonly Named[] {
    const order = new Map(this.nodes.map(({ path }, i) => [path, i]))
    const claims = [...this.exposed, ...this.unread()].sort((a, b) => (order.get(a.path) ?? 0) - (order.get(b.path) ?? 0))
    const loss = this.lossIfAny()
    return [...distinct(claims, loss ? ['loss'] : []), ...(loss ? [{ name: 'loss', value: this.perReplica(loss) }] : [])]
  }

  /** What the losses measure; and where the loss is a sum, each of its terms before its weight, named after its node. Of copies the mean. */
  metrics(): readonly Named[] {
    const all = this.terms().map(({ path, value, count }) => ({ name: originalPath(path), path, value, count }))
    const terms = all.filter(({ path }) => !isReplica(path)).length > 1 ? all : []
    const path = this.nodes.at(-1)?.path ?? ''
    const more = { penalty: this.weights.penalty(), adversarialLoss: this.mixed?.value }
    const added = Object.entries(more).flatMap(([name, value]) => (value ? [{ name, path, value: this.perReplica(value) }] : []))
    return distinct([...this.overCopies(this.measured), ...this.overCopies(terms), ...added], ['loss'])
  }

  /** What copies say of themselves under one name, as the mean of all. */
  private overCopies(claims: readonly Claim[]): readonly Claim[] {
    return claims.flatMap((claim) => {
      if (isReplica(claim.path)) return []
      const alike = claims.filter(({ name, path }) => name === claim.name && originalPath(path) === claim.path)
      if (alike.length === 1) return [claim]
      const sum = alike.map(({ value }) => value).reduce((a, b) => this.b.add(a, b))
      return [{ ...claim, value: this.b.div(sum, alike.length) }]
    })
  }

  /** Of what is summed over copies that learn side by side, a person wants to know the mean. */
  private perReplica(value: Tensor): Tensor {
    const { replicas = 1, training } = this.options
    return replicas > 1 && training ? this.b.div(value, replicas) : value
  }

  private unread(): Claim[] {
    const read = new Set(
      this.nodes.flatMap(({ inputs }) => Object.values(inputs).flatMap((all) => all.map(({ node, port }) => `${node}.${port}`))),
    )
    return this.nodes.flatMap(({ path, layer }) => {
      const role = layer.role?.type
      if (role === 'input' || role === 'label' || isReplica(path)) return []
      const outputs = Object.entries(this.outputsOf(path)).filter(([port]) => !(role === 'loss' && port === 'loss'))
      return outputs
        .filter(([port]) => !read.has(`${path}.${port}`))
        .map(([port, value]) => ({ name: outputs.length === 1 ? path : `${path}.${port}`, path, value }))
    })
  }
}

/** Inference has checked them against the layer's specifications. */
const paramsOf = (node: ShapedNode) => node.params as ParamValues<ParamSpecs>

type Carried<T = Tensor> = Readonly<Record<string, T | readonly T[]>>

/** A name that several values want is put behind the path of each one's node. */
function distinct(claims: readonly Claim[], taken: readonly string[] = []): Named[] {
  const wanted = (name: string) => claims.filter((claim) => claim.name === name).length + taken.filter((other) => other === name).length
  return claims.map(({ name, path, value, count }) => ({ name: wanted(name) > 1 ? `${path}.${name}` : name, value, count }))
}
