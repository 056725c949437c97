/**
 * @file Loop kernels → vectorised WebAssembly. In: a kernel and where its buffers lie. Out: one phase, or two where a long reduction
 * is cut into a fixed number of partial results that are combined afterwards (so the result does not depend on the threads).
 */

import { loopCost } from '../../optimize/fusion/cost'
import type { LoopKernel, LoopResult } from '../../optimize/kernel'
import type { FunctionBuilder, Local } from './assembler'
import type { EmitContext, Phase } from './emitter'
import { analyse } from './loop-analysis'
import { NodeWriter, type Scope, type Vector } from './loop-nodes'
import { joinRows } from './loop-period'
import { type LoopPlan, planLoop, planRows } from './loop-plan'
import { fewViews, Streams } from './loop-streams'
import { VectorMath } from './math'
import { type Constants, phaseWithConstants } from './math-constants'

/** Nanoseconds of one unit of the fusion pass's cost model. */
const nanosecondsPerCost = 0.25

export function emitLoop(kernel: LoopKernel & { readonly origins?: readonly string[] }, context: EmitContext): Phase[] {
  const reducing = kernel.results.some(({ reduce }) => reduce !== undefined)
  const label = `${kernel.origins?.[0] ?? ''} ${reducing ? 'reduction' : 'elementwise'}`.trim()
  const rows = joinRows(kernel)
  const address = (buffer: number) => context.address(buffer)
  const isApart = fewViews(kernel) && (context.isRepeated?.(kernel) ?? false)
  if (!rows) return loopPhases(kernel, planLoop(kernel), context, { address, label, isApart })
  const plan = planRows(rows)
  const repeats = new Map(rows.repeating.map((id) => [id, context.scratch(4 * (rows.kernel.axes[plan.lane] as number))]))
  return loopPhases(rows.kernel, plan, context, { address, label, isApart: false, repeats })
}

/** Buffers that exist only between the two phases of a cut reduction; a reduction of partial results may be cut again, with others. */
const firstPartial = 1 << 30
const partialsPerCut = 64

interface LoopSite {
  readonly address: (buffer: number) => number
  readonly label: string
  /** Every view has a pointer of its own (loop-streams.ts). */
  readonly isApart: boolean
  /** Where a block of rows keeps what repeats with each row, by body position (loop-period.ts). */
  readonly repeats?: ReadonlyMap<number, number>
  /** Points between one chunk's partial results and the next one's. */
  readonly partialStep?: number
}

function loopPhases(kernel: LoopKernel, plan: LoopPlan, context: EmitContext, site: LoopSite, cuts = 0): Phase[] {
  const { address, label } = site
  const { chunk } = plan
  const cost = Math.max(50, loopCost(kernel) * nanosecondsPerCost)
  const units = plan.units.reduce((product, { count }) => product * count, 1)
  if (!chunk) {
    const func = phaseWithConstants(context.module, (f, constants, begin, end) =>
      new LoopWriter(kernel, plan, context, site, f, constants).write(begin, end),
    )
    return [{ func, units, cost, label }]
  }
  // Partial results: [chunk][kept points], one array per reduction.
  const keptAxes = kernel.axes.slice(0, kernel.axes.length - kernel.reduced)
  const keptPoints = keptAxes.reduce((product, extent) => product * extent, 1)
  const partials = new Map<number, number>()
  const first = firstPartial + cuts * partialsPerCut
  kernel.results.forEach(({ reduce }, r) => {
    if (reduce) partials.set(first + r, context.scratch(4 * chunk.count * keptPoints))
  })
  const place = (buffer: number) => partials.get(buffer) ?? address(buffer)
  const keptStrides = keptAxes.map((_, axis) => keptAxes.slice(axis + 1).reduce((product, extent) => product * extent, 1))
  const cut: LoopKernel = {
    ...kernel,
    results: kernel.results.map((result, r) =>
      result.reduce
        ? {
            value: result.value,
            reduce: result.reduce,
            buffer: first + r,
            offset: 0,
            strides: [...keptStrides, ...kernel.axes.slice(keptAxes.length).map(() => 0)],
          }
        : result,
    ),
  }
  const func = phaseWithConstants(context.module, (f, constants, begin, end) =>
    new LoopWriter(cut, plan, context, { ...site, address: place, partialStep: keptPoints }, f, constants).write(begin, end),
  )
  const combine = combination(kernel, first, keptAxes, keptStrides, chunk.count, keptPoints)
  const whole = { address: place, label: `${label}, partial results`, isApart: site.isApart && fewViews(combine) }
  const sum = loopPhases(combine, planLoop(combine), context, whole, cuts + 1)
  return [{ func, units, cost, label }, ...sum]
}

