/**
 * @file From which pixels each pixel of a result draws: the taps of its window that lie inside the image, or, for gradients, the windows that
 * reach it. In: a geometry and a direction. Out: for each pixel a first source and a list of the others relative to it. Lists are objects
 * shared by all pixels that see the same taps in the same way (a few kinds, whatever the size of the image), so that whoever makes something
 * of a list does it once.
 */
import type { WindowGeometry } from './conv-geometry'
import type { EmitContext } from './emitter'

/** A tap by its index, and how many pixels its source lies behind that of the first tap. */
export interface Drawn {
  readonly tap: number
  readonly step: number
}

export interface Draw {
  /** The first tap's source pixel, 0 where there is none. */
  readonly first: number
  readonly list: readonly Drawn[]
}

/** Of every pixel of the result, row by row. `window`: of the output from the image; `gradient`: of the image from the output. */
export function drawsOf(g: WindowGeometry, direction: 'window' | 'gradient'): Draw[] {
  const forward = direction === 'window'
  const [toHeight, toWidth] = forward ? [g.outHeight, g.outWidth] : [g.height, g.width]
  const [fromHeight, fromWidth] = forward ? [g.height, g.width] : [g.outHeight, g.outWidth]
  const reach = (which: 0 | 1, extent: number) => (forward ? met : reached)(g.stride[which], g.padding[which], extent)
  const rows = along(toHeight, (y) => g.taps.map((tap) => reach(0, fromHeight)(y, tap.y)))
  const columns = along(toWidth, (x) => g.taps.map((tap) => reach(1, fromWidth)(x, tap.x)))
  const shared = new Map<number, { readonly tap: number; readonly list: readonly Drawn[] }>()
  return rows.flatMap((row) =>
    columns.map((column): Draw => {
      const pixelOf = (tap: number): number => (row.sources[tap] as number) * fromWidth + (column.sources[tap] as number)
      const kind = row.kind * toWidth + column.kind
      let known = shared.get(kind)
      if (!known) {
        const taps = g.taps.flatMap((_, i) => (row.sources[i] === undefined || column.sources[i] === undefined ? [] : [i]))
        const [tap = 0] = taps
        known = { tap, list: taps.map((i) => ({ tap: g.taps[i]?.index ?? 0, step: pixelOf(i) - pixelOf(tap) })) }
        shared.set(kind, known)
      }
      return { first: known.list.length > 0 ? pixelOf(known.tap) : 0, list: known.list }
    }),
  )
}

/** Where along an axis a tap's source lies, if there is one. */
type Reach = (to: number, tap: number) => number | undefined

/** The image's coordinate under a tap of the window at `to`. */
const met =
  (stride: number, padding: number, extent: number): Reach =>
  (to, tap) => {
    const from = to * stride + tap - padding
    return from < 0 || from >= extent ? undefined : from
  }

/** The window that has the image's coordinate `to` under its tap. */
const reached =
  (stride: number, padding: number, extent: number): Reach =>
  (to, tap) => {
    const from = (to + padding - tap) / stride
    return Number.isInteger(from) && from >= 0 && from < extent ? from : undefined
  }

/** For each coordinate its sources, tap by tap, and a number that is the same for coordinates that differ by a shift only. */
function along(extent: number, sourcesOf: (to: number) => readonly (number | undefined)[]) {
  const kinds = new Map<string, number>()
  return Array.from({ length: extent }, (_, to) => {
    const sources = sourcesOf(to)
    const first = sources.find((source) => source !== undefined) ?? 0
    const key = sources.map((source) => (source === undefined ? '' : source - first)).join()
    const kind = kinds.get(key) ?? kinds.size
    kinds.set(key, kind)
    return { sources, kind }
  })
}

/**
 * A table with a record of three words for each pixel: address of its list, number of its entries, byte offset of its first source. An entry
 * is the byte offset of a source from the first and, `tapBytes` apart, what belongs to its tap.
 */
export function drawTable(context: EmitContext, draws: readonly Draw[], pixelBytes: number, tapBytes: number): number {
  const lists = new Map<readonly Drawn[], number>()
  const records: number[] = []
  for (const { first, list } of draws) {
    const address =
      lists.get(list) ?? context.table(list.length > 0 ? list.flatMap(({ tap, step }) => [step * pixelBytes, tap * tapBytes]) : [0, 0])
    lists.set(list, address)
    records.push(address, list.length, first * pixelBytes)
  }
  return context.table(records)
}
