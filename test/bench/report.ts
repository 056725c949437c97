/** @file What a run of the bench found, and how it reads. In: measurements. Out: titled tables for a terminal or for Markdown. */
import type { Goal } from './goals'
import type { Growth } from './growth'
import type { Field } from './peers/known'
import { ours } from './peers/known'
import type { Ceilings, Square } from './protocol'
import type { CaseResult } from './rounds'
import { median, ratioOf, spreadOf } from './statistics'
import { formatTable, markdownTable, mebibytes, short, type Table } from './table'
import { mostBusy } from './verdict'

export interface Report {
  readonly date: string
  readonly machine: {
    readonly processor: string
    readonly processors: number
    readonly threads: number
    readonly system: string
    /** Share of the processors that others took before anything was measured. */
    readonly takenByOthers?: number
  }
  readonly versions: Field['versions']
  readonly leftOut: Field['leftOut']
  readonly cases: readonly CaseResult[]
  /** One thread, then all. */
  readonly ceilings: readonly Ceilings[]
  readonly squares: readonly Square[]
  readonly shapes: readonly { readonly case: string; readonly milliseconds: number }[]
  readonly growth: readonly Growth[]
  /** Share of the processors that others took meanwhile. */
  readonly duringGrowth?: number
  readonly goals: readonly Goal[]
}

interface Section {
  readonly title: string
  readonly note?: string
  readonly table: Table
}

const stepsOf = ({ title, peers, verdict, mode }: CaseResult): Section => {
  const mine = peers.find(({ peer }) => peer === ours)?.rounds ?? []
  return {
    title: `${title}, milliseconds of a ${mode === 'train' ? 'training step' : 'forward pass'}`,
    note: verdict.trustworthy ? verdict.reason : `Do not trust: ${verdict.reason}`,
    table: {
      head: ['', 'median', '10–90 %', '× our time', 'range', 'cold start', 'peak MiB'],
      rows: peers.map(({ peer, error, rounds, coldMilliseconds, peakBytes }) => {
        if (error) return [peer, '–', error]
        const { median, low, high } = spreadOf(rounds.flat())
        const ratio = ratioOf(rounds, mine)
        return [
          peer,
          short(median),
          `${short(low)}–${short(high)}`,
          peer === ours ? '' : ratio.median.toFixed(2),
          peer === ours ? '' : `${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}`,
          coldMilliseconds === undefined ? '' : short(coldMilliseconds),
          mebibytes(peakBytes),
        ]
      }),
    },
  }
}

/** A word of warning, where others had a part of the processors. */
const disturbance = (share = 0): string | undefined =>
  share > mostBusy ? `Do not trust: others took ${Math.round(100 * share)} % of the processors.` : undefined

/** Where our step stands under the two roofs: multiply-adds and bandwidth (Williams, Waterman and Patterson 2009). */
const roofline = (cases: readonly CaseResult[], ceiling: Ceilings): Section => ({
  title: `Our steps under the machine's roofs, ${ceiling.threads} threads`,
  note:
    'FLOP of products and convolutions, bytes of their operands and of the state; bound: the longer of FLOP ÷ peak and bytes ÷ triad. ' +
    'More than 100 % is possible where a kernel needs fewer multiplications (Winograd) or data stays in a cache.',
  table: {
    head: ['', 'GFLOP', 'MB', 'FLOP/byte', 'ms', 'GFLOP/s', 'of peak', 'bound', 'of bound'],
    rows: cases.flatMap(({ title, peers }) => {
      const mine = peers.find(({ peer }) => peer === ours)
      const { flops, bytes } = mine?.prepared ?? {}
      if (!mine || mine.rounds.length === 0 || flops === undefined || bytes === undefined) return []
      const time = median(mine.rounds.flat())
      const [byFlops, byBytes] = [flops / ceiling.peak / 1e6, bytes / ceiling.triad / 1e6]
      const rate = flops / time / 1e6
      return [
        [
          title,
          short(flops / 1e9),
          short(bytes / 1e6),
          short(flops / bytes),
          short(time),
          short(rate),
          `${short((100 * rate) / ceiling.peak)} %`,
          byFlops > byBytes ? 'FLOP' : 'bytes',
          `${short((100 * Math.max(byFlops, byBytes)) / time)} %`,
        ],
      ]
    }),
  },
})

