/**
 * @file How threads share a run: groups of tasks one after another, the tasks of a group on any thread. In: where the control block and the
 * groups' records lie. Out: the function `run`, and the layout of what it reads. A thread first takes the tasks meant for it, then those
 * that others have not begun ("work stealing", Blumofe and Leiserson 1999). Nobody waits for a thread, only for tasks: one that the system
 * has put aside holds up no more than the task it is at, and one that comes late finds its groups finished and passes on.
 *
 * Each group of each run has a stamp, one more than the group's before. The words that threads share carry the stamp of the group they
 * speak of, which is why none is ever reset: an older stamp reads as “nothing taken yet”, a newer one as “long finished”.
 */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler'

/** More threads than this rarely help the sizes people train here. */
export const mostThreads = 8

/** Byte offsets in the control block; what different threads write lies on different cache lines. */
export const control = {
  /** Not 0: a thread has failed, and nobody should wait for it. */
  failed: 0,
  /** Odd while a command is being written, the next even number once it stands. */
  sequence: 64,
  /** The command: which executable, which of its groups, the stamp of the first (two words, low and high). */
  executable: 128,
  from: 132,
  to: 136,
  stamp: 144,
  /** Workers that sleep until the next command. */
  idle: 192,
  /** Not 0: workers return to their message queues. */
  parked: 256,
  /** Threads that sleep until a group is finished. */
  sleepers: 320,
  /** Stamp of the last finished group. */
  finished: 384,
  /** Tasks of the present group that are done: stamp · 2²⁴ + number. */
  done: 448,
  /** For each thread, a line apart: tasks taken out of its share (stamp · 2²⁴ + number). */
  taken: 512,
  /** For each thread, a line apart: the last command that it has done with. */
  past: 512 + 64 * mostThreads,
} as const

export const lineBytes = 64
export const controlBytes = control.past + lineBytes * mostThreads

/** Bytes of records: a call is (function, first unit, end, address of its constants); a task is (first call, end); see `Record` for groups. */
export const callBytes = 16
export const taskBytes = 8

/** Byte offsets in a group's record. */
export const groupRecord = {
  tasks: 0,
  /** Address of the first of all its tasks, which follow each other. */
  first: 4,
  /** 0: thread 0 does all of it. */
  parallel: 8,
  /** In a scan: the number of the item. */
  item: 12,
  /** For each thread: address of its first task, number of its tasks. */
  shares: 16,
} as const

export const groupBytes = (threads: number): number => groupRecord.shares + 8 * threads

/** Bits of a shared word that count tasks. */
const countBits = 24
export const mostTasks = 2 ** countBits - 1

/** Rounds of spinning, a few nanoseconds each. */
const spins = 20_000
/** How long one sleep lasts before looking whether somebody has failed, and how many of them are too many. */
const sleepNanoseconds = 1_000_000_000
const mostSleeps = 120

export interface DispatchPlan {
  /** Address of the control block. */
  readonly control: number
  /** Address of the groups' records. */
  readonly records: number
  /** How many threads the records are made for. */
  readonly threads: number
  /** Some groups belong to scans. */
  readonly hasItems: boolean
}

