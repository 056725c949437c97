/**
 * @file Groups → the records that dispatching threads read: for each thread a share of a group's tasks, by cost. In: groups, the number of
 * threads, where the records lie. Out: their words. A phase worth sharing is cut into a few pieces for each thread, neighbouring units on
 * the same thread from phase to phase so that caches keep what they hold; whole parts go to the thread that has least to do.
 */
import { InternalError } from '../../core/diagnostics'
import { callBytes, groupBytes, mostTasks, taskBytes } from './dispatch'
import type { Phase } from './emitter'
import { type Group, isShared, type Part } from './schedule'

/** Units [begin, end) of a phase. */
interface Call {
  readonly phase: Phase
  readonly begin: number
  readonly end: number
}

interface Task {
  readonly calls: Call[]
  cost: number
}

/** Nanoseconds that make a task of its own: the atomic operations around it are some tens. */
const smallestTask = 2500
/** Pieces of a phase for each thread: what is left when one of them is late. */
const piecesPerThread = 12

/** By thread. */
function sharesOf({ parts, parallel }: Group, threads: number): Task[][] {
  const shares: Task[][] = Array.from({ length: threads }, () => [])
  const loads = new Array<number>(threads).fill(0)
  if (!parallel) return shares.map((_, thread) => (thread === 0 ? [wholeTask(parts)] : []))
  const [large, small] = [parts.filter(isDivided), parts.filter((part) => !isDivided(part))]
  for (const { steps, cost } of large) {
    const { phase } = steps[0] as Part['steps'][number]
    const wanted = Math.min(piecesPerThread * threads, Math.ceil(cost / smallestTask))
    const pieces = Math.min(phase.units, Math.ceil(wanted / threads) * threads)
    for (let piece = 0; piece < pieces; piece++) {
      const begin = Math.floor((piece * phase.units) / pieces)
      const end = Math.floor(((piece + 1) * phase.units) / pieces)
      // Few pieces go to whoever has least to do, many stay where their neighbours are.
      const thread = pieces < threads ? leastLoaded(loads) : Math.floor((piece * threads) / pieces)
      const share = (cost * (end - begin)) / phase.units
      loads[thread] = (loads[thread] as number) + share
      shares[thread]?.push({ calls: [{ phase, begin, end }], cost: share })
    }
  }
  for (const part of [...small].sort((a, b) => b.cost - a.cost)) {
    const thread = leastLoaded(loads)
    loads[thread] = (loads[thread] as number) + part.cost
    const tasks = shares[thread] as Task[]
    const last = tasks.at(-1)
    const task = wholeTask([part])
    if (last && last.cost + task.cost <= smallestTask) {
      last.calls.push(...task.calls)
      last.cost += task.cost
    } else tasks.push(task)
  }
  return shares
}

const isDivided = ({ steps: [first, ...others] }: Part): boolean => first !== undefined && others.length === 0 && isShared(first)

const wholeTask = (parts: readonly Part[]): Task => ({
  calls: parts.flatMap(({ steps }) => steps.map(({ phase }) => ({ phase, begin: 0, end: phase.units }))),
  cost: parts.reduce((sum, { cost }) => sum + cost, 0),
})

const leastLoaded = (loads: readonly number[]): number => loads.indexOf(Math.min(...loads))

/** By what number a phase's function is called, and the address of its constants. */
type CallOf = (phase: Phase) => readonly [number, number]

/** The words of all records: groups first, then tasks, then calls. */
export function writeRecords(groups: readonly Group[], threads: number) {
  // The steps of a scan do the same, with another item each.
  const shared = new Map<readonly Part[], Task[][]>()
  for (const group of groups) if (!shared.has(group.parts)) shared.set(group.parts, sharesOf(group, threads))
  const tasks = [...shared.values()].flat(2)
  const words = (groupBytes(threads) * groups.length + taskBytes * tasks.length) / 4
  const calls = tasks.reduce((sum, task) => sum + task.calls.length, 0)
  return {
    bytes: 4 * words + callBytes * calls,
    /** The records for when they lie at an address. */
    at(address: number, callOf: CallOf): number[] {
      const head: number[] = []
      const taskWords: number[] = []
      const callWords: number[] = []
      const firstTask = address + groupBytes(threads) * groups.length
      const firstCall = firstTask + taskBytes * tasks.length
      const nextTask = () => firstTask + 4 * taskWords.length
      const written = new Map<readonly Part[], { readonly first: number; readonly shares: readonly number[] }>()
      for (const [parts, shares] of shared) {
        const first = nextTask()
        const places = shares.flatMap((share) => {
          const place = [nextTask(), share.length]
          for (const task of share) {
            taskWords.push(firstCall + 4 * callWords.length, firstCall + 4 * callWords.length + callBytes * task.calls.length)
            for (const { phase, begin, end } of task.calls) {
              const [number, constants] = callOf(phase)
              callWords.push(number, begin, end, constants)
            }
          }
          return place
        })
        written.set(parts, { first, shares: places })
      }
      for (const { parts, parallel, item = 0 } of groups) {
        const count = (shared.get(parts) as Task[][]).reduce((sum, share) => sum + share.length, 0)
        if (count > mostTasks) throw new InternalError('wasm', `a group has ${count} tasks`)
        const { first, shares } = written.get(parts) as { first: number; shares: readonly number[] }
        head.push(count, first, parallel ? 1 : 0, item, ...shares)
      }
      return [...head, ...taskWords, ...callWords]
    },
  }
}
