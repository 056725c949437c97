/**
 * @file Weights that several nodes have in common, and weights that are drawn to those of another node (notes 004, parameter tying and sharing).
 * In: shaped nodes and what the document says of them. Out: the same nodes, each that shares naming the one whose weights they are, counting none
 * of its own; and what does not fit.
 */
import type { Diagnostic } from '../core/diagnostics'
import { formatShape } from '../core/tensor'
import type { FlatNode } from '../document/flatten'
import type { ShapedNode } from './shaped-graph'

/** Whether a penalty or noise on weights takes this one: biases and scales have no inputs that they are multiplied by. */
export const countsAsKernel = ({ fanIn, trainable }: ShapedNode['weights'][string]): boolean => fanIn !== undefined && trainable !== false

export function shareWeights(
  nodes: readonly ShapedNode[],
  flat: readonly FlatNode[],
): { readonly nodes: readonly ShapedNode[]; readonly diagnostics: readonly Diagnostic[] } {
  const shaped = new Map(nodes.map((node) => [node.path, node]))
  const given = new Map(flat.map((node) => [node.path, node]))
  const diagnostics: Diagnostic[] = []

  /** The node that owns what `to` names; undefined where something is wrong, which is told unless it is told elsewhere. */
  const resolve = ({ path }: ShapedNode, param: 'sharesWith' | 'tiedTo', to: string): ShapedNode | undefined => {
    const report = (code: Diagnostic['code'], values: Diagnostic['values']) =>
      diagnostics.push({ code, severity: 'error', nodeId: path, param, values })
    const seen = [path]
    let at = to
    for (let next = given.get(at)?.sharesWith; next !== undefined && !seen.includes(at); next = given.get(at)?.sharesWith) {
      seen.push(at)
      at = next
    }
    if (seen.includes(at)) {
      // Each node of the circle would tell the same.
      if (at === path) report('share.circle', { path: [...seen, at].join(' → ') })
      return undefined
    }
    const owner = shaped.get(at)
    const own = shaped.get(path)
    if (!owner || !own) {
      if (!given.has(at)) report('share.missing', { got: at })
      return undefined
    }
    const [mine, its] = [weightsIn(own), weightsIn(owner)]
    if (mine === '') report('share.none', { got: path })
    else if (its === '') report('share.none', { got: at })
    else if (mine !== its) report('share.shape', { got: mine, expected: its, path: at })
    else return owner
    return undefined
  }

  const shared = nodes.map((node): ShapedNode => {
    const to = given.get(node.path)?.sharesWith
    const owner = to === undefined ? undefined : resolve(node, 'sharesWith', to)
    return owner ? { ...node, sharesWith: owner.path, parameterCount: 0 } : node
  })
  return {
    nodes: shared.map((node) => {
      if (!node.tie) return node
      const owner = resolve(node, 'tiedTo', node.tie.to)
      const { tie, ...untied } = node
      return owner ? { ...node, tie: { ...tie, to: owner.path } } : untied
    }),
    diagnostics,
  }
}

/** Names and shapes in words, to be compared and to be shown. */
const weightsIn = ({ weights }: ShapedNode): string =>
  Object.entries(weights)
    .map(([name, { shape }]) => `${name} ${formatShape(shape)}`)
    .join(', ')
