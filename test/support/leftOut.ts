/**
 * @file Rows of losses and penalties in which one sample is left out by its mask or weight and holds numbers that spoil whatever they reach.
 * In: nothing. Out: for each row its program, and what feeds it with and without such numbers.
 */
import type { AnyLayer } from '../../engine/layers/kit/define'
import { layers } from '../../engine/layers/kit/registry'
import { buildCase, type LayerProgram } from './layerProgram'

export interface LeftOutRow {
  readonly title: string
  readonly layer: AnyLayer
  /** `mask` or `weight`. */
  readonly by: string
  readonly built: LayerProgram
  /** The numbers of the row; those of the sample that is left out are the given ones, in turn. */
  feed(extremes?: readonly number[]): Readonly<Record<string, number[]>>
}

/** Infinite, no number at all, or so large that the square is infinite in double precision. */
export const EXTREMES: readonly (readonly number[])[] = [
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  [Number.NEGATIVE_INFINITY],
  [1e200, -1e200],
  [0],
  [Number.NaN, 1e200, 0, Number.NEGATIVE_INFINITY],
]

export const leftOutRows: readonly LeftOutRow[] = [...layers.values()].flatMap((layer) =>
  layer.role?.type === 'loss' || layer.penalizes
    ? layer.cases.flatMap((row) =>
        ['mask', 'weight'].flatMap((by) =>
          by in row.inputs
            ? [0, -1].map((sample) =>
                rowOf(layer, by, sample, `${layer.kind}, ${row.name}, ${by}, sample ${sample}`, buildCase(layer, row, true)),
              )
            : [],
        ),
      )
    : [],
)

function rowOf(layer: AnyLayer, by: string, sample: number, title: string, built: LayerProgram): LeftOutRow {
  const feed = (extremes?: readonly number[]): Record<string, number[]> =>
    Object.fromEntries(
      Object.entries(built.given).map(([name, data]) => {
        const type = built.types[name]
        if (!type || !('shape' in type) || type.dtype !== 'f32') return [name, data]
        const batch = type.shape[0] ?? 1
        const isOut = (i: number) => Math.floor((i * batch) / data.length) === (sample + batch) % batch
        // A mask stays what it is: beside a weight of 0 it is still what the mean is over.
        const instead = name === by ? [0] : name === 'mask' ? undefined : extremes
        return [name, instead ? data.map((value, i) => (isOut(i) ? (instead[i % instead.length] ?? 0) : value)) : data]
      }),
    )
  return { layer, by, title, built, feed }
}
