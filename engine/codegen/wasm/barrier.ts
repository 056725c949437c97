/**
 * @file Threads that wait for each other: a counter and a generation in shared memory. The last to arrive starts the next generation;
 * the others spin for some ten microseconds, then sleep. Also the layout of the control block that dispatching threads share.
 */
import type { ModuleBuilder } from './assembler'

/** Byte offsets in the control block; each word has a cache line of its own. */
export const control = {
  arrived: 0,
  generation: 64,
  sleepers: 128,
  /** Not 0: a thread has failed, and nobody should wait for it. */
  failed: 192,
  /** Goes up by one with each command to the workers. */
  sequence: 256,
  /** Which executable to run, and which part of it. */
  executable: 320,
  from: 324,
  to: 328,
  /** Workers that sleep until the next command. */
  idle: 384,
  /** Not 0: workers return to their message queues. */
  parked: 448,
} as const

export const controlBytes = 512

/** Rounds of spinning, a few nanoseconds each. */
const spins = 20_000
/** How long one sleep lasts before looking whether somebody has failed, and how many of them are too many. */
const sleepNanoseconds = 1_000_000_000
const mostSleeps = 120

/** Adds the function (threads) → (): returns when that many threads have called it. Traps when one of them has failed. */
export function emitBarrier(module: ModuleBuilder, base: number): number {
  return module.function(['i32'], [], (f, threads) => {
    const generation = f.local('i32')
    const left = f.local('i32')
    const word = (offset: number) => f.i32(base + offset)
    const load = (offset: number) => word(offset).memory('i32.atomic.load')
    const failIfFailed = () => load(control.failed).if(() => f.op('unreachable'))
    load(control.generation).set(generation)
    word(control.arrived)
      .i32(1)
      .memory('i32.atomic.rmw.add')
      .i32(1)
      .op('i32.add')
      .get(threads)
      .op('i32.eq')
      .if(() => {
        word(control.arrived).i32(0).memory('i32.atomic.store')
        word(control.generation).i32(1).memory('i32.atomic.rmw.add').op('drop')
        load(control.sleepers).if(() => word(control.generation).i32(-1).memory('memory.atomic.notify').op('drop'))
        f.op('return')
      })
    f.assign(left, spins).countDown(left, 1, () => {
      load(control.generation)
        .get(generation)
        .op('i32.ne')
        .if(() => f.op('return'))
    })
    word(control.sleepers).i32(1).memory('i32.atomic.rmw.add').op('drop')
    f.assign(left, mostSleeps)
    f.loop((again) => {
      failIfFailed()
      word(control.generation).get(generation).i64(sleepNanoseconds).memory('memory.atomic.wait32').op('drop')
      load(control.generation)
        .get(generation)
        .op('i32.eq')
        .if(() => {
          f.get(left).i32(1).op('i32.sub').tee(left).brIf(again)
          word(control.failed).i32(1).memory('i32.atomic.store')
        })
    })
    word(control.sleepers).i32(1).memory('i32.atomic.rmw.sub').op('drop')
    failIfFailed()
  })
}
