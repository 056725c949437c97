/**
 * @file The notes' letters for the values of a network (notes 001): x for inputs, z for weighted sums, a for what an activation makes of them, δ for
 * the error ∂C/∂z, each with its layer above and its unit below. In: a shaped graph. Out: TeX by node; and how nodes hang together.
 */
import { sizeOf } from '../core/tensor'
import type { ShapedGraph, ShapedNode, Source } from '../shapes/shaped-graph'

/** What a node is to somebody who follows the sample. */
export type Part = 'input' | 'label' | 'affine' | 'activation' | 'loss' | 'other'

export const subscript = (index: number): string => `_{${index + 1}}`

/** The only input of nodes that have one wire. */
export const sourceOf = (node: ShapedNode): Source | undefined => {
  const sources = Object.values(node.inputs).flat()
  return sources.length === 1 ? sources[0] : undefined
}

export const portOf = (node: ShapedNode): string => Object.keys(node.outputs)[0] ?? ''

/** Numbers of the (first) output. */
export const widthOf = (node: ShapedNode): number => sizeOf(Object.values(node.outputs)[0]?.shape ?? [])

export class Notation {
  private readonly layerOf = new Map<string, number>()
  private readonly nodes: ReadonlyMap<string, ShapedNode>
  private readonly severalInputs: boolean

  constructor(private readonly shaped: ShapedGraph) {
    this.nodes = new Map(shaped.nodes.map((node) => [node.path, node]))
    this.severalInputs = shaped.nodes.filter((node) => this.partOf(node) === 'input').length > 1
    let layer = 0
    for (const node of shaped.nodes) {
      if (this.partOf(node) === 'affine') this.layerOf.set(node.path, ++layer)
      const before = this.sumBefore(node)
      if (before) this.layerOf.set(node.path, this.layerOf.get(before.path) ?? 0)
    }
  }

  partOf({ layer, inputs }: ShapedNode): Part {
    const role = layer.role?.type
    if (role) return role
    const [source] = Object.values(inputs).flat()
    if (layer.affine && source?.type.shape.length === 2) return 'affine'
    return layer.pointwise && layer.category === 'activation' ? 'activation' : 'other'
  }

  /** The weighted sum that an activation alone reads: the two are one neuron. */
  sumBefore(node: ShapedNode): ShapedNode | undefined {
    const source = this.partOf(node) === 'activation' ? sourceOf(node) : undefined
    const sum = source && this.nodes.get(source.node)
    return sum && this.partOf(sum) === 'affine' && this.readersOf(sum.path).length === 1 ? sum : undefined
  }

  /** Nodes that read an output of this one. */
  readersOf(path: string): readonly ShapedNode[] {
    return this.shaped.nodes.filter(({ inputs }) =>
      Object.values(inputs)
        .flat()
        .some(({ node }) => node === path),
    )
  }

  /** Number of the layer of neurons, from 1. */
  layer(path: string): number | undefined {
    return this.layerOf.get(path)
  }

  /** TeX of a unit's value; without an index, of all of them. */
  value(path: string, index?: number): string {
    const node = this.nodes.get(path)
    const part = node ? this.partOf(node) : 'other'
    const unit = index === undefined ? '' : subscript(index)
    const above = this.layerOf.has(path) ? `^{(${this.layerOf.get(path)})}` : ''
    if (part === 'input') return this.severalInputs ? `x${unit}^{\\text{${texName(path)}}}` : `x${unit}`
    if (part === 'label') return `y${unit}`
    if (part === 'loss') return 'C'
    if (part === 'affine') return `z${unit}${above}`
    if (part === 'activation' && above !== '') return `a${unit}${above}`
    return `\\text{${texName(path)}}${unit}`
  }

  /** TeX of the gradient of the loss by it: δ for weighted sums. */
  delta(path: string, index?: number): string {
    const node = this.nodes.get(path)
    if (node && this.partOf(node) === 'affine') return `\\delta${index === undefined ? '' : subscript(index)}^{(${this.layerOf.get(path)})}`
    return `\\frac{\\partial C}{\\partial ${this.value(path, index)}}`
  }

  /** TeX of a weight of a layer of neurons: from the unit before to the unit of this layer. */
  weight(path: string, from: number | string, to: number | string): string {
    const named = (index: number | string): string => (typeof index === 'number' ? String(index + 1) : index)
    return `w_{${named(from)}${typeof from === 'number' && (from > 8 || Number(to) > 8) ? ',' : ''}${named(to)}}^{(${this.layerOf.get(path)})}`
  }

  bias(path: string, to: number | string): string {
    return `b_{${typeof to === 'number' ? to + 1 : to}}^{(${this.layerOf.get(path)})}`
  }
}

/** Node ids hold letters, digits, `_`, `-` and `/`; of these TeX minds the first. */
export const texName = (name: string): string => name.replaceAll('_', String.raw`\_`)
