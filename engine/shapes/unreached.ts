/**
 * @file Layers that training would leave as they are, because every way from them to a loss leads through a layer whose derivative is zero.
 * In: a graph with its shapes. Out: a warning for each, which names what stands in the way.
 */
import type { Diagnostic } from '../core/diagnostics'
import type { GraphDocument } from '../document/schema'
import type { ParamSpecs, ParamValues } from '../layers/kit/params'
import { optimizers } from '../optimizers/registry'
import type { ShapedGraph, ShapedNode } from './shaped-graph'

const isBlocking = ({ layer, params }: ShapedNode): boolean => layer.gradient?.(params as ParamValues<ParamSpecs>) === 'none'

const adds = ({ layer, params }: ShapedNode): boolean =>
  layer.penalizes === true || (layer.role?.type === 'loss' && layer.role.weight(params as ParamValues<ParamSpecs>) > 0)

const learns = ({ weights, frozen, rateMultiplier }: ShapedNode): boolean =>
  !frozen && rateMultiplier > 0 && Object.values(weights).some(({ trainable = true }) => trainable)

/** Of the document's own method: a solver, and a rule with an objective of its own as the perceptron's, need no slope. */
export function unreachedIn({ training }: GraphDocument, shaped: Pick<ShapedGraph, 'nodes'>): readonly Diagnostic[] {
  const rule = optimizers.get(training.optimizer.kind)
  return rule && !rule.objective ? unreachedLayers(shaped) : []
}

export function unreachedLayers({ nodes }: Pick<ShapedGraph, 'nodes'>): readonly Diagnostic[] {
  /** Paths of nodes that lead to a loss, and of those that a gradient comes back to. */
  const [leading, reached] = [new Set<string>(), new Set<string>()]
  /** By path: the first layer on the way to a loss that lets no gradient through. */
  const obstacles = new Map<string, string>()
  for (const node of nodes.toReversed()) {
    if (adds(node)) for (const paths of [leading, reached]) paths.add(node.path)
    if (!leading.has(node.path)) continue
    const blocking = isBlocking(node)
    if (blocking) obstacles.set(node.path, node.path)
    const obstacle = obstacles.get(node.path)
    for (const { node: source, type } of Object.values(node.inputs).flat()) {
      if (type.dtype !== 'f32') continue
      leading.add(source)
      if (!blocking && reached.has(node.path)) reached.add(source)
      else if (obstacle !== undefined) obstacles.set(source, obstacle)
    }
  }
  const ownerOf = ({ path, sharesWith = path }: ShapedNode): string => sharesWith
  const taught = new Set(nodes.filter((node) => reached.has(node.path) && !isBlocking(node)).map(ownerOf))
  return nodes.flatMap((node): Diagnostic[] => {
    const obstacle = obstacles.get(node.path)
    if (!leading.has(node.path) || !learns(node) || taught.has(ownerOf(node)) || obstacle === undefined) return []
    return [{ code: 'train.unreached', severity: 'warning', nodeId: node.path, values: { node: obstacle } }]
  })
}
