/**
 * @file One graph (the document's own, or a block's in one of its instances) as a list of calls. In: the drawn graph and the shaped nodes of the
 * network it is part of. Out: steps in forward order, each with where its arguments come from; bypassed nodes are gone.
 */
import { InternalError } from '../../core/diagnostics'
import type { TensorType } from '../../core/tensor'
import { forwardOrder } from '../../document/order'
import { BLOCK_INPUT_PORT, type Blocks, blockNamed, type NodePorts, nodeKinds, portsOf, portsOfBlock } from '../../document/ports'
import { type DocumentParam, type Graph, type GraphNode, isParamRef } from '../../document/schema'
import type { AnyLayer, PyTorchExport } from '../../layers/kit/define'
import type { ParamSpecs, ParamValues } from '../../layers/kit/params'
import { layers } from '../../layers/kit/registry'
import type { ShapedNode } from '../../shapes/shaped-graph'

/** An output of a node of the same graph. */
export interface Ref {
  readonly node: string
  readonly port: string
}
export const keyOf = ({ node, port }: Ref): string => `${node}.${port}`

export interface Step {
  readonly node: GraphNode
  /** In the order of the call; undefined for an optional input without a wire. */
  readonly args: readonly (Ref | undefined)[]
  /** Ports, in the order in which the call gives them. */
  readonly outputs: readonly string[]
  /** The expression that makes the module; absent for pure functions. */
  readonly module?: string
  readonly call: (self: string, args: readonly string[]) => string
  readonly penalty?: (args: readonly string[]) => string
  /** Of a layer, not of a block's instance. */
  readonly layer?: AnyLayer
  readonly shaped?: ShapedNode
  readonly definitions: readonly string[]
}

export type Values = Readonly<Record<string, DocumentParam>>

/** A graph where it stands. */
export interface Place {
  readonly graph: Graph
  /** `''`, or `inception1/`. */
  readonly prefix: string
  /** Of the block's parameters. */
  readonly values: Values
}

export interface Network {
  readonly shaped: ReadonlyMap<string, ShapedNode>
  readonly blocks: Blocks
}

export const resolved = (value: DocumentParam, values: Values): DocumentParam =>
  isParamRef(value) ? (values[value.$param] ?? value) : value

/** The instances of blocks in this place, each with what it gives its block. */
export function instancesIn({ graph, prefix, values }: Place, blocks: Blocks): readonly (Place & { readonly node: GraphNode })[] {
  return graph.nodes.flatMap((node) => {
    const block = node.kind === nodeKinds.block && !isBypassed(node, values) ? blockNamed(blocks, node.block) : undefined
    if (!block) return []
    const given = Object.fromEntries(Object.entries(node.params).map(([name, value]) => [name, resolved(value, values)]))
    return [{ node, graph: block, prefix: `${prefix}${node.id}/`, values: { ...block.params, ...given } }]
  })
}

const isBypassed = (node: GraphNode, values: Values): boolean => node.bypass !== undefined && resolved(node.bypass, values) === true

export class Steps {
  readonly #nodes: ReadonlyMap<string, GraphNode>

  constructor(
    readonly place: Place,
    readonly network: Network,
    /** What makes the module of an instance, by its path. */
    readonly instance: (path: string) => string,
  ) {
    this.#nodes = new Map(place.graph.nodes.map((node) => [node.id, node]))
  }

  /** Of everything that computes: data nodes and a block's ports are no steps. */
  all(): readonly Step[] {
    const { graph, values } = this.place
    return forwardOrder(graph).order.flatMap((index) => {
      const node = graph.nodes[index]
      if (!node || isBypassed(node, values) || node.kind === nodeKinds.blockInput || node.kind === nodeKinds.blockOutput) return []
      if (node.kind === nodeKinds.block) return [this.#instance(node)]
      const role = layers.get(node.kind)?.role?.type
      return role === 'input' || role === 'label' ? [] : [this.#layer(node)]
    })
  }

  /** What arrives at a node's port, bypassed nodes looked through. */
  sources(node: GraphNode, port: string): readonly Ref[] {
    const wires = this.place.graph.edges.filter(({ to }) => to.node === node.id && to.port === port)
    return wires.flatMap(({ from }) => this.#seen(from))
  }

  #seen(from: Ref): readonly Ref[] {
    const node = this.#nodes.get(from.node)
    if (!node || !isBypassed(node, this.place.values)) return [from]
    const first = this.#ports(node).inputs[0]
    return first ? this.sources(node, first.name).slice(0, 1) : []
  }

  #ports(node: GraphNode): NodePorts {
    return portsOf(node, this.network.blocks, layers) ?? { inputs: [], outputs: [] }
  }

  #instance(node: GraphNode): Step {
    const path = this.place.prefix + node.id
    const block = blockNamed(this.network.blocks, node.block)
    if (!block) throw new InternalError('export', `there is no block “${node.block}”`, path)
    const ports = portsOfBlock(block)
    return {
      node,
      args: ports.inputs.map(({ name }) => this.sources(node, name)[0]),
      outputs: ports.outputs.map(({ name }) => name),
      module: this.instance(path),
      call: (self, args) => `${self}(${args.join(', ')})`,
      definitions: [],
    }
  }

  #layer(node: GraphNode): Step {
    const path = this.place.prefix + node.id
    const shaped = this.network.shaped.get(path)
    if (!shaped) throw new InternalError('export', 'the node has no shape', path)
    const { layer } = shaped
    const { module, call, penalty, definitions = [] } = pytorchOf(shaped)
    const args = Object.entries(layer.inputs).flatMap(([name]): (Ref | undefined)[] => {
      const wired = this.sources(node, name)
      return wired.length > 0 ? [...wired] : [undefined]
    })
    return { node, args, outputs: Object.keys(shaped.outputs), module, call, penalty, layer, shaped, definitions }
  }
}

export const pytorchOf = (shaped: ShapedNode): PyTorchExport =>
  shaped.layer.pytorch(shaped.params as ParamValues<ParamSpecs>, typesInto(shaped))

/** By port; a list for a variadic one, nothing for an optional one without a wire. */
function typesInto({ layer, inputs }: ShapedNode): Parameters<AnyLayer['pytorch']>[1] {
  const entries = Object.entries(inputs).flatMap(([port, sources]): [string, TensorType | readonly TensorType[]][] => {
    const [first] = sources
    if (layer.inputs[port]?.variadic) return [[port, sources.map(({ type }) => type)]]
    return first ? [[port, first.type]] : []
  })
  return Object.fromEntries(entries)
}

/** What a block hands out, in the order of its outputs. */
export const resultsOf = (steps: Steps): readonly (Ref | undefined)[] =>
  steps.place.graph.nodes.filter(({ kind }) => kind === nodeKinds.blockOutput).map((node) => steps.sources(node, 'x')[0])

export const blockInput = (id: string): Ref => ({ node: id, port: BLOCK_INPUT_PORT })
