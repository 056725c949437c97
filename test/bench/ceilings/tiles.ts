/**
 * @file Loops of multiply-adds that touch registers only, as matrix kernels would have them were operands free (widened to 256 bits where V8
 * does that). In: threads and the shape of a tile. Out: something that runs it, and how many operations a turn of it counts.
 */
import { type Body, bestRate, type Crew, type Turns } from './crew'

export interface Tile {
  readonly rows: number
  readonly columns: number
  readonly fma: boolean
}

/** Tiles as matrix kernels have them: enough independent sums to hide the latency, few enough to stay in registers. */
export const tiles: readonly Tile[] = [
  { rows: 6, columns: 16, fma: true },
  { rows: 5, columns: 16, fma: true },
  { rows: 4, columns: 16, fma: true },
  { rows: 6, columns: 8, fma: true },
  { rows: 4, columns: 8, fma: true },
  { rows: 4, columns: 16, fma: false },
  { rows: 4, columns: 8, fma: false },
]

/** Multiply-adds on each sum, per turn. */
const depth = 1024

/** sums = sums · a + b, again and again, with all of it in registers; sums, b (a row) and a (a number) lie one after another. */
const product =
  ({ rows, columns, fma }: Tile): Body =>
  (f, start) => {
    const vectors = columns / 4
    const sums = f.locals(rows * vectors, 'v128')
    const right = f.locals(vectors, 'v128')
    const left = f.local('v128')
    const bytes = 4 * rows * columns
    sums.forEach((sum, i) => {
      f.get(start)
        .memory('v128.load', 16 * i)
        .set(sum)
    })
    right.forEach((vector, i) => {
      f.get(start)
        .memory('v128.load', bytes + 16 * i)
        .set(vector)
    })
    f.get(start)
      .memory('v128.load32_splat', bytes + 4 * columns)
      .set(left)
    f.times(depth, () => {
      sums.forEach((sum, i) => {
        const vector = right[i % vectors] as (typeof right)[number]
        // Every operation hangs on the one before: a product that does not would be worked out once.
        if (fma) f.get(sum).get(left).get(vector).op('f32x4.relaxed_madd').set(sum)
        else f.get(sum).get(left).op('f32x4.mul').get(vector).op('f32x4.add').set(sum)
      })
    })
    sums.forEach((sum, i) => {
      f.get(start)
        .get(sum)
        .memory('v128.store', 16 * i)
    })
  }

/** Memory of one thread: more than any tile needs, so that no two threads write to one cache line. */
export const tileBytes = 4096

export interface LoadedTile {
  readonly name: string
  readonly run: Turns
  /** Floating-point operations of one turn, all threads together. */
  readonly flops: number
}

/** Undefined if V8 lacks an instruction. */
export async function loadTile(crew: Crew, tile: Tile): Promise<LoadedTile | undefined> {
  const { threads } = crew
  const base = crew.allocate(threads * tileBytes)
  crew.floats(base, (threads * tileBytes) / 4).fill(1e-3)
  const run = await crew.load(base, tileBytes, product(tile))
  return (
    run && {
      name: `${tile.rows}×${tile.columns} ${tile.fma ? 'fma' : 'mul+add'}`,
      run,
      flops: threads * 2 * depth * tile.rows * tile.columns,
    }
  )
}

/** The fastest of all here. Undefined if V8 can do none. */
export async function fastestTile(crew: Crew): Promise<LoadedTile | undefined> {
  let fastest: { readonly tile: Tile; readonly rate: number } | undefined
  for (const tile of tiles) {
    const loaded = await loadTile(crew, tile)
    const rate = loaded ? (await bestRate(loaded.run, 4)) * loaded.flops : 0
    if (rate > (fastest?.rate ?? 0)) fastest = { tile, rate }
  }
  return fastest && loadTile(crew, fastest.tile)
}
