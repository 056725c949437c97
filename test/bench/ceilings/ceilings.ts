/**
 * @file The machine's ceilings as WebAssembly can reach them. In: a number of threads. Out: multiply-adds a second of a loop that touches
 * registers only, tile shape by tile shape (widened to 256 bits where V8 does that), and bytes a second of a copy and of a triad
 * a = b + s·c over arrays that no cache holds, counted as STREAM does (McCalpin 1995): what the program reads and writes.
 */
import type { Ceilings } from '../protocol'
import { type Body, bestRate, Crew } from './crew'

interface Tile {
  readonly rows: number
  readonly columns: number
  readonly fma: boolean
}

/** Tiles as matrix kernels have them: enough independent sums to hide the latency, few enough to stay in registers. */
const tiles: readonly Tile[] = [
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

async function peakOf(crew: Crew, threads: number, tile: Tile): Promise<number | undefined> {
  const stride = 4096
  const base = crew.allocate(threads * stride)
  crew.floats(base, (threads * stride) / 4).fill(1e-3)
  const run = await crew.load(base, stride, product(tile))
  return run && ((await bestRate(run)) * threads * 2 * depth * tile.rows * tile.columns) / 1e9
}

const pageBytes = 65536
/** Bytes of each array: several times the largest cache of a server's core. */
const arrayBytes = 96 * 2 ** 20

/** Walks arrays of `bytes` in steps of four vectors: `to[i] = from[i]`, or `to[i] = from[i] + s · other[i]`. */
const walk =
  (bytes: number, arrays: { readonly to: number; readonly from: number; readonly other?: number }): Body =>
  (f, start) => {
    const at = f.local('i32')
    const end = f.local('i32')
    const values = f.locals(4, 'v128')
    f.get(start).i32(bytes).op('i32.add').set(end)
    f.for(at, start, end, 64, () => {
      values.forEach((value, i) => {
        f.get(at).memory('v128.load', arrays.from + 16 * i)
        if (arrays.other !== undefined)
          f.f32x4(0.5)
            .get(at)
            .memory('v128.load', arrays.other + 16 * i)
            .op('f32x4.mul')
            .op('f32x4.add')
        f.set(value)
      })
      values.forEach((value, i) => {
        f.get(at)
          .get(value)
          .memory('v128.store', arrays.to + 16 * i)
      })
    })
  }

export async function measureCeilings(threads: number): Promise<Ceilings> {
  const crew = new Crew(threads, 3 * arrayBytes + tiles.length * threads * 4096 + pageBytes)
  try {
    const measured: { tile: string; gigaflops: number }[] = []
    for (const tile of tiles) {
      const gigaflops = await peakOf(crew, threads, tile)
      if (gigaflops !== undefined) measured.push({ tile: `${tile.rows}×${tile.columns} ${tile.fma ? 'fma' : 'mul+add'}`, gigaflops })
    }
    const [to, from, other] = [crew.allocate(arrayBytes), crew.allocate(arrayBytes), crew.allocate(arrayBytes)]
    for (const array of [to, from, other]) crew.floats(array, arrayBytes / 4).fill(1)
    const bytes = arrayBytes / threads
    const copy = await crew.load(0, bytes, walk(bytes, { to, from }))
    const triad = await crew.load(0, bytes, walk(bytes, { to, from, other }))
    return {
      threads,
      peak: Math.max(...measured.map(({ gigaflops }) => gigaflops)),
      tiles: measured,
      copy: copy ? ((await bestRate(copy)) * 2 * arrayBytes) / 1e9 : Number.NaN,
      triad: triad ? ((await bestRate(triad)) * 3 * arrayBytes) / 1e9 : Number.NaN,
    }
  } finally {
    await crew.dispose()
  }
}
