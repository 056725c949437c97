/**
 * @file The problems of a document as a person counts them. In: a document and the diagnostics of every node of every block instance. Out: one
 * problem for one node of a block's definition, however many instances show it; each instance keeps its own words and numbers.
 */
import type { Diagnostic } from '../../engine/core/diagnostics'
import type { Graph, GraphDocument } from '../../engine/document/schema'
import { graphAt, isBlock } from './graphs'

export interface Problem extends Diagnostic {
  /** The same trouble in every instance that has it, this one first. Empty outside blocks. */
  readonly instances: readonly Diagnostic[]
}

const INSTANCES = 500

/** `structure` names nodes of blocks by the block (`inception/conv1`), `inferred` by the instance (`inception3a/conv1`). */
export function groupProblems(document: GraphDocument, structure: readonly Diagnostic[], inferred: readonly Diagnostic[]): Problem[] {
  const groups = new Map<string, Diagnostic[]>()
  const note = (key: readonly unknown[], problem: Diagnostic): void => {
    const text = JSON.stringify(key)
    const group = groups.get(text)
    if (group) group.push(problem)
    else groups.set(text, [problem])
  }
  const structural = new Set(structure.map(identityOf))
  for (const problem of structure) {
    const [block, ...rest] = problem.nodeId?.split('/') ?? []
    const places = block !== undefined && document.blocks[block] && !isNodeOf(document, block) ? instancesOf(document, block) : []
    const key = ['structure', identityOf(problem)]
    if (places.length === 0) note(key, problem)
    for (const place of places) note(key, { ...problem, nodeId: [...place, ...rest].join('/') })
  }
  for (const problem of inferred) {
    // Inference repeats what is wrong with the structure.
    if (structural.has(identityOf(problem))) continue
    const { nodeId } = problem
    if (nodeId?.includes('/')) {
      const { blockId, id } = definitionOf(document, nodeId)
      note([blockId, id, problem.code, problem.port, problem.param], problem)
    } else note([identityOf(problem)], problem)
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [Diagnostic, ...Diagnostic[]]
    return { ...first, instances: first.nodeId?.includes('/') ? group : [] }
  })
}

const identityOf = ({ code, nodeId, port, param, values }: Diagnostic): string => JSON.stringify([code, nodeId, port, param, values])

const isNodeOf = (graph: Graph, id: string): boolean => graph.nodes.some((node) => node.id === id)

/** Where a node of an engine path is defined: the block that holds it (absent at the top) and its id there. */
export function definitionOf(document: GraphDocument, enginePath: string): { blockId: string | undefined; id: string } {
  const parts = enginePath.split('/')
  return { blockId: graphAt(document, parts.slice(0, -1)).blockId, id: parts.at(-1) ?? enginePath }
}

/** Paths of the instances of a block, the first of them at least where there are very many. */
export function instancesOf(document: GraphDocument, block: string): string[][] {
  const found: string[][] = []
  const walk = (graph: Graph, path: readonly string[], around: readonly string[]): void => {
    for (const node of graph.nodes) {
      if (found.length >= INSTANCES) return
      if (!isBlock(node) || node.block === undefined || around.includes(node.block)) continue
      const inner = document.blocks[node.block]
      if (node.block === block) found.push([...path, node.id])
      else if (inner) walk(inner, [...path, node.id], [...around, node.block])
    }
  }
  walk(document, [], [])
  return found
}

/** Problems at a node and, where it is an instance of a block, inside it; in the words of this very instance. */
export const problemsOf = (problems: readonly Problem[], path: string): readonly Problem[] =>
  problems.flatMap((problem) => {
    if (problem.nodeId === path) return [problem]
    const here = problem.instances.find(({ nodeId }) => nodeId === path || nodeId?.startsWith(`${path}/`))
    return here ? [{ ...here, instances: problem.instances }] : []
  })

const UNFINISHED: readonly Diagnostic['code'][] = ['graph.missing-input', 'graph.few-inputs']

/** Not wrong, only not wired yet. */
export const isUnfinished = (problem: Diagnostic): boolean => UNFINISHED.includes(problem.code)
