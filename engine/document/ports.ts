/**
 * @file The ports of any node of a document: of a layer, of a block instance, of a block's own inputs and outputs.
 * In: a node and what it may refer to. Out: its ports in order; undefined where the kind (or the block) is unknown.
 */
import { own } from '../core/records'
import type { Text } from '../core/text'
import type { AnyLayer, InputPort, OutputPort } from '../layers/kit/define'
import { completeParams } from '../layers/kit/validate'
import { type Block, type GraphNode, isParamRef } from './schema'

/** Every kind of node that is not a layer. */
export const nodeKinds = { block: 'block', blockInput: 'blockInput', blockOutput: 'blockOutput' } as const

/** Inside a block: what a block input gives, and what a block output takes. Layers use the same two letters. */
export const BLOCK_INPUT_PORT = 'y'
export const BLOCK_OUTPUT_PORT = 'x'

export interface NodeInput {
  readonly name: string
  readonly variadic: boolean
  /** Needs no wire. */
  readonly optional?: boolean
  readonly about?: Text
}
export interface NodeOutput {
  readonly name: string
  readonly about?: Text
}
export interface NodePorts {
  readonly inputs: readonly NodeInput[]
  readonly outputs: readonly NodeOutput[]
}

export type LayerRegistry = ReadonlyMap<string, AnyLayer>
export type Blocks = Readonly<Record<string, Block>>

export const blockNamed = (blocks: Blocks, name: string | undefined): Block | undefined =>
  name === undefined ? undefined : own(blocks, name)

export function portsOf(node: Pick<GraphNode, 'kind' | 'block' | 'params'>, blocks: Blocks, layers: LayerRegistry): NodePorts | undefined {
  switch (node.kind) {
    case nodeKinds.blockInput:
      return { inputs: [], outputs: [{ name: BLOCK_INPUT_PORT }] }
    case nodeKinds.blockOutput:
      return { inputs: [{ name: BLOCK_OUTPUT_PORT, variadic: false }], outputs: [] }
    case nodeKinds.block: {
      const block = blockNamed(blocks, node.block)
      return block && portsOfBlock(block)
    }
    default: {
      const layer = layers.get(node.kind)
      return layer && portsOfLayer(layer, node.params)
    }
  }
}

/** A block's ports are its `blockInput` and `blockOutput` nodes, in the order in which they stand. */
export const portsOfBlock = (block: Block): NodePorts => ({
  inputs: block.nodes.filter((node) => node.kind === nodeKinds.blockInput).map(({ id }) => ({ name: id, variadic: false })),
  outputs: block.nodes.filter((node) => node.kind === nodeKinds.blockOutput).map(({ id }) => ({ name: id })),
})

const portsOfLayer = (layer: AnyLayer, params: GraphNode['params']): NodePorts => ({
  inputs: Object.entries<InputPort>(layer.inputs).map(([name, port]) => ({
    name,
    variadic: port.variadic ?? false,
    optional: port.optional ?? false,
    about: port.about,
  })),
  outputs: outputsOf(layer, params).map((name) => ({
    name,
    about: (layer.outputs as Record<string, OutputPort | undefined>)[name]?.about,
  })),
})

/** Names of a layer's outputs; all it may have where a parameter is only known once the block around it is opened. */
function outputsOf(layer: AnyLayer, params: GraphNode['params']): readonly string[] {
  const isOpen = Object.values(params).some((value) => isParamRef(value))
  return layer.outputsOf && !isOpen ? layer.outputsOf(completeParams(layer.params, params).params) : Object.keys(layer.outputs)
}
