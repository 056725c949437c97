/**
 * @file Weights that are known without training. In: a shaped graph. Out: the solutions of templates whose parameters are exactly this network's,
 * by name and size.
 */
import type { NamedWeights } from '../../engine/builder/template'
import { sizeOf } from '../../engine/core/tensor'
import type { ShapedGraph } from '../../engine/shapes/shaped-graph'
import { templates } from '../../templates/registry'

export function solutionsFor(graph: ShapedGraph): readonly NamedWeights[] {
  const sizes = new Map(
    graph.nodes.flatMap((node) =>
      Object.entries(node.weights).map(([name, { shape }]) => [`${node.path}.${name}`, sizeOf(shape)] as [string, number]),
    ),
  )
  if (sizes.size === 0) return []
  const fits = (weights: NamedWeights): boolean =>
    Object.keys(weights).length === sizes.size && Object.entries(weights).every(([name, values]) => sizes.get(name) === values.length)
  return [...templates.values()].flatMap((template) => Object.values(template.solutions ?? {})).filter(fits)
}
