/** @file The formulas of a node as its parameters have them. In: a node with its shapes. Out: TeX. */
import { texOf } from '../layers/kit/formula'
import type { ShapedNode } from '../shapes/shaped-graph'

type Shown = Pick<ShapedNode, 'layer' | 'params'>

/** What it computes. */
export const formulaOf = ({ layer, params }: Shown): string => texOf(layer.formula, params)

/** Its derivative, as the detail of a step; nothing where the layer states none. */
export const derivativeOf = ({ layer, params }: Shown): { readonly detail?: string } =>
  layer.derivative === undefined ? {} : { detail: texOf(layer.derivative, params) }
