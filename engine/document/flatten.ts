/**
 * @file Opens every block. In: a document. Out: layers only, with path ids (`inception3a/conv1`), block parameters filled in, bypassed
 * nodes gone, in forward order; and what is unfinished: inputs without wires, references to parameters that do not exist.
 * Structure is structure.ts's matter: what is broken there is left out here.
 */
import type { Diagnostic, Endpoint } from '../core/diagnostics'
import { own } from '../core/records'
import type { AnyLayer } from '../layers/kit/define'
import { bool, float, type ParamSpec, text } from '../layers/kit/params'
import { layers as allLayers } from '../layers/kit/registry'
import { completeParams, problemValues } from '../layers/kit/validate'
import { forwardOrder } from './order'
import { BLOCK_INPUT_PORT, blockNamed, type LayerRegistry, type NodePorts, nodeKinds, portsOf } from './ports'
import { type Block, type DocumentParam, type Graph, type GraphDocument, type GraphNode, isParamRef, type WeightSettings } from './schema'
import { USUAL_TIE } from './weight-settings'

/** One wire into a layer. */
export interface FlatInput {
  /** Where the drawn wire comes from, as a path; what an edit of the document must name. */
  readonly wire: Endpoint
  /** The layer's output that arrives; undefined where something before is missing. */
  readonly source: Endpoint | undefined
}

export interface FlatNode {
  readonly path: string
  readonly layer: AnyLayer
  /** As the document gives them, references resolved, defaults not filled in. */
  readonly given: Readonly<Record<string, unknown>>
  readonly frozen: boolean
  /** Of the node and the blocks around it, multiplied. */
  readonly rateMultiplier: number
  readonly regularization: Regularization
  /** Path of the node whose weights these are. */
  readonly sharesWith?: string
  readonly tie?: Tie
  readonly inputs: Readonly<Record<string, readonly FlatInput[]>>
}

/** What training adds to the loss for a node's weights; the node's own numbers, else those of the blocks around it, else the document's. */
export interface Regularization {
  /** λ of λ Σ|w|. */
  readonly l1: number
  /** λ of λ/2 Σw². */
  readonly l2: number
  /** α of the decay (1 − εα)w, in place of `l2`. */
  readonly decay: number
  /** All weights count; otherwise only those that inputs are multiplied by. */
  readonly biases: boolean
}

/** The penalty strength · ‖w − w′‖² with the weights of another node. */
export interface Tie {
  readonly to: string
  readonly strength: number
}

/** Outputs of a node that only hands on what another makes: block instances, block inputs, bypassed nodes. */
export type Carried = Readonly<Record<string, Endpoint | undefined>>

export interface FlatGraph {
  readonly nodes: readonly FlatNode[]
  readonly carried: ReadonlyMap<string, Carried>
  readonly diagnostics: readonly Diagnostic[]
}

export function flatten(document: GraphDocument, layers: LayerRegistry = allLayers): FlatGraph {
  const flattener = new Flattener(document, layers)
  flattener.expand(document, {
    prefix: '',
    values: {},
    inputs: {},
    frozen: false,
    rateMultiplier: 1,
    penalties: { l1: document.training.l1 ?? 0, l2: document.training.l2 ?? 0 },
    stack: [],
  })
  return { nodes: flattener.nodes, carried: flattener.carried, diagnostics: flattener.diagnostics }
}

type Penalties = Pick<Regularization, 'l1' | 'l2'>

const penaltiesOf = ({ l1Penalty, l2Penalty }: WeightSettings, around: Penalties): Penalties => ({
  l1: l1Penalty ?? around.l1,
  l2: l2Penalty ?? around.l2,
})

/** What a graph is opened with: where it stands and what its instance gives it. */
interface Opening {
  readonly prefix: string
  readonly values: Readonly<Record<string, unknown>>
  readonly inputs: Carried
  readonly frozen: boolean
  readonly rateMultiplier: number
  readonly penalties: Penalties
  /** Path of the instance of the same block whose weights are meant. */
  readonly sharesWith?: string
  /** Names of the blocks around. */
  readonly stack: readonly string[]
}