const ceilingsOf = (ceilings: readonly Ceilings[], squares: readonly Square[]): Section => ({
  title: 'Ceilings of the machine as WebAssembly reaches them',
  note: [
    'Peak: multiply-adds that touch registers only, the best tile. Squares: matrix products through the whole compiler, operands in memory, medians; their share of the peak beside them in time.',
    disturbance(Math.max(...ceilings.map(({ takenByOthers }) => takenByOthers ?? 0))),
  ]
    .filter(Boolean)
    .join(' '),
  table: {
    head: ['threads', 'peak GFLOP/s', 'best tile', 'copy GB/s', 'triad GB/s', ...[256, 512, 1024].map((size) => `${size}³ GFLOP/s`)],
    rows: ceilings.map(({ threads, peak, tiles, copy, triad }) => [
      String(threads),
      short(peak),
      tiles.find(({ gigaflops }) => gigaflops === peak)?.tile ?? '',
      short(copy),
      short(triad),
      ...squares
        .filter((square) => square.threads === threads)
        .map(({ gigaflops, ofPeak }) => `${short(gigaflops)} (${Math.round(100 * ofPeak)} %)`),
    ]),
  },
})

const compilingOf = ({ cases, shapes }: Report): Section => ({
  title: 'Compiling, milliseconds in a fresh process',
  note: 'An edit costs the shapes of the whole graph; the first step includes compiling and initialising.',
  table: {
    head: ['', 'document → executable', '→ first step', 'process → first step', 'edit → shapes'],
    rows: cases
      .filter(({ mode }) => mode === 'train')
      .flatMap(({ title, case: name, peers }) => {
        const mine = peers.find(({ peer }) => peer === ours)
        if (!mine?.prepared) return []
        const edit = shapes.find((one) => one.case === name)?.milliseconds
        return [
          [
            title,
            short(mine.prepared.compileMilliseconds ?? Number.NaN),
            short(mine.prepared.firstStepMilliseconds),
            short(mine.coldMilliseconds ?? Number.NaN),
            edit === undefined ? '' : short(edit),
          ],
        ]
      }),
  },
})

const growthOf = ({ growth, duringGrowth }: Report, axis: Growth['axis']): Section[] => {
  const rows = growth.filter((one) => one.axis === axis)
  const points = rows[0]?.points
  if (!points) return []
  return [
    {
      note: disturbance(duringGrowth),
      title: `How our training step grows with ${axis}, milliseconds`,
      table: {
        head: [axis, ...points.map(({ at }) => String(at))],
        rows: rows.map(({ what, points }) => [what, ...points.map((p) => short(p.milliseconds))]),
      },
    },
  ]
}

const goalTable = (goals: readonly Goal[]): Section => ({
  title: 'Goals',
  table: {
    head: ['', 'wanted', 'measured', ''],
    rows: goals.map(({ title, wanted, got, isMet }) => [
      title,
      wanted,
      got ?? 'not measured',
      isMet === undefined ? '' : isMet ? 'met' : 'missed',
    ]),
  },
})

export function sectionsOf(report: Report): readonly Section[] {
  const { cases, ceilings, squares, goals } = report
  const most = ceilings.at(-1)
  return [
    ...cases.map(stepsOf),
    ...(ceilings.length > 0 ? [ceilingsOf(ceilings, squares)] : []),
    ...(most && cases.length > 0 ? [roofline(cases, most)] : []),
    ...(cases.length > 0 ? [compilingOf(report)] : []),
    ...(['batch', 'depth', 'threads'] as const).flatMap((axis) => growthOf(report, axis)),
    ...(goals.some(({ isMet }) => isMet !== undefined) ? [goalTable(goals)] : []),
  ]
}

function circumstances({ date, machine, versions, leftOut }: Report): readonly string[] {
  const others = machine.takenByOthers
  return [
    `${date.slice(0, 16).replace('T', ' ')} UTC; ${machine.processor}, ${machine.processors} processors, ${machine.system}; ${machine.threads} threads`,
    ...Object.entries(versions).map(([name, version]) => `${name}: ${version}`),
    ...leftOut.map(({ name, reason }) => `left out: ${name} (${reason})`),
    ...(others === undefined ? [] : [`before the first round others took ${Math.round(100 * others)} % of the processors`]),
  ]
}

export const formatReport = (report: Report): string =>
  [
    circumstances(report).join('\n'),
    ...sectionsOf(report).map(({ title, note, table }) => `${title}\n${note ? `${note}\n` : ''}\n${formatTable(table)}`),
  ].join('\n\n')

export const markdownReport = (report: Report): string =>
  [
    '# Bench',
    'Written by `npm run bench -- --markdown docs/BENCH.md`; read `test/bench/peers/protocol.md` for what is measured and how.',
    circumstances(report)
      .map((line) => `- ${line}`)
      .join('\n'),
    ...sectionsOf(report).map(({ title, note, table }) => `## ${title}\n\n${note ? `${note}\n\n` : ''}${markdownTable(table)}`),
  ]
    .join('\n\n')
    .concat('\n')