/** Adds the function (thread, threads, from, to, stamp low, stamp high) → (): does a thread's part of the groups from … to − 1. */
export function emitDispatch(module: ModuleBuilder, plan: DispatchPlan): number {
  const perform = emitPerform(module)
  const takeFrom = emitTakeFrom(module, plan.control, perform)
  const report = emitReport(module, plan.control)
  const wait = emitWait(module, plan.control)
  const recordBytes = groupBytes(plan.threads)
  return module.function(['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], [], (f, thread, threads, from, to, low, high) => {
    const group = f.local('i32')
    const left = f.local('i32')
    const stamp = f.local('i64')
    const done = f.local('i32')
    f.affine(plan.records, [from, recordBytes]).set(group)
    f.get(to).get(from).op('i32.sub').tee(left).op('i32.eqz')
    f.if(() => f.op('return'))
    f.get(threads).i32(1).op('i32.eq')
    f.if(() => {
      f.countDown(left, 1, () => {
        takeItem(f, group, plan)
        performAll(f, group, perform)
        f.increment(group, recordBytes)
      })
      f.op('return')
    })
    f.get(high).op('i64.extend_i32_u').i64(32).op('i64.shl').get(low).op('i64.extend_i32_u').op('i64.or').set(stamp)
    f.countDown(left, 1, () => {
      load64(f, plan.control + control.finished)
        .get(stamp)
        .op('i64.lt_u')
      f.if(() => {
        f.assign(done, 0)
        takeItem(f, group, plan)
        f.get(group).memory('i32.load', groupRecord.parallel)
        f.if(
          () => takeFromAll(f, { thread, threads, group, stamp, done }, takeFrom),
          () => {
            f.get(thread).op('i32.eqz')
            f.if(() => {
              performAll(f, group, perform)
              f.get(group).memory('i32.load', groupRecord.tasks).set(done)
            })
          },
        )
        f.get(done)
        f.if(() => f.get(stamp).get(done).get(group).memory('i32.load', groupRecord.tasks).call(report))
        f.get(stamp).call(wait)
      })
      f.increment(group, recordBytes)
      f.get(stamp).i64(1).op('i64.add').set(stamp)
    })
  })
}

function takeItem(f: FunctionBuilder, group: Local, { hasItems }: DispatchPlan): void {
  if (hasItems) f.get(group).memory('i32.load', groupRecord.item).setItem()
}

const load64 = (f: FunctionBuilder, address: number): FunctionBuilder => f.i32(address).memory('i64.atomic.load', 0, 3)

/** (task) → (): its calls, one after the other. */
function emitPerform(module: ModuleBuilder): number {
  return module.function(['i32'], [], (f, task) => {
    const call = f.local('i32')
    const end = f.local('i32')
    f.get(task).memory('i32.load', 4).set(end)
    f.for(call, f.get(task).memory('i32.load', 0).toLocal('i32'), end, callBytes, () => {
      for (const field of [4, 8, 12, 0]) f.get(call).memory('i32.load', field)
      f.callIndirect(module.phaseType)
    })
  })
}

function performAll(f: FunctionBuilder, group: Local, perform: number): void {
  const task = f.get(group).memory('i32.load', groupRecord.first).toLocal('i32')
  const left = f.get(group).memory('i32.load', groupRecord.tasks).toLocal('i32')
  f.countDown(left, 1, () => {
    f.get(task).call(perform)
    f.increment(task, taskBytes)
  })
}

interface Taking {
  readonly thread: Local
  readonly threads: Local
  readonly group: Local
  readonly stamp: Local
  readonly done: Local
}

/** Own share first, then the others' in turn. */
function takeFromAll(f: FunctionBuilder, { thread, threads, group, stamp, done }: Taking, takeFrom: number): void {
  const owner = f.get(thread).toLocal('i32')
  const owners = f.get(threads).toLocal('i32')
  f.countDown(owners, 1, () => {
    f.get(done).get(stamp).get(owner).affine(groupRecord.shares, [group, 1], [owner, 8]).call(takeFrom).op('i32.add').set(done)
    f.increment(owner, 1)
    f.get(owner).get(threads).op('i32.eq')
    f.if(() => f.assign(owner, 0))
  })
}

/** (stamp, whose share, address of the share) → how many of its tasks this thread has taken and done. */
function emitTakeFrom(module: ModuleBuilder, base: number, perform: number): number {
  return module.function(['i64', 'i32', 'i32'], ['i32'], (f, stamp, owner, share) => {
    const done = f.local('i32')
    const word = f.local('i64')
    const next = f.local('i32')
    const count = f.get(share).memory('i32.load', 4).toLocal('i32')
    const taken = f.affine(base + control.taken, [owner, lineBytes]).toLocal('i32')
    f.block((end) => {
      f.get(count).op('i32.eqz').brIf(end)
      f.loop((again) => {
        f.get(taken).memory('i64.atomic.load', 0, 3).tee(word).i64(countBits).op('i64.shr_u').get(stamp).op('i64.gt_u').brIf(end)
        countIn(f, word, stamp).tee(next).get(count).op('i32.ge_u').brIf(end)
        f.get(taken).get(word)
        stamped(f, stamp, () => f.get(next).i32(1).op('i32.add'))
        f.memory('i64.atomic.rmw.cmpxchg', 0, 3).get(word).op('i64.eq')
        f.if(() => {
          f.get(share).memory('i32.load', 0).affine(0, [next, taskBytes]).op('i32.add').call(perform)
          f.increment(done, 1)
        })
        f.br(again)
      })
    })
    f.get(done)
  })
}

