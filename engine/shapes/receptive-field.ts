/**
 * @file Receptive field by the recurrence over jump and size (Araujo, Norris and Sim, "Computing receptive fields of convolutional
 * networks", Distill 2019): a window of k positions, d apart, over an input whose neighbours lie `jump` pixels apart sees
 * `(k − 1)·d·jump` pixels more, and its outputs lie `stride·jump` apart.
 * In: what reaches a layer. Out: what its output sees, while it is still a map over the image.
 */
import type { TensorType } from '../core/tensor'
import type { AnyLayer } from '../layers/kit/define'

type Pair = readonly [number, number]

export interface Reach {
  /** Height and width of the region of the image that one element sees. */
  readonly size: Pair
  /** Pixels of the image between neighbouring elements; a fraction behind layers that enlarge. */
  readonly jump: Pair
}

interface Arrival {
  readonly type: TensorType
  readonly reach: Reach | undefined
}

export function reachOf(
  layer: AnyLayer,
  params: Parameters<AnyLayer['shape']>[1],
  arrivals: readonly Arrival[],
  outputs: Readonly<Record<string, TensorType>>,
): Reach | undefined {
  const [output] = Object.values(outputs)
  if (output?.shape.length !== 4) return undefined
  if (arrivals.length === 0) return { size: [1, 1], jump: [1, 1] }
  const joined = join(arrivals.flatMap(({ reach }) => (reach ? [reach] : [])))
  if (!joined) return undefined
  const window = layer.window?.(params)
  if (!window) {
    const sameImage = arrivals.every(({ type }) => type.shape[2] === output.shape[2] && type.shape[3] === output.shape[3])
    return sameImage ? joined : undefined
  }
  const { kernel, stride, dilation } = window
  const along = (axis: 0 | 1): number => joined.size[axis] + (kernel[axis] - 1) * dilation[axis] * joined.jump[axis]
  return {
    size: [along(0), along(1)],
    jump: [joined.jump[0] * stride[0], joined.jump[1] * stride[1]],
  }
}

/**
 * Height and width in whole pixels: behind layers that enlarge, neighbours lie a fraction of a pixel apart, and what a window begins to cover
 * counts.
 */
export const fieldOf = ({ size }: Reach): Pair => [Math.ceil(size[0] - ROUNDING), Math.ceil(size[1] - ROUNDING)]

/** Sums of fractions such as ⅓ may come out a little too large. */
const ROUNDING = 1e-9

/** Where branches meet the widest view counts. */
function join(reaches: readonly Reach[]): Reach | undefined {
  if (reaches.length === 0) return undefined
  const widest = (part: (reach: Reach) => Pair): Pair => [
    Math.max(...reaches.map((reach) => part(reach)[0])),
    Math.max(...reaches.map((reach) => part(reach)[1])),
  ]
  return { size: widest(({ size }) => size), jump: widest(({ jump }) => jump) }
}