/** Adds up the partial results of a cut reduction. */
function combination(
  kernel: LoopKernel,
  firstPartial: number,
  keptAxes: readonly number[],
  keptStrides: readonly number[],
  chunks: number,
  keptPoints: number,
): LoopKernel {
  const body: LoopKernel['body'][number][] = []
  const results: LoopResult[] = []
  kernel.results.forEach((result, r) => {
    if (!result.reduce) return
    const dtype = kernel.body[result.value]?.dtype ?? 'f32'
    const value = body.push({ op: 'load', view: { buffer: firstPartial + r, offset: 0, strides: [...keptStrides, keptPoints] }, dtype }) - 1
    results.push({ ...result, value, strides: [...result.strides.slice(0, keptAxes.length), 0] })
  })
  return { kind: 'loop', axes: [...keptAxes, chunks], reduced: 1, body, results }
}

class LoopWriter {
  private readonly m: VectorMath
  private readonly streams: Streams
  private readonly nodes: NodeWriter
  /** Points left along a chunked or cut axis in this unit, where that is not the same for all units. */
  private readonly counts = new Map<number, Local>()
  private accumulators: readonly (readonly Local[])[] = []
  private partialOffset: Local | undefined
  private readonly partialStep: number

  constructor(
    private readonly kernel: LoopKernel,
    private readonly plan: LoopPlan,
    context: EmitContext,
    { address, isApart, repeats = new Map(), partialStep = 0 }: LoopSite,
    private readonly f: FunctionBuilder,
    constants: Constants,
  ) {
    this.m = new VectorMath(f, constants, context.variant.fma)
    this.streams = new Streams(f, address, isApart, kernel)
    this.partialStep = partialStep
    const facts = analyse(kernel, plan, context.variant.fma)
    this.nodes = new NodeWriter(kernel, facts, plan, f, this.m, this.streams, address, repeats)
  }

  write(begin: Local, end: Local): void {
    const { f, plan } = this
    this.streams.reset()
    const constant = this.nodes.level(-1, this.blockOf(plan.vectors * 4), new Map())
    const unit = f.local('i32')
    f.for(unit, begin, end, 1, () => {
      const block = this.decode(unit)
      if (plan.mode !== 'column') this.unit(constant)
      else this.columnBlocks(block, constant)
    })
  }

  private extent(axis: number): number {
    return this.kernel.axes[axis] as number
  }

  /** Vectors that cover `points` lanes from the pointer on. */
  private blockOf(points: number): Vector[] {
    return Array.from({ length: Math.ceil(points / 4) }, (_, u) => ({ at: 4 * u, lanes: Math.min(4, points - 4 * u) }))
  }