/** (stamp, tasks done by this thread, tasks of the group) → (): adds them up; whoever does the last says that the group is finished. */
function emitReport(module: ModuleBuilder, base: number): number {
  return module.function(['i64', 'i32', 'i32'], [], (f, stamp, done, tasks) => {
    const word = f.local('i64')
    const sum = f.local('i32')
    f.loop((again) => {
      load64(f, base + control.done).set(word)
      countIn(f, word, stamp).get(done).op('i32.add').set(sum)
      f.i32(base + control.done).get(word)
      stamped(f, stamp, () => f.get(sum))
      f.memory('i64.atomic.rmw.cmpxchg', 0, 3).get(word).op('i64.eq').op('i32.eqz').brIf(again)
    })
    f.get(sum).get(tasks).op('i32.eq')
    f.if(() => {
      f.i32(base + control.finished)
        .get(stamp)
        .memory('i64.atomic.store', 0, 3)
      f.i32(base + control.sleepers).memory('i32.atomic.load')
      f.if(() =>
        f
          .i32(base + control.finished)
          .i32(-1)
          .memory('memory.atomic.notify')
          .op('drop'),
      )
    })
  })
}

/** (stamp) → (): returns when that group is finished. Traps when a thread has failed. */
function emitWait(module: ModuleBuilder, base: number): number {
  return module.function(['i64'], [], (f, stamp) => {
    const left = f.local('i32')
    const seen = f.local('i64')
    const isFinished = () =>
      load64(f, base + control.finished)
        .tee(seen)
        .get(stamp)
        .op('i64.ge_u')
    const sleepers = (change: 'i32.atomic.rmw.add' | 'i32.atomic.rmw.sub') =>
      f
        .i32(base + control.sleepers)
        .i32(1)
        .memory(change)
        .op('drop')
    f.assign(left, spins).countDown(left, 1, () => isFinished().if(() => f.op('return')))
    sleepers('i32.atomic.rmw.add')
    f.assign(left, mostSleeps)
    f.block((end) => {
      f.loop((again) => {
        f.i32(base + control.failed).memory('i32.atomic.load')
        f.if(() => f.op('unreachable'))
        isFinished().brIf(end)
        // The low half alone: it changes with every group.
        f.i32(base + control.finished)
          .get(seen)
          .op('i32.wrap_i64')
          .i64(sleepNanoseconds)
          .memory('memory.atomic.wait32')
          .op('drop')
        f.get(left).i32(1).op('i32.sub').tee(left).brIf(again)
      })
      f.i32(base + control.failed)
        .i32(1)
        .memory('i32.atomic.store')
        .op('unreachable')
    })
    sleepers('i32.atomic.rmw.sub')
  })
}

/** Pushes the number in a word of this stamp, or 0 from a word of an older one. */
function countIn(f: FunctionBuilder, word: Local, stamp: Local): FunctionBuilder {
  f.get(word).op('i32.wrap_i64').i32(mostTasks).op('i32.and').i32(0)
  return f.get(word).i64(countBits).op('i64.shr_u').get(stamp).op('i64.eq').op('select')
}

/** Pushes stamp · 2²⁴ + number. */
function stamped(f: FunctionBuilder, stamp: Local, number: () => void): void {
  f.get(stamp).i64(countBits).op('i64.shl')
  number()
  f.op('i64.extend_i32_u').op('i64.or')
}
