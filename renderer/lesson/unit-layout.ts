/** @file Where the neurons of a small network stand. In: how many each column has, and the room there is. Out: centres, and how much of a unit can be shown. Pure. */

export interface UnitPlace {
  readonly x: number
  readonly y: number
}

export interface UnitLayout {
  readonly columns: readonly (readonly UnitPlace[])[]
  /** `full`: z, a and δ; `value`: one number; `dot`: none. */
  readonly size: 'full' | 'value' | 'dot'
}

const SIDE = 74
const TOP = 34
const BOTTOM = 22
/** Between two columns. */
const WIDEST = 340

/** `gaps`: how wide the room before each column but the first is, relative to the others. */
export function layOutUnits(counts: readonly number[], gaps: readonly number[], width: number, height: number): UnitLayout {
  const most = Math.max(1, ...counts)
  const room = (height - TOP - BOTTOM) / most
  const size = room >= 76 ? 'full' : room >= 26 ? 'value' : 'dot'
  const pitch = Math.min(room, size === 'full' ? 132 : 46)
  const middle = TOP + (height - TOP - BOTTOM) / 2
  const total = gaps.reduce((sum, gap) => sum + gap, 0)
  const span = Math.min(width - 2 * SIDE, total * WIDEST)
  let passed = 0
  const across = counts.map((_, column) => {
    passed += column > 0 ? (gaps[column - 1] ?? 1) : 0
    return total > 0 ? (width - span) / 2 + (span * passed) / total : width / 2
  })
  return {
    size,
    columns: counts.map((count, column) =>
      Array.from({ length: count }, (_, i) => ({
        x: across[column] ?? 0,
        y: middle + (i - (count - 1) / 2) * pitch,
      })),
    ),
  }
}

interface Wire {
  readonly id: string
  readonly from: string
  readonly to: string
}

/** Room of a label with a gradient beneath the weight. */
const LABEL = { width: 66, height: 36 }
/** Where along the free part of its wire a label may stand, the best place first. */
const SHARES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9, 0, 1]
/** From the middle of a unit to where its wires are free. */
const REACH = 50 + LABEL.width / 2

/** Each label on its wire where it covers none before it; where there is no such place, where it covers least. */
export function placeLabels(wires: readonly Wire[], places: ReadonlyMap<string, UnitPlace>): ReadonlyMap<string, UnitPlace> {
  const taken: UnitPlace[] = []
  const found = new Map<string, UnitPlace>()
  for (const { id, from, to } of wires) {
    const [a, b] = [places.get(from), places.get(to)]
    if (!a || !b) continue
    const hidden = Math.min(0.5, REACH / Math.max(1, Math.abs(b.x - a.x)))
    const candidates = SHARES.map((share) => {
      const along = hidden + share * (1 - 2 * hidden)
      return { x: a.x + along * (b.x - a.x), y: a.y + along * (b.y - a.y) }
    })
    const covered = (at: UnitPlace): number => taken.reduce((sum, other) => sum + overlap(at, other), 0)
    const best = candidates.reduce((one, other) => (covered(other) < covered(one) ? other : one))
    taken.push(best)
    found.set(id, best)
  }
  return found
}

const overlap = (a: UnitPlace, b: UnitPlace): number =>
  Math.max(0, LABEL.width - Math.abs(a.x - b.x)) * Math.max(0, LABEL.height - Math.abs(a.y - b.y))
