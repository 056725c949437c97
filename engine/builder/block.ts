/**
 * @file Blocks: parameterised sub-graphs that a network uses many times. In: parameters with their defaults and a function that draws the
 * inside; the parameters it is handed are references, so one definition serves every instance. Out: a definition for `g.use`.
 */
import type { Text } from '../core/text'
import { BLOCK_INPUT_PORT, BLOCK_OUTPUT_PORT, nodeKinds } from '../document/ports'
import type { BlockDefinition, BlockParams } from './block-definition'
import { GraphWriter } from './graph'
import type { GraphBuilder } from './graph-builder'
import { type Handle, type ParamReference, type Source, unconnected, type Widened } from './types'

type References<P extends BlockParams> = { readonly [K in keyof P]: ParamReference<Widened<P[K]>> }
type Drawn = Source | Readonly<Record<string, Source>>
/** One result is an output called `y`, several go by their names. */
type OutputsOf<R extends Drawn> = R extends Source ? 'y' : keyof R & string

export interface BlockOptions {
  /** What the canvas shows; default: the name. */
  readonly title?: string
  readonly label?: Text
  readonly summary?: Text
}

export function block<P extends BlockParams, const I extends string, R extends Drawn>(
  name: string,
  params: P,
  build: (g: GraphBuilder, inputs: Readonly<Record<I, Handle>>, p: References<P>) => R,
  options: BlockOptions & { readonly inputs: readonly I[] },
): BlockDefinition<P, I, OutputsOf<R>>
export function block<P extends BlockParams, R extends Drawn>(
  name: string,
  params: P,
  build: (g: GraphBuilder, x: Handle, p: References<P>) => R,
  options?: BlockOptions,
): BlockDefinition<P, 'x', OutputsOf<R>>
export function block(
  name: string,
  params: BlockParams,
  build: (g: GraphBuilder, x: never, p: Record<string, ParamReference<never>>) => Drawn,
  { title = name, label, summary, inputs }: BlockOptions & { readonly inputs?: readonly string[] } = {},
): BlockDefinition {
  const writer = new GraphWriter(name)
  const handles: Record<string, Handle> = {}
  for (const id of inputs ?? ['x']) {
    writer.addNode(nodeKinds.blockInput, id, [], { id })
    handles[id] = writer.handle(id, BLOCK_INPUT_PORT)
  }
  const references = Object.fromEntries(Object.keys(params).map((param) => [param, { $param: param }]))
  const drawn = build(writer as unknown as GraphBuilder, (inputs ? handles : handles.x) as never, references)
  const results: Readonly<Record<string, Source>> = isOne(drawn) ? { y: drawn } : drawn
  for (const [id, source] of Object.entries(results)) writer.addNode(nodeKinds.blockOutput, id, [[BLOCK_OUTPUT_PORT, source]], { id })
  return {
    name,
    params,
    inputs: inputs ?? ['x'],
    outputs: Object.keys(results),
    graph: { title, params: { ...params }, nodes: writer.nodes, edges: writer.edges, layout: writer.positions },
    blocks: writer.blocks,
    ...(label && { label }),
    ...(summary && { summary }),
  }
}

/** An output may itself be called `node`; then it holds a handle, not a word. */
const isOne = (drawn: Drawn): drawn is Source => drawn === unconnected || ('node' in drawn && typeof drawn.node === 'string')