  /** Sets pointers and counts from the unit's number; gives the number of the column block. */
  private decode(unit: Local): Local | undefined {
    const { f, plan } = this
    this.streams.reset()
    const rest = f.local('i32')
    f.assign(rest, unit)
    let block: Local | undefined
    for (const [i, { axis, count, step }] of [...plan.units.entries()].reverse()) {
      if (count === 1 && !plan.loops.includes(axis)) continue
      const index = f.local('i32')
      if (i === 0) f.assign(index, rest)
      else {
        f.get(rest).i32(count).op('i32.rem_u').set(index)
        f.get(rest).i32(count).op('i32.div_u').set(rest)
      }
      this.streams.moveBy(axis, index, step)
      if (plan.mode === 'column' && axis === plan.lane) block = index
      if (plan.loops.includes(axis) && this.extent(axis) % step !== 0) {
        // The last chunk is shorter.
        const points = f.local('i32')
        f.i32(this.extent(axis)).get(index).i32(step).op('i32.mul').op('i32.sub').set(points)
        f.min(points, step).set(points)
        this.counts.set(axis, points)
      }
      if (plan.chunk?.axis === axis) {
        this.partialOffset = f.local('i32')
        f.get(index)
          .i32(4 * this.partialStep)
          .op('i32.mul')
          .set(this.partialOffset)
      }
    }
    return block
  }

  /** Points along a loop axis in this unit: a number, or a local where the last unit has fewer. */
  private pointsOf(axis: number): number | Local {
    const cut = this.plan.units.find((unit) => unit.axis === axis)
    return this.counts.get(axis) ?? (cut ? cut.step : this.extent(axis))
  }

  /** A unit in column mode: the last block of columns may be narrower and has code of its own. */
  private columnBlocks(block: Local | undefined, constant: Scope): void {
    const { f, plan } = this
    const width = 4 * plan.vectors
    const extent = this.extent(plan.lane)
    const full = Math.floor(extent / width)
    const rest = extent % width
    const whole = () => this.unit(constant, this.blockOf(width))
    const narrow = () => this.unit(constant, this.blockOf(rest))
    if (rest === 0) whole()
    else if (full === 0 || !block) narrow()
    else f.get(block).i32(full).op('i32.lt_u').if(whole, narrow)
  }

  private unit(constant: Scope, columns: readonly Vector[] = []): void {
    const { plan } = this
    const width = plan.mode === 'column' ? columns.length : plan.vectors
    this.accumulators = this.kernel.results.map(({ reduce, value }) => (reduce ? this.identity(reduce, value, width) : []))
    const scope = this.nodes.level(0, columns, constant)
    this.loops(0, scope, columns)
    this.finish(columns)
  }

  private real(value: number): boolean {
    return this.kernel.body[value]?.dtype === 'f32'
  }

  private neutral(reduce: 'sum' | 'max', value: number): Local {
    const { k } = this.m
    if (reduce === 'sum') return k.i32(0)
    return this.real(value) ? k.f32(Number.NEGATIVE_INFINITY) : k.i32(-(2 ** 31))
  }

  private identity(reduce: 'sum' | 'max', value: number, count: number): Local[] {
    return Array.from({ length: count }, () => {
      const local = this.f.local('v128')
      this.f.get(this.neutral(reduce, value)).set(local)
      return local
    })
  }

  private loops(depth: number, scope: Scope, columns: readonly Vector[]): void {
    const { f, plan } = this
    const axis = plan.loops[depth]
    if (axis === undefined) {
      this.step(scope, columns)
      return
    }
    const isLane = axis === plan.lane
    const run = () => {
      if (isLane) this.laneLoop(axis, depth, scope)
      else {
        const counter = f.local('i32')
        f.assign(counter, this.pointsOf(axis)).countDown(counter, 1, () => {
          const inner = this.nodes.level(depth + 1, columns, scope)
          this.loops(depth + 1, inner, columns)
          this.streams.advance(axis, 1)
        })
      }
    }
    if (depth === 0) run()
    else this.streams.restoring(axis, run)
  }

