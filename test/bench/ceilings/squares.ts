/**
 * @file Square matrix products through the whole compiler. In: a backend. Out: GFLOP/s by size, of operands that lie in the device's memory, and the
 * share of what the same threads reached with registers alone in the moments before and after: a machine lent by the slice changes its speed
 * from one second to the next, so only neighbours compare.
 */
import { stateSpecs } from '../../../engine/compile'
import { ProgramBuilder } from '../../../engine/ir/builder'
import type { Backend } from '../../../engine/runtime/backend'
import type { Square } from '../protocol'
import { median } from '../statistics'
import { Crew, turnsFor } from './crew'
import { fastestTile, tileBytes, tiles } from './tiles'

const sizes = [256, 512, 1024]

/** Seconds of one sample, and how many. */
const sample = 0.012
const samples = 41

/** Floating-point operations a second. */
type Rate = () => number | Promise<number>

export async function measureSquares(backend: Backend): Promise<readonly Square[]> {
  const { threads } = backend.info
  const crew = new Crew(threads, (tiles.length + 1) * threads * tileBytes)
  try {
    const peak = await peakRate(crew)
    const found: Square[] = []
    for (const size of sizes) found.push({ size, threads, ...(await besideThePeak(backend, size, peak)) })
    return found
  } finally {
    await crew.dispose()
  }
}

async function peakRate(crew: Crew): Promise<Rate> {
  const tile = await fastestTile(crew)
  if (!tile) return () => Number.NaN
  const turns = await turnsFor(tile.run, sample)
  return async () => (turns * tile.flops) / (await tile.run(turns))
}

async function besideThePeak(backend: Backend, size: number, peak: Rate): Promise<Pick<Square, 'gigaflops' | 'ofPeak'>> {
  const { rate, dispose } = await squareRate(backend, size)
  const rates: number[] = []
  const shares: number[] = []
  let before = await peak()
  for (let i = 0; i < samples; i++) {
    const mine = await rate()
    const after = await peak()
    rates.push(mine)
    shares.push((2 * mine) / (before + after))
    before = after
  }
  dispose()
  return { gigaflops: median(rates) / 1e9, ofPeak: median(shares) }
}

async function squareRate(backend: Backend, size: number): Promise<{ readonly rate: Rate; readonly dispose: () => void }> {
  const builder = new ProgramBuilder(`square ${size}`)
  const [a, b] = [builder.state('a', [size, size]), builder.state('b', [size, size])]
  builder.output('product', builder.matmul(a, b))
  const program = builder.finish()
  const state = backend.createState(stateSpecs(program))
  for (const name of ['a', 'b'])
    await state.write(
      name,
      Float32Array.from({ length: size * size }, (_, i) => ((i * 7919) % 1000) / 1000),
    )
  const executable = await backend.compile(program, state)
  const secondsOf = (repeats: number): number => {
    const started = performance.now()
    for (let i = 0; i < repeats; i++) executable.run({})
    return (performance.now() - started) / repeats / 1000
  }
  for (const end = performance.now() + 100; performance.now() < end; ) secondsOf(1)
  const repeats = Math.max(1, Math.round(sample / secondsOf(3)))
  return {
    rate: () => {
      // Threads that slept while the peak was measured are woken first, as they are in training.
      secondsOf(1)
      return (2 * size ** 3) / secondsOf(repeats)
    },
    dispose: () => {
      executable.dispose()
      state.dispose()
    },
  }
}
