/**
 * @file The bench itself; scripts/bench.mjs builds it and its peers and starts it. In: places as JSON in the environment, options as arguments. Out: tables
 * on standard output, or one JSON object with `--json`; progress on standard error.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, release, type } from 'node:os'
import { parseArgs } from 'node:util'
import { chosenCases } from './cases'
import { goalsOf } from './goals'
import { type Growth, measureGrowth } from './growth'
import { familyOf, watchOthers } from './load'
import { gather, type Places, startNetloom } from './peers/known'
import { signal } from './peers/peer'
import type { Ceilings, Square } from './protocol'
import { formatReport, markdownReport, type Report } from './report'
import { type CaseResult, runCase } from './rounds'

const sectionNames = ['steps', 'ceilings', 'growth'] as const

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    markdown: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    threads: { type: 'string' },
    case: { type: 'string', multiple: true, default: [] },
    section: { type: 'string', multiple: true, default: [] },
  },
})

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const wants = (section: (typeof sectionNames)[number]): boolean => options.section.length === 0 || options.section.includes(section)

const rounds = Number(options.rounds)
const threads = Number(options.threads ?? Math.min(2, availableParallelism()))
const cases = chosenCases(options.case)
if (!(Number.isInteger(rounds) && rounds >= 1)) throw new Error('--rounds wants a whole number')
if (!(Number.isInteger(threads) && threads >= 1)) throw new Error('--threads wants a whole number')
if (cases.length === 0) throw new Error('there is no such case')
for (const name of options.section)
  if (!(sectionNames as readonly string[]).includes(name)) throw new Error(`there is no section ${name}: ${sectionNames.join(', ')}`)

const places: Places = { ...(JSON.parse(process.env.NETLOOM_BENCH ?? '{}') as Omit<Places, 'threads'>), threads }

/** Asks a fresh process of ours with so many threads. */
async function ask<T>(what: string, count: number): Promise<T> {
  const peer = startNetloom(places, 'wasm', count)
  try {
    const answer = await peer.measure(what)
    if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(`${what}: ${String(answer.error)}`)
    return answer as T
  } finally {
    await peer.end()
  }
}

/** What `work` finds, and the share of the processors that others took meanwhile. */
async function watched<T>(work: () => Promise<T>): Promise<readonly [T, number | undefined]> {
  const others = watchOthers(() => familyOf(process.pid))
  return [await work(), others()]
}

async function quietness(): Promise<number | undefined> {
  const others = watchOthers(() => [process.pid])
  await new Promise((resolve) => setTimeout(resolve, 1000))
  return others()
}

async function measure(): Promise<Report> {
  const takenByOthers = await quietness()
  say('Looking who is here …')
  const field = await gather(places, wants('steps') ? cases : [])
  for (const { name, reason } of field.leftOut) say(`  left out: ${name} (${reason})`)
  const found: CaseResult[] = []
  const ceilings: Ceilings[] = []
  const squares: Square[] = []
  let growth: readonly Growth[] = []
  let duringGrowth: number | undefined
  try {
    if (wants('ceilings')) {
      say('Ceilings of the machine …')
      for (const count of new Set([1, threads])) {
        const [found, others] = await watched(() => ask<Ceilings>('ceilings', count))
        ceilings.push({ ...found, takenByOthers: others })
        squares.push(...(await ask<Square[]>('squares', count)))
      }
    }
    if (wants('steps'))
      for (const one of cases) {
        say(`${one.title} …`)
        const result = await runCase(one, field.known, rounds)
        say(`  ${result.verdict.reason}`)
        found.push(result)
      }
  } finally {
    await field.close()
  }
  const shapes = wants('steps') ? await ask<Report['shapes']>('shapes', 1) : []
  if (wants('growth')) {
    say('How time grows …')
    ;[growth, duringGrowth] = await watched(() => measureGrowth(places))
  }
  const machine = {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: cpus().length,
    threads,
    system: `${type()} ${release()}`,
    takenByOthers,
  }
  const { versions, leftOut } = field
  const measured = { cases: found, ceilings, squares, shapes }
  return { date: new Date().toISOString(), machine, versions, leftOut, ...measured, growth, duringGrowth, goals: goalsOf(measured) }
}

/** Peers are held most of the time, and whoever is held does not hear that it should end. */
process.on('exit', () => signal(familyOf(process.pid).slice(1), 'SIGKILL'))
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => process.exit(130))

const report = await measure()
process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : formatReport(report)}\n`)
if (options.markdown) writeFileSync(options.markdown, markdownReport(report))