  /** The innermost loop of map and row mode: whole steps of vectors, then the rest in one narrower step. */
  private laneLoop(axis: number, depth: number, scope: Scope): void {
    const { f, plan } = this
    const width = 4 * plan.vectors
    const points = this.pointsOf(axis)
    const rest = this.extent(axis) % width
    const step = (vectors: readonly Vector[]) => {
      const inner = this.nodes.level(depth + 1, vectors, scope)
      this.step(inner, vectors)
    }
    const whole = () => {
      step(this.blockOf(width))
      this.streams.advance(axis, width)
    }
    if (typeof points === 'number') {
      f.times(Math.floor(points / width), whole)
      if (points % width > 0) step(this.blockOf(points % width))
      return
    }
    const counter = f.local('i32')
    f.get(points)
      .i32(width)
      .op('i32.div_u')
      .tee(counter)
      .if(() => f.countDown(counter, 1, whole))
    if (rest > 0)
      f.get(points)
        .i32(width)
        .op('i32.rem_u')
        .if(() => step(this.blockOf(rest)))
  }

  /** One innermost step: its values are in scope; store them or add them to the accumulators. */
  private step(scope: Scope, vectors: readonly Vector[]): void {
    for (const [r, result] of this.kernel.results.entries())
      if (result.reduce) for (const [u, vector] of vectors.entries()) this.accumulate(result, r, u, vector, scope)
    for (const result of this.kernel.results) {
      if (result.reduce) continue
      for (const [u, vector] of vectors.entries()) this.nodes.store(this.nodes.at(result.value, u, scope), result, vector)
    }
  }

  private accumulate(result: LoopResult, r: number, u: number, { lanes }: Vector, scope: Scope): void {
    const { f, m } = this
    const sum = this.accumulators[r]?.[u] as Local
    const value = this.nodes.at(result.value, u, scope)
    // In row mode lanes past the end must not count; in column mode they are not stored.
    const partial = this.plan.mode === 'row' && lanes < 4
    const mask = partial ? m.k.i32([-1, lanes > 1 ? -1 : 0, lanes > 2 ? -1 : 0, 0]) : undefined
    const reduce = result.reduce as 'sum' | 'max'
    const counted = mask ? m.apply('v128.bitselect', value, this.neutral(reduce, result.value), mask) : value
    f.get(this.combined(reduce, result.value, sum, counted)).set(sum)
  }

  private combined(reduce: 'sum' | 'max', value: number, a: Local, b: Local): Local {
    const real = this.real(value)
    if (reduce === 'sum') return this.m.apply(real ? 'f32x4.add' : 'i32x4.add', a, b)
    return real ? this.m.largest(a, b) : this.m.apply('i32x4.max_s', a, b)
  }

  /** Stores the accumulators of a finished unit. */
  private finish(columns: readonly Vector[]): void {
    const { f, m } = this
    this.kernel.results.forEach((result, r) => {
      const sums = this.accumulators[r] ?? []
      if (!result.reduce) return
      const reduce = result.reduce
      const { pointer, base } = this.streams.of(result)
      const offset = this.partialOffset
      if (offset) f.get(pointer).get(offset).op('i32.add').set(pointer)
      if (this.plan.mode === 'column') {
        for (const [u, vector] of columns.entries()) this.nodes.store(sums[u] as Local, result, vector)
      } else {
        let rest = [...sums]
        while (rest.length > 1) {
          const half = Math.ceil(rest.length / 2)
          rest = rest.slice(0, half).map((x, i) => {
            const y = rest[half + i]
            return y ? this.combined(reduce, result.value, x, y) : x
          })
        }
        let all = rest[0] as Local
        for (const lanes of [
          [2, 3, 0, 1],
          [1, 0, 3, 2],
        ] as const) {
          f.get(all).get(all).shuffle(lanes)
          all = this.combined(reduce, result.value, all, m.keep())
        }
        f.get(pointer).get(all).memoryLane('v128.store32_lane', 0, base)
      }
      if (offset) f.get(pointer).get(offset).op('i32.sub').set(pointer)
    })
  }
}