class Flattener {
  readonly nodes: FlatNode[] = []
  readonly carried = new Map<string, Carried>()
  readonly diagnostics: Diagnostic[] = []
  readonly #plans = new Map<Graph, Plan>()

  constructor(
    readonly document: GraphDocument,
    readonly layers: LayerRegistry,
  ) {}

  /** Appends the graph's layers; gives what arrives at its block outputs. */
  expand(graph: Graph, opening: Opening): Carried {
    const { blocks } = this.document
    const plan = this.#planOf(graph)
    const results: Record<string, Endpoint | undefined> = {}
    for (const node of plan.order) {
      const ports = portsOf(node, blocks, this.layers)
      if (!ports) continue
      const path = opening.prefix + node.id
      if (node.kind === nodeKinds.blockInput) {
        this.carried.set(path, { [BLOCK_INPUT_PORT]: own(opening.inputs, node.id) })
        continue
      }
      const bypassed = this.#isBypassed(node, ports, path, opening)
      const inputs = this.#wiresInto(node.id, plan, bypassed ? ports.inputs.slice(0, 1) : ports.inputs, path, opening.prefix)
      const first = ports.inputs[0] && inputs[ports.inputs[0].name]?.[0]?.source
      if (node.kind === nodeKinds.blockOutput) results[node.id] = first
      else if (bypassed) this.carried.set(path, Object.fromEntries(ports.outputs.map(({ name }) => [name, first])))
      else if (node.kind === nodeKinds.block) this.#expandInstance(node, path, inputs, opening)
      else this.#append(node, path, inputs, opening)
    }
    return results
  }

  #append(node: GraphNode, path: string, inputs: FlatNode['inputs'], opening: Opening): void {
    const layer = this.layers.get(node.kind)
    if (!layer) return
    const frozen = opening.frozen || (node.frozen ?? false)
    const rateMultiplier = opening.rateMultiplier * (node.rateMultiplier ?? 1)
    const { decay = false, penalizeBiases: biases = false } = this.document.training
    const { l1, l2 } = penaltiesOf(node, opening.penalties)
    const sharesWith = sharedPath(node, opening)
    const { tiedTo, tieStrength = USUAL_TIE } = node
    this.nodes.push({
      path,
      layer,
      given: this.#resolveParams(node, path, opening),
      frozen,
      rateMultiplier,
      regularization: { l1, l2: decay ? 0 : l2, decay: decay ? l2 : 0, biases },
      ...(sharesWith !== undefined && { sharesWith }),
      ...(tiedTo !== undefined && { tie: { to: opening.prefix + tiedTo, strength: tieStrength } }),
      inputs,
    })
  }

  #expandInstance(node: GraphNode, path: string, wires: FlatNode['inputs'], opening: Opening): void {
    const block = blockNamed(this.document.blocks, node.block)
    if (!block || node.block === undefined || opening.stack.includes(node.block)) return
    const given = this.#resolveParams(node, path, opening)
    const { params, problems } = completeParams(specsOf(block), given)
    for (const problem of problems) {
      this.diagnostics.push({
        code: 'param.invalid',
        severity: 'error',
        nodeId: path,
        param: problem.param,
        values: problemValues(problem),
      })
    }
    const results = this.expand(block, {
      prefix: `${path}/`,
      values: params,
      inputs: Object.fromEntries(Object.entries(wires).map(([port, [wire]]) => [port, wire?.source])),
      frozen: opening.frozen || (node.frozen ?? false),
      rateMultiplier: opening.rateMultiplier * (node.rateMultiplier ?? 1),
      penalties: penaltiesOf(node, opening.penalties),
      sharesWith: sharedPath(node, opening),
      stack: [...opening.stack, node.block],
    })
    this.carried.set(path, results)
  }

  /** Wires by port, and a diagnostic for every input that lacks one. */
  #wiresInto(id: string, plan: Plan, ports: NodePorts['inputs'], path: string, prefix: string): Record<string, FlatInput[]> {
    const into = plan.wires.get(id)
    const inputs: Record<string, FlatInput[]> = {}
    for (const { name, variadic, optional } of ports) {
      const wires = into?.get(name) ?? []
      const needed = optional ? 0 : variadic ? 2 : 1
      if (wires.length < needed) {
        const code = wires.length === 0 ? 'graph.missing-input' : 'graph.few-inputs'
        this.diagnostics.push({ code, severity: 'error', nodeId: path, port: name, values: { port: name } })
      }
      inputs[name] = (variadic ? wires : wires.slice(0, 1)).map((from) => {
        const wire = { node: prefix + from.node, port: from.port }
        return { wire, source: this.#sourceOf(wire) }
      })
    }
    return inputs
  }

  /** Forward order: whatever a node hands on has been noted before anything asks for it. */
  #sourceOf(wire: Endpoint): Endpoint | undefined {
    const carried = this.carried.get(wire.node)
    return carried ? own(carried, wire.port) : wire
  }

  #isBypassed(node: GraphNode, ports: NodePorts, path: string, opening: Opening): boolean {
    if (node.kind === nodeKinds.blockOutput || node.bypass === undefined) return false
    const value = this.#resolve(node.bypass, 'bypass', path, opening)
    if (value !== undefined && typeof value !== 'boolean') {
      const values = { param: 'bypass', expected: 'true / false', got: String(value) }
      this.diagnostics.push({ code: 'param.invalid', severity: 'error', nodeId: path, param: 'bypass', values })
    }
    if (value !== true) return false
    if (ports.inputs.length > 0) return true
    this.diagnostics.push({ code: 'graph.bypass-source', severity: 'error', nodeId: path, values: {} })
    return false
  }

  #resolveParams(node: GraphNode, path: string, opening: Opening): Record<string, unknown> {
    const resolved = Object.entries(node.params).map(([param, value]) => [param, this.#resolve(value, param, path, opening)] as const)
    return Object.fromEntries(resolved.filter(([, value]) => value !== undefined))
  }

  #resolve(value: DocumentParam, param: string, path: string, { values }: Opening): unknown {
    if (!isParamRef(value)) return value
    const bound = own(values, value.$param)
    if (bound !== undefined) return bound
    this.diagnostics.push({
      code: 'param.unresolved',
      severity: 'error',
      nodeId: path,
      param,
      values: { param, got: value.$param },
    })
    return undefined
  }

  /** Order and wires of a graph: once for all instances of a block. */
  #planOf(graph: Graph): Plan {
    const plan = this.#plans.get(graph) ?? planOf(graph)
    this.#plans.set(graph, plan)
    return plan
  }
}

