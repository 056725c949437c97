/**
 * @file The graph builder: networks written as code. In: calls, one per node. Out: a document.
 * `const y = g.relu(g.conv2d(x, { numChannels: 6, kernelSize: 5 }))`
 */
import { diagnosedError, InternalError } from '../core/diagnostics'
import type { Text } from '../core/text'
import { normalizeDocument } from '../document/normalize'
import { nodeKinds } from '../document/ports'
import {
  type Block,
  type DocumentParam,
  FORMAT,
  type GraphDocument,
  type GraphEdge,
  type GraphNode,
  idSchema,
  type Layout,
  VERSION,
} from '../document/schema'
import { weightSettingNames, weightSettingsOf } from '../document/weight-settings'
import type { AnyLayer, InputPort } from '../layers/kit/define'
import { layers } from '../layers/kit/registry'
import type { BlockDefinition } from './block-definition'
import { classify } from './classify'
import type { DocumentBuilder, GraphBuilder } from './graph-builder'
import { Ids } from './ids'
import { dataOf, type GraphSettings, trainingOf } from './settings'
import { sourceArgument } from './source-argument'
import { type Bound, type Handle, type NodeOptions, type Source, unconnected } from './types'

/** Starts an empty graph. */
export const graph = (name: string, settings: GraphSettings = {}): DocumentBuilder =>
  new GraphWriter(name, settings) as unknown as DocumentBuilder

type AnyOptions = NodeOptions & Readonly<Record<string, DocumentParam | undefined>>
type AnyResult = Handle | Record<string, Handle>

/** What a builder does at run time; the methods of the layers join its prototype below. */
export class GraphWriter {
  readonly nodes: GraphNode[] = []
  readonly edges: GraphEdge[] = []
  readonly blocks = new Map<string, Block>()
  readonly positions: Layout = {}
  readonly #ids = new Ids()

  constructor(
    readonly name: string,
    readonly settings: GraphSettings = {},
  ) {}

  /** Adds a node and its wires; gives its id. */
  addNode(
    kind: string,
    stem: string,
    wires: readonly (readonly [port: string, source: Source])[],
    options: AnyOptions,
    block?: string,
  ): string {
    const { id: chosen, title, bypass, ...others } = options
    for (const [port, source] of wires) this.#checkOwner(port, source)
    const id = chosen ?? this.#ids.next(stem)
    if (chosen !== undefined) this.#choose(chosen)
    const isSetting = (name: string) => weightSettingNames.some((known) => known === name)
    const params = Object.entries(others).filter(
      (entry): entry is [string, DocumentParam] => entry[1] !== undefined && !isSetting(entry[0]),
    )
    this.nodes.push({
      id,
      kind,
      ...(block !== undefined && { block }),
      ...(title !== undefined && { title }),
      params: Object.fromEntries(params),
      ...(bypass !== undefined && { bypass }),
      ...weightSettingsOf(options),
    })
    for (const [port, source] of wires) {
      if (source !== unconnected) this.edges.push({ from: { node: source.node, port: source.port }, to: { node: id, port } })
    }
    return id
  }

  handle(node: string, port: string): Handle {
    return { node, port, graph: this }
  }

  addLayer(layer: AnyLayer, args: readonly unknown[]): AnyResult {
    const needed = needsWire(layer)
    const given = (args[needed.length] ?? {}) as Readonly<Record<string, unknown>>
    const optional = Object.keys(layer.inputs).filter((port) => !needed.includes(port))
    const wires = [...needed.map((port, i) => [port, args[i]] as const), ...optional.map((port) => [port, given[port]] as const)]
    const options = Object.entries(given).filter(([name]) => !optional.includes(name))
    const id = this.addNode(
      layer.kind,
      layer.idStem,
      wires.flatMap(([port, argument]) =>
        (Array.isArray(argument) ? argument : [argument ?? unconnected]).map((source: Source) => [port, source] as const),
      ),
      Object.fromEntries(options) as AnyOptions,
    )
    return this.#results(id, Object.keys(layer.outputs))
  }

