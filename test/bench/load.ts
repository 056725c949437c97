/**
 * @file Who used the processors. In: the processes that are ours, and /proc where there is one (Linux). Out: the share of all processors' time that
 * somebody else took between two looks, and memory of processes. Where the system does not say, the answer is undefined.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'

interface Look {
  readonly total: number
  readonly busy: number
  readonly own: number
}

/**
 * Fields after the name of a process, which may hold spaces and brackets: 11 and 12 are its time in user and in system mode, 13 and 14 that of
 * its children that have ended.
 */
const statOf = (pid: number): readonly string[] | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    // It has ended since it was listed.
    return undefined
  }
}

/** The process and all that it started. */
export function familyOf(pid: number): readonly number[] {
  if (!existsSync('/proc/stat')) return [pid]
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = Number(statOf(Number(name))?.[1])
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const found = [pid]
  for (const member of found) found.push(...(children.get(member) ?? []))
  return found
}

function look(pids: readonly number[]): Look | undefined {
  if (!existsSync('/proc/stat')) return undefined
  const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  // user nice system idle iowait irq softirq steal; guests are counted in user already.
  const times = first.trim().split(/\s+/).slice(1, 9).map(Number)
  const total = times.reduce((sum, time) => sum + time, 0)
  const busy = total - (times[3] ?? 0) - (times[4] ?? 0)
  const own = pids.reduce((sum, pid) => {
    const stat = statOf(pid)
    return sum + [11, 12, 13, 14].reduce((time, field) => time + Number(stat?.[field] ?? 0), 0)
  }, 0)
  return { total, busy, own }
}

/** Starts looking; the function it gives looks again and says what share others took in between. */
export function watchOthers(pids: () => readonly number[]): () => number | undefined {
  const before = look(pids())
  return () => {
    const after = look(pids())
    if (!before || !after || after.total === before.total) return undefined
    return Math.max(0, after.busy - before.busy - (after.own - before.own)) / (after.total - before.total)
  }
}

/** Bytes that the processes have in memory now (`VmRSS`) or had at most (`VmHWM`); pages that several share count several times. */
export function residentBytes(pids: readonly number[], field: 'VmRSS' | 'VmHWM'): number | undefined {
  if (!existsSync('/proc/stat')) return undefined
  return pids.reduce((sum, pid) => {
    try {
      const kibibytes = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      return sum + 1024 * Number(kibibytes ?? 0)
    } catch {
      return sum
    }
  }, 0)
}
