/**
 * @file The first weights in PyTorch. In: the shaped graph, and how its weights are called in the file. Out: a function `initialize(model)` that draws
 * them as the document says (notes 002 §4); nothing where PyTorch's modules begin like that by themselves.
 */
import { InternalError } from '../../core/diagnostics'
import { initializers } from '../../initializers/registry'
import { variantOf } from '../../layers/kit/params'
import { completeParams } from '../../layers/kit/validate'
import { ownersOf, type ShapedGraph, type ShapedNode } from '../../shapes/shaped-graph'
import { pytorchOf } from './steps'

/** Weights that are not as PyTorch's module has them. */
const drawn = (node: ShapedNode) => {
  const { weights: known = {} } = pytorchOf(node)
  return Object.entries(node.weights).flatMap(([name, spec]) => (known[name]?.asBuilt ? [] : [{ name, spec, known: known[name] }]))
}

export const hasStarts = (shaped: ShapedGraph): boolean => ownersOf(shaped).some((node) => drawn(node).length > 0)

export function pythonStarts(shaped: ShapedGraph, weight: (node: ShapedNode, name: string) => string): readonly string[] {
  const calls = new Map<string, string[]>()
  const definitions = new Set<string>()
  for (const node of ownersOf(shaped))
    for (const { name, spec, known } of drawn(node)) {
      const { kind, given } = variantOf(spec.init)
      const initializer = initializers.get(kind)
      if (!initializer) throw new InternalError('export', `there is no initialiser “${kind}”`, node.path)
      const order = known?.permutation ?? spec.shape.map((_, axis) => axis)
      const unit = { ...spec, shape: order.map((axis) => spec.shape[axis] ?? 1) }
      const { call, definition, ownAxes } = initializer.pytorch(unit, completeParams(initializer.params, given).params)
      if (definition) definitions.add(definition)
      const back = order.map((_, axis) => order.indexOf(axis))
      const isTurned = ownAxes === true && order.some((axis, at) => axis !== at)
      calls.set(call, [...(calls.get(call) ?? []), `${weight(node, name)}${isTurned ? `.permute(${back.join(', ')})` : ''}`])
    }
  if (calls.size === 0) return []
  const loops = [...calls].flatMap(([call, weights]) => [`    for w in [${wrapped(weights)}]:`, `        ${call}`])
  return [...definitions, ['def initialize(model):', '    """Draws the first weights."""', ...loops].join('\n')]
}

/** Longer lists have lines of their own. */
const LINE = 100

function wrapped(items: readonly string[]): string {
  if (items.join(', ').length < LINE - 16) return items.join(', ')
  const lines: string[] = []
  for (const item of items) {
    const last = lines.at(-1)
    if (last === undefined || last.length + item.length > LINE - 12) lines.push(`${item},`)
    else lines[lines.length - 1] = `${last} ${item},`
  }
  return `\n        ${lines.join('\n        ')}\n    `
}