  /** `g.input('image', [1, 28, 28])`: the id, what the node is about, and whatever else there is to say. */
  addData(layer: AnyLayer, id: string, about: unknown, options: AnyOptions = {}): AnyResult {
    const param = sourceArgument(layer)
    const isOptions = typeof about === 'object' && about !== null && !Array.isArray(about) && !('$param' in about)
    const given = isOptions || param === undefined ? (about as AnyOptions) : { [param]: about as DocumentParam }
    this.addNode(layer.kind, layer.idStem, [], { ...options, ...given, id })
    return this.#results(id, Object.keys(layer.outputs))
  }

  use(block: BlockDefinition, inputs: Source | Readonly<Record<string, Source>>, options: AnyOptions = {}): AnyResult {
    this.define(block)
    const [first] = block.inputs
    const sources: Readonly<Record<string, Source>> = isSource(inputs) ? (first === undefined ? {} : { [first]: inputs }) : inputs
    const wires = block.inputs.map((port) => [port, sources[port] ?? unconnected] as const)
    const id = this.addNode(nodeKinds.block, block.name, wires, options, block.name)
    return this.#results(id, block.outputs)
  }

  define(block: BlockDefinition): void {
    for (const [name, definition] of [...block.blocks, [block.name, block.graph] as const]) {
      const known = this.blocks.get(name)
      if (known && JSON.stringify(known) !== JSON.stringify(definition)) throw diagnosedError('graph.duplicate-block', { got: name })
      this.blocks.set(name, definition)
    }
  }

  layout(positions: Layout): void {
    Object.assign(this.positions, positions)
  }

  classify(features: Source, numClasses: Bound<number>): Handle {
    return classify(this as unknown as GraphBuilder, features, numClasses)
  }

  document(): GraphDocument {
    const { description, data, training } = this.settings
    return normalizeDocument({
      format: FORMAT,
      version: VERSION,
      name: this.name,
      description,
      nodes: this.nodes,
      edges: this.edges,
      layout: this.positions,
      blocks: Object.fromEntries(this.blocks),
      data: dataOf(data),
      training: trainingOf(training),
    })
  }

  #results(id: string, outputs: readonly string[]): AnyResult {
    const [only, ...others] = outputs
    if (only !== undefined && others.length === 0) return this.handle(id, only)
    return Object.fromEntries(outputs.map((port) => [port, this.handle(id, port)]))
  }

  #choose(id: string): void {
    if (!idSchema.safeParse(id).success) throw diagnosedError('graph.invalid-id', { got: id })
    if (this.#ids.has(id)) throw diagnosedError('graph.duplicate-id', { got: id }, { nodeId: id })
    this.#ids.take(id)
  }

  #checkOwner(port: string, source: Source): void {
    if (source === unconnected) return
    if (!isHandle(source)) throw diagnosedError('param.invalid', { param: port, expected: oneOutput, got: given(source) })
    if (source.graph !== this) throw diagnosedError('graph.foreign-wire', { got: source.node })
  }
}

const oneOutput: Text = { en: 'one output of a node', zh: '某个节点的一个输出' }

/** JavaScript hands over anything: a number where a wire belongs, all outputs of a node at once. */
const isHandle = (source: unknown): source is Handle =>
  typeof source === 'object' && source !== null && 'graph' in source && 'node' in source && typeof source.node === 'string'

const given = (source: unknown): string =>
  typeof source === 'object' && source !== null ? `{ ${Object.keys(source).join(', ')} }` : String(source)

const needsWire = (layer: AnyLayer): string[] =>
  Object.entries<InputPort>(layer.inputs).flatMap(([name, { optional }]) => (optional ? [] : [name]))

/** An input may itself be called `node`; then it holds a handle, not a word. */
const isSource = (inputs: Source | Readonly<Record<string, Source>>): inputs is Source =>
  inputs === unconnected || ('node' in inputs && typeof inputs.node === 'string')

for (const [kind, layer] of layers) {
  if (kind in GraphWriter.prototype) throw new InternalError('graph builder', `the layer “${kind}” hides a method of the builder`)
  const isData = Object.keys(layer.inputs).length === 0
  Object.defineProperty(GraphWriter.prototype, kind, {
    value: isData
      ? function (this: GraphWriter, id: string, about: unknown, options?: AnyOptions) {
          return this.addData(layer, id, about, options)
        }
      : function (this: GraphWriter, ...args: unknown[]) {
          return this.addLayer(layer, args)
        },
  })
}
