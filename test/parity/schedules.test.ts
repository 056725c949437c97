/**
 * @file The learning rate of every step under every schedule beside PyTorch's schedulers (D4); where PyTorch knows a schedule only as a formula, the
 * formula of the notes is given to it. The plateau is asked after each validation. A schedule without a row fails.
 */
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import { completeParams } from '../../engine/layers/kit/validate'
import { rateAt } from '../../engine/schedules/rate'
import { schedules } from '../../engine/schedules/registry'
import { askPython, describeWithTorch } from '../support/torch'

interface Row {
  readonly kind: string
  readonly name: string
  readonly params: Readonly<Record<string, number>>
  readonly base: number
  readonly warmup?: number
  readonly steps: number
  /** Python: `o` is the optimiser. */
  readonly scheduler: string
  readonly validation?: readonly number[]
}

/** Falls, stops, wavers, falls again and then stays: losses of validations. */
const losses = [3, 2.5, 2.5, 2.6, 2.4, 2.7, 2.8, 2.9, 2.41, 2.3, 2.3, 2.3, 2.3, 2.3, 2.3, 2.3, 2.2, 9, 9, 9, 2.1, 2, 2, 2]

const rows: readonly Row[] = [
  { kind: 'constant', name: 'as it is', params: {}, base: 0.3, steps: 20, scheduler: 'kinds.ConstantLR(o, factor=1, total_iters=5)' },
  {
    kind: 'constant',
    name: 'warmed up over 8 steps',
    params: {},
    base: 0.3,
    warmup: 8,
    steps: 20,
    scheduler: 'kinds.LinearLR(o, start_factor=1 / 8, total_iters=7)',
  },
  {
    kind: 'linear',
    name: 'down to a tenth, then there',
    params: { tau: 12, final: 0.05 },
    base: 0.5,
    steps: 20,
    scheduler: 'kinds.LinearLR(o, start_factor=1, end_factor=0.1, total_iters=12)',
  },
  {
    kind: 'linear',
    name: 'to nothing',
    params: { tau: 7, final: 0 },
    base: 0.5,
    steps: 12,
    scheduler: 'kinds.PolynomialLR(o, total_iters=7, power=1)',
  },
  {
    kind: 'inverse',
    name: 'α₀τ / max(t, τ)',
    params: { tau: 6 },
    base: 0.2,
    steps: 40,
    scheduler: 'kinds.LambdaLR(o, lambda t: 6 / max(t, 6))',
  },
  {
    kind: 'step',
    name: 'halved every 4 steps',
    params: { every: 4, factor: 0.5 },
    base: 1,
    steps: 30,
    scheduler: 'kinds.StepLR(o, 4, 0.5)',
  },
  {
    kind: 'step',
    name: 'at every step a little',
    params: { every: 1, factor: 0.9 },
    base: 0.1,
    steps: 30,
    scheduler: 'kinds.ExponentialLR(o, 0.9)',
  },
  {
    kind: 'step',
    name: 'warmed up meanwhile',
    params: { every: 4, factor: 0.5 },
    base: 1,
    warmup: 10,
    steps: 30,
    scheduler: 'kinds.ChainedScheduler([kinds.LinearLR(o, start_factor=0.1, total_iters=9), kinds.StepLR(o, 4, 0.5)])',
  },
  {
    kind: 'cosine',
    name: 'to nothing',
    params: { tau: 15, final: 0 },
    base: 0.4,
    steps: 16,
    scheduler: 'kinds.CosineAnnealingLR(o, T_max=15)',
  },
  {
    kind: 'cosine',
    name: 'to a final rate, then there',
    params: { tau: 10, final: 0.04 },
    base: 0.4,
    steps: 20,
    // PyTorch's own would rise again.
    scheduler:
      'kinds.SequentialLR(o, [kinds.CosineAnnealingLR(o, T_max=10, eta_min=0.04), kinds.LambdaLR(o, lambda k: 0.1)], milestones=[11])',
  },
  ...[1, 2, 3].map(
    (patience): Row => ({
      kind: 'plateau',
      name: `after ${patience}`,
      params: { patience, factor: 0.5 },
      base: 0.8,
      steps: losses.length,
      validation: losses,
      // PyTorch waits for one more, asks for a gain of 1e-4 and stops at tiny rates unless told otherwise.
      scheduler: `kinds.ReduceLROnPlateau(o, factor=0.5, patience=${patience - 1}, threshold=0, eps=0)`,
    }),
  ),
]

it('every schedule has a row', () => {
  expect([...new Set(rows.map(({ kind }) => kind))].sort()).toEqual([...schedules.keys()].sort())
})

describeWithTorch('schedules beside PyTorch (D4)', () => {
  let answers: readonly (readonly number[])[] = []
  beforeAll(() => {
    const file = fileURLToPath(new URL('schedules.py', import.meta.url))
    answers = askPython(
      file,
      rows.map(({ base, steps, scheduler, validation = [] }) => ({ base, steps, scheduler, validation })),
    )
  })

  it.each(rows.map((row, i) => ({ title: `${row.kind}: ${row.name}`, row, i })))('$title', ({ row, i }) => {
    const { kind, params: given, base, warmup = 0, steps, validation = [] } = row
    const schedule = schedules.get(kind)
    if (!schedule) throw new Error(`no schedule ${kind}`)
    const { params, problems } = completeParams(schedule.params, given)
    expect(problems).toEqual([])
    const found = Array.from({ length: steps }, (_, step) =>
      rateAt({ schedule, params, base, warmup }, { step, validation: validation.slice(0, step) }),
    )
    expect(answers[i]).toHaveLength(steps)
    found.forEach((rate, step) => {
      expect(rate, `step ${step}`).toBeCloseTo(answers[i]?.[step] ?? Number.NaN, 12)
    })
    // Nothing that stays the same would have been compared with itself.
    expect(new Set(found).size > 1 || (kind === 'constant' && warmup === 0)).toBe(true)
  })
})
