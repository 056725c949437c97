/**
 * @file Parameters, arithmetic and memory of a node and of the whole network. In: types and weights. Out: numbers for `inspect`, the
 * inspector and the forecast before Train.
 */
import { bytesOf, sizeOf, type TensorType } from '../core/tensor'
import type { AnyLayer, WeightSpec } from '../layers/kit/define'
import type { ShapedGraph } from './shaped-graph'

/** Running statistics are no parameters. */
export const parameterCountOf = (weights: Readonly<Record<string, WeightSpec>>): number =>
  sum(Object.values(weights).map(({ shape, trainable }) => (trainable === false ? 0 : sizeOf(shape))))

export const activationBytesOf = (outputs: Readonly<Record<string, TensorType>>): number =>
  sum(Object.values(outputs).map(({ shape }) => bytesOf(shape)))

/** What the layer says; otherwise one operation for each number it makes. Data nodes make none. */
export function flopsOf(
  layer: AnyLayer,
  inputs: Parameters<AnyLayer['shape']>[0],
  params: Parameters<AnyLayer['shape']>[1],
  outputs: Readonly<Record<string, TensorType>>,
): number {
  if (layer.flops) return layer.flops(inputs, params)
  if (Object.keys(layer.inputs).length === 0) return 0
  return sum(Object.values(outputs).map(({ shape }) => sizeOf(shape)))
}

export interface GraphCounts {
  readonly parameterCount: number
  /** One forward pass of one batch. */
  readonly flopsForward: number
  /** All outputs of one batch. */
  readonly activationBytes: number
}

export const countsOf = ({ nodes }: ShapedGraph): GraphCounts => ({
  parameterCount: sum(nodes.map((node) => node.parameterCount)),
  flopsForward: sum(nodes.map((node) => node.flops)),
  activationBytes: sum(nodes.map((node) => node.activationBytes)),
})

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
