/**
 * @file Square matrix products through the whole compiler. In: a backend. Out: GFLOP/s by size, of operands that lie in the device's memory.
 */
import { stateSpecs } from '../../../engine/compile'
import { ProgramBuilder } from '../../../engine/ir/builder'
import type { Backend } from '../../../engine/runtime/backend'
import type { Square } from '../protocol'
import { quantile } from '../statistics'

const sizes = [256, 512, 1024]

/** Milliseconds of one sample, and how many. */
const sample = 12
const samples = 25

export async function measureSquares(backend: Backend): Promise<readonly Square[]> {
  const found: Square[] = []
  for (const size of sizes) {
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
    const repeats = Math.max(1, Math.round(sample / 1000 / secondsOf(3)))
    const seconds = quantile(
      Array.from({ length: samples }, () => secondsOf(repeats)),
      0.5,
    )
    found.push({ size, threads: backend.info.threads, gigaflops: (2 * size ** 3) / seconds / 1e9 })
    executable.dispose()
    state.dispose()
  }
  return found
}
