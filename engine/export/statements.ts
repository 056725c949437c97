/**
 * @file The nodes of one graph as statements of the graph builder. In: a normalised graph. Out: one line a node, short chains in one line:
 * `const pool1 = g.maxPool2d(g.relu(g.conv2d(x, { numChannels: 6, kernelSize: 5 })), { kernelSize: 2, stride: 2 })`.
 */
import { Ids } from '../builder/ids'
import { sourceArgument } from '../builder/source-argument'
import { type Blocks, type NodePorts, nodeKinds, portsOf } from '../document/ports'
import { type DocumentParam, type Graph, type GraphEdge, type GraphNode, isParamRef } from '../document/schema'
import { weightSettingsOf } from '../document/weight-settings'
import type { Category } from '../layers/kit/define'
import { layers } from '../layers/kit/registry'
import { Code, LINE, literal, type Printable, propertyOf, quoted, tallLiteral } from './literal'
import type { Names } from './names'

/** Chains that would be longer are cut. */
const CHAIN = 115
/** The layers that a network is counted in: a chain holds one, with what belongs to it. */
const main: readonly Category[] = ['dense', 'convolution', 'sequence']

export interface DrawContext {
  readonly blocks: Blocks
  readonly blockNames: ReadonlyMap<string, string>
}

interface Scope {
  /** Of the block around; referred to as `p.name`. */
  readonly params: Readonly<Record<string, unknown>>
  readonly names: Names
  /** Names of what is there already: the block's inputs. */
  readonly variables: Map<string, string>
  readonly indent: string
}

/** A call that makes a node: in one line, and with a line for each option. */
interface Expression {
  readonly node: GraphNode
  readonly flat: string
  readonly tall: string
  /** How many main layers it holds. */
  readonly weight: number
}

export function drawGraph(graph: Graph, context: DrawContext, scope: Scope): { readonly lines: string[]; readonly results: string } {
  const drawing = new Drawing(graph, context, scope)
  for (const [index, node] of graph.nodes.entries()) drawing.draw(node, graph.nodes[index + 1])
  const results = drawing.results()
  return { lines: [...drawing.lines, ...drawing.layout()], results }
}

/** Whether any single input has no wire. */
export const drawsUnconnected = (graphs: readonly Graph[], { blocks }: DrawContext): boolean =>
  graphs.some(({ nodes, edges }) => {
    const wired = new Set(edges.map(({ to }) => `${to.node}.${to.port}`))
    const inputsOf = (node: GraphNode) => portsOf(node, blocks, layers)?.inputs ?? []
    return nodes.some((node) =>
      inputsOf(node).some(({ name, variadic, optional }) => !variadic && !optional && !wired.has(`${node.id}.${name}`)),
    )
  })

class Drawing {
  readonly lines: string[] = []
  readonly #ids = new Ids()
  readonly #into = new Map<string, GraphEdge[]>()
  readonly #uses = new Map<string, number>()
  readonly #nodes: ReadonlyMap<string, GraphNode>
  /** Not stated yet: the next node, its only user, takes it into its own line. */
  #held: Expression | undefined

  constructor(
    readonly graph: Graph,
    readonly context: DrawContext,
    readonly scope: Scope,
  ) {
    this.#nodes = new Map(graph.nodes.map((node) => [node.id, node]))
    for (const edge of graph.edges) {
      const into = this.#into.get(edge.to.node) ?? []
      into.push(edge)
      this.#into.set(edge.to.node, into)
      this.#uses.set(edge.from.node, (this.#uses.get(edge.from.node) ?? 0) + 1)
    }
  }

