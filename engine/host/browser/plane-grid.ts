/**
 * @file A grid over the plane, for networks whose only input is a point. In: samples and how they are bound. Out: the region that holds them, and
 * one batch with every grid point; undefined where the input is anything else.
 */
import { type Shape, sizeOf, type TensorData } from '../../core/tensor'
import type { Binding } from '../../datasets/bind'
import type { Samples } from '../../datasets/prepare'
import { BatchReader, type Inputs } from '../../train/batches'

export const PLANE_SIDE = 44
const LOOKED_AT = 400

export interface Grid {
  /** The node that takes the points. */
  readonly node: string
  readonly low: readonly [number, number]
  readonly high: readonly [number, number]
}

export async function gridOf(samples: Samples, bindings: readonly Binding[]): Promise<Grid | undefined> {
  const inputs = bindings.filter(({ field }) => field.role === 'input')
  const [binding] = inputs
  if (!binding || inputs.length !== 1 || binding.field.dtype !== 'f32' || sizeOf(binding.field.shape) !== 2) return undefined
  const indices = samples.indices.slice(0, LOOKED_AT)
  const batch = await new BatchReader(samples, bindings, indices.length).read(indices, 0)
  const points = batch[binding.node] ?? new Float32Array(0)
  const low: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < points.length; i++) {
    const axis = (i % 2) as 0 | 1
    low[axis] = Math.min(low[axis], points[i] as number)
    high[axis] = Math.max(high[axis], points[i] as number)
  }
  const margin = 0.15 * Math.max(high[0] - low[0], high[1] - low[1], 1e-3)
  return { node: binding.node, low: [low[0] - margin, low[1] - margin], high: [high[0] + margin, high[1] + margin] }
}

/** Centres of the cells, row by row from the lower left; everything else that the program wants (labels) is zero. */
export function gridBatch(
  { node, low, high }: Grid,
  wanted: readonly { readonly name: string; readonly shape: Shape; readonly dtype: 'f32' | 'i32' }[],
): Inputs {
  const inputs: Record<string, TensorData> = {}
  for (const { name, shape, dtype } of wanted)
    inputs[name] = dtype === 'f32' ? new Float32Array(sizeOf(shape)) : new Int32Array(sizeOf(shape))
  const points = inputs[node]
  if (points)
    for (let row = 0; row < PLANE_SIDE; row++)
      for (let column = 0; column < PLANE_SIDE; column++) {
        const at = 2 * (row * PLANE_SIDE + column)
        points[at] = low[0] + ((column + 0.5) / PLANE_SIDE) * (high[0] - low[0])
        points[at + 1] = low[1] + ((row + 0.5) / PLANE_SIDE) * (high[1] - low[1])
      }
  return inputs
}