/** What the node itself names; else its counterpart in the instance whose weights all of its own instance has. */
function sharedPath({ id, sharesWith }: GraphNode, opening: Opening): string | undefined {
  if (sharesWith !== undefined) return opening.prefix + sharesWith
  return opening.sharesWith === undefined ? undefined : `${opening.sharesWith}/${id}`
}

interface Plan {
  readonly order: readonly GraphNode[]
  /** Target node → port → sources, in the order of the edges. */
  readonly wires: ReadonlyMap<string, ReadonlyMap<string, readonly Endpoint[]>>
}

function planOf(graph: Graph): Plan {
  const wires = new Map<string, Map<string, Endpoint[]>>()
  for (const { from, to } of graph.edges) {
    const ports = wires.get(to.node) ?? new Map<string, Endpoint[]>()
    const sources = ports.get(to.port) ?? []
    sources.push(from)
    wires.set(to.node, ports.set(to.port, sources))
  }
  const seen = new Set<string>()
  const order = forwardOrder(graph).order.flatMap((index) => {
    const node = graph.nodes[index]
    if (!node || seen.has(node.id)) return []
    seen.add(node.id)
    return [node]
  })
  return { order, wires }
}

/** A block's parameters say by their defaults what they are. */
const specsOf = (block: Block): Record<string, ParamSpec> =>
  Object.fromEntries(Object.entries(block.params).map(([name, value]) => [name, specOf(name, value)]))

function specOf(name: string, value: number | string | boolean): ParamSpec {
  const label = { en: name, zh: name }
  if (typeof value === 'boolean') return bool({ label, default: value })
  return typeof value === 'number' ? float({ label, default: value }) : text({ label, default: value })
}