  draw(node: GraphNode, next: GraphNode | undefined): void {
    if (node.kind === nodeKinds.blockOutput) return
    if (node.kind === nodeKinds.blockInput) {
      this.#ids.take(node.id)
      return
    }
    const automatic = this.#claimId(node)
    let expression = this.#express(node, automatic)
    if (this.#held && (expression.weight > 1 || this.#length(expression) > CHAIN)) {
      this.#state(this.#held)
      this.#held = undefined
      expression = this.#express(node, automatic)
    }
    this.#held = undefined
    if (automatic && next && this.#isChained(node, next)) this.#held = expression
    else this.#state(expression)
  }

  /** What the graph returns as a block, after everything has been stated. */
  results(): string {
    const outputs = this.graph.nodes.filter(({ kind }) => kind === nodeKinds.blockOutput)
    const sources = outputs.map(({ id }) => [id, this.#handle(this.#into.get(id)?.[0])] as const)
    const [first] = sources
    return first?.[0] === 'y' && sources.length === 1
      ? first[1]
      : literal(Object.fromEntries(sources.map(([id, text]) => [id, new Code(text)])))
  }

  layout(): string[] {
    const { layout } = this.graph
    return Object.keys(layout).length === 0 ? [] : [`g.layout(${tallLiteral(layout, this.scope.indent)})`]
  }

  /** Whether the builder would find the same id by itself. */
  #claimId(node: GraphNode): boolean {
    const stem = stemOf(node)
    const automatic = !this.#isData(node) && this.#ids.peek(stem) === node.id
    if (automatic) this.#ids.next(stem)
    else this.#ids.take(node.id)
    return automatic
  }

  /** The node is a plain step to the next, which alone uses it: a chain reads better in one line. */
  #isChained(node: GraphNode, next: GraphNode): boolean {
    if (node.kind === nodeKinds.block || node.title !== undefined || this.#uses.get(node.id) !== 1) return false
    const users = this.#into.get(next.id) ?? []
    if (!users.some(({ from }) => from.node === node.id && from.port === this.#onlyOutput(node))) return false
    return next.kind !== nodeKinds.blockOutput || (next.id === 'y' && this.graph.nodes.at(-1) === next && this.#outputCount() === 1)
  }

  #outputCount(): number {
    return this.graph.nodes.filter(({ kind }) => kind === nodeKinds.blockOutput).length
  }

  #express(node: GraphNode, automatic: boolean): Expression {
    const isData = this.#isData(node)
    const options = { ...this.#optionalInputs(node), ...this.#options(node, automatic || isData) }
    const inputs = isData ? [quoted(node.id)] : this.#inputs(node)
    const method = node.kind === nodeKinds.block ? 'use' : node.kind
    const { about, rest } = isData ? aboutOf(node, options) : { about: [], rest: options }
    const call = (print: (value: Printable) => string) => {
      const given = Object.keys(rest).length > 0 ? [print(rest)] : []
      return `g.${method}(${[...inputs, ...about, ...given].join(', ')})`
    }
    return {
      node,
      flat: call(literal),
      tall: call((value) => tallLiteral(value, this.scope.indent)),
      weight: (isMain(node) ? 1 : 0) + (this.#held?.weight ?? 0),
    }
  }

  /** Arguments for the input ports that need a wire, in their order. */
  #inputs(node: GraphNode): string[] {
    const into = this.#into.get(node.id) ?? []
    const inputs = this.#ports(node).inputs.filter(({ optional }) => !optional)
    const sources = inputs.map(({ name, variadic }) => {
      const wires = into.filter(({ to }) => to.port === name)
      return variadic ? `[${wires.map((wire) => this.#handle(wire)).join(', ')}]` : this.#handle(wires[0])
    })
    if (node.kind !== nodeKinds.block || node.block === undefined) return sources
    const named = Object.fromEntries(inputs.map(({ name }, index) => [name, new Code(sources[index] ?? 'unconnected')]))
    return [this.context.blockNames.get(node.block) ?? node.block, sources.length === 1 ? (sources[0] ?? '') : literal(named)]
  }

  /** Those that have a wire, by name. */
  #optionalInputs(node: GraphNode): Record<string, Printable> {
    const optional = this.#ports(node).inputs.filter((port) => port.optional)
    const wires = (this.#into.get(node.id) ?? []).filter(({ to }) => optional.some(({ name }) => name === to.port))
    return Object.fromEntries(wires.map((wire) => [wire.to.port, new Code(this.#handle(wire))]))
  }

  #handle(edge: GraphEdge | undefined): string {
    if (!edge) return 'unconnected'
    const { node: id, port } = edge.from
    if (this.#held?.node.id === id) return this.#held.flat
    const node = this.#nodes.get(id)
    const variable = this.scope.variables.get(id) ?? id
    return !node || this.#onlyOutput(node) === port ? variable : propertyOf(variable, port)
  }

  #options(node: GraphNode, withoutId: boolean): Record<string, Printable> {
    const params = Object.entries(node.params).map(([name, value]) => [name, this.#value(value)] as const)
    return Object.fromEntries<Printable>([
      ...(withoutId ? [] : [['id', node.id] as const]),
      ...params,
      ...(node.title !== undefined ? [['title', node.title] as const] : []),
      ...(node.bypass !== undefined ? [['bypass', this.#value(node.bypass)] as const] : []),
      ...Object.entries(weightSettingsOf(node)),
    ])
  }

  #value(value: DocumentParam): Printable {
    if (!isParamRef(value)) return value
    return Object.hasOwn(this.scope.params, value.$param) ? new Code(propertyOf('p', value.$param)) : { $param: value.$param }
  }

  #state(expression: Expression): void {
    const { node, flat, tall } = expression
    const text = this.#length(expression) > LINE ? tall : flat
    if (!this.#uses.has(node.id)) {
      this.lines.push(text)
      return
    }
    const name = this.scope.names.claim(node.id)
    this.scope.variables.set(node.id, name)
    this.lines.push(`const ${name} = ${text}`)
  }

  #length({ node, flat }: Expression): number {
    return this.scope.indent.length + `const ${node.id} = `.length + flat.length
  }

  #ports(node: GraphNode): NodePorts {
    return portsOf(node, this.context.blocks, layers) ?? { inputs: [], outputs: [] }
  }

  /** What the builder's method gives stands for this port. It gives an object where the layer may have several outputs, whatever its parameters say. */
  #onlyOutput(node: GraphNode): string | undefined {
    const layer = layers.get(node.kind)
    const [only, another] = layer ? Object.keys(layer.outputs) : this.#ports(node).outputs.map(({ name }) => name)
    return another === undefined ? only : undefined
  }

  #isData(node: GraphNode): boolean {
    return node.kind !== nodeKinds.block && this.#ports(node).inputs.length === 0
  }
}

const stemOf = (node: GraphNode): string => layers.get(node.kind)?.idStem ?? node.block ?? ''

const isMain = (node: GraphNode): boolean => {
  const layer = layers.get(node.kind)
  return layer !== undefined && main.includes(layer.category)
}

/** What stands beside the id of a data node: `[1, 28, 28]`, also where it is the default, unless everything is said by name. */
function aboutOf(node: GraphNode, options: Readonly<Record<string, Printable>>): { about: string[]; rest: Record<string, Printable> } {
  const layer = layers.get(node.kind)
  const param = layer && sourceArgument(layer)
  if (param === undefined) return { about: [], rest: options }
  const { [param]: given, ...rest } = options
  if (given === undefined && Object.keys(rest).length > 0) return { about: [], rest }
  return { about: [literal(given ?? layer?.params[param].default)], rest }
}
