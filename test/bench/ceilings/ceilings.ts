/**
 * @file The machine's ceilings as WebAssembly can reach them. In: a number of threads. Out: multiply-adds a second of a loop that touches
 * registers only, tile shape by tile shape, and bytes a second of a copy and of a triad a = b + s·c over arrays that no cache holds, counted
 * as STREAM does (McCalpin 1995): what the program reads and writes.
 */
import type { Ceilings } from '../protocol'
import { type Body, bestRate, Crew } from './crew'
import { loadTile, tileBytes, tiles } from './tiles'

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
  const crew = new Crew(threads, 3 * arrayBytes + tiles.length * threads * tileBytes + pageBytes)
  try {
    const measured: { tile: string; gigaflops: number }[] = []
    for (const tile of tiles) {
      const loaded = await loadTile(crew, tile)
      if (loaded) measured.push({ tile: loaded.name, gigaflops: ((await bestRate(loaded.run)) * loaded.flops) / 1e9 })
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
