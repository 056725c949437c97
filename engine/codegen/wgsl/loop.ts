/**
 * @file Loop kernels. In: a fused nest. Out: one dispatch; more where sums are long.
 *
 *   no reduction    a thread for each point, or for each four (loop-quads.ts)
 *   short sums      a thread for each result
 *   long sums       a thread for each slice of a sum; what each has lies in a workspace, and adding that up is another loop kernel
 *
 * Threads never wait for each other: a second dispatch costs a device little, a barrier costs one that works in software far more than the
 * sum itself. Sums are made of partial sums, always in the same order: errors stay small and runs repeat.
 */
import { InternalError } from '../../core/diagnostics'
import { sizeOf } from '../../core/tensor'
import type { BufferId, LoopKernel, LoopResult } from '../../optimize/kernel'
import { declare } from './access'
import type { Dispatch, GpuContext, Storage } from './emitter'
import { lineOfWorkgroups, workgroupNumber } from './grid'
import { quadBuffers, quadText } from './loop-quads'
import { type ReductionShape, reductionShape } from './loop-shape'
import { type Elements, LoopText } from './loop-text'
import { type MathName, mathText } from './math'

type NamedLoop = LoopKernel & { readonly origins?: readonly string[] }

/** Terms in one running sum. */
const block = 32

/** Workspaces are numbered below the buffers: −1, −2 … The way back is the same. */
const workspaceId = (workspace: number): BufferId => -1 - workspace

export function emitLoop(kernel: NamedLoop, context: GpuContext): Dispatch[] {
  return new LoopEmitter(kernel, context, []).emit()
}

/** What one thread does, the functions that it calls and the numbers that both take from `sizes`. */
interface ThreadText {
  readonly main: readonly string[]
  readonly functions: readonly string[]
  readonly sizes: readonly number[]
  readonly math: ReadonlySet<MathName>
}

class LoopEmitter {
  private readonly threads: number
  private readonly points: number
  private readonly terms: number

  /** `workspaces`: bytes of those in use; the kernel reads some of them where it adds up slices. */
  constructor(
    private readonly kernel: NamedLoop,
    private readonly context: GpuContext,
    private readonly workspaces: readonly number[],
  ) {
    const keptAxes = kernel.axes.length - kernel.reduced
    this.points = sizeOf(kernel.axes.slice(0, keptAxes))
    this.terms = sizeOf(kernel.axes.slice(keptAxes))
    this.threads = Math.min(256, context.limits.workgroupThreads)
  }

  emit(): Dispatch[] {
    if (this.points === 0) return []
    if (this.kernel.reduced === 0) return [this.pointwise()]
    const shape = reductionShape(this.kernel, this.points, this.terms, this.workspaces.length > 0)
    return shape.slices === 1 ? [this.whole()] : this.sliced(shape)
  }

  private get label(): string {
    const [origin = ''] = this.kernel.origins ?? []
    return `${origin} ${this.kernel.reduced > 0 ? 'reduction' : 'elementwise'}`.trim()
  }

  private pointwise(): Dispatch {
    const wide = quadBuffers(this.kernel)
    if (wide) return this.build(this.points / 4, this.workspaces, (elements) => quadText(this.kernel, elements, wide, this.points), wide)
    return this.dispatch(this.points, this.workspaces, (text) => {
      const stores = this.kernel.results.map((result) => text.store(result, text.valueOf(result)))
      return ['let point = id;', `if (point >= ${text.size(this.points)}) { return; }`, ...text.outer, ...stores]
    })
  }

  private whole(): Dispatch {
    return this.dispatch(this.points, this.workspaces, (text) => {
      const stores = this.reductions().map((result, i) => text.store(result, `sum${i}`))
      const loop = this.loop(text, '0', '1', text.size(this.terms))
      return ['let point = id;', `if (point >= ${text.size(this.points)}) { return; }`, ...text.outer, ...loop, ...stores]
    })
  }

  private sliced({ slices, columnsFirst }: ReductionShape): Dispatch[] {
    const { axes, reduced, origins } = this.kernel
    const keptAxes = axes.slice(0, axes.length - reduced)
    const results = this.reductions()
    const used = this.workspaces.length
    const partial = (i: number) => workspaceId(used + i)
    const workspaces = [...this.workspaces, ...results.map(() => 4 * this.points * slices)]
    const first = this.dispatch(this.points * slices, workspaces, (text, elements) => {
      const head = [
        `let points = ${text.size(this.points)};`,
        `let slices = ${text.size(slices)};`,
        'if (id >= points * slices) { return; }',
        `let point = (id / ${text.size(columnsFirst ? 1 : slices)}) % points;`,
        `let slice = (id / ${text.size(columnsFirst ? this.points : 1)}) % slices;`,
      ]
      const stores = results.map((_, i) => elements.store(partial(i), 'slice * points + point', `sum${i}`))
      return [...head, ...text.outer, ...this.loop(text, 'slice', 'slices', text.size(this.terms)), ...stores]
    })
    // The slices lie beside each other: (slices, points).
    const strides = [...keptAxes.map((_, axis) => sizeOf(keptAxes.slice(axis + 1))), this.points]
    const rest: NamedLoop = {
      kind: 'loop',
      axes: [...keptAxes, slices],
      reduced: 1,
      body: results.map((result, i) => ({ op: 'load', view: { buffer: partial(i), offset: 0, strides }, dtype: this.dtypeOf(result) })),
      results: results.map((result, i) => ({ ...result, value: i, strides: [...result.strides.slice(0, keptAxes.length), 0] })),
      ...(origins ? { origins } : {}),
    }
    return [first, ...new LoopEmitter(rest, this.context, workspaces).emit()]
  }

  private reductions(): LoopResult[] {
    return this.kernel.results.filter(({ reduce }) => reduce !== undefined)
  }

  private dtypeOf({ value }: LoopResult): 'f32' | 'i32' {
    const op = this.kernel.body[value]
    if (!op) throw new InternalError('wgsl', `a loop has no value ${value}`, this.kernel.origins?.[0])
    return op.dtype
  }

  /** Every `step`-th term from `from` up to `to`, into `sum0` …; what is stored at every point is stored on the way. */
  private loop(text: LoopText, from: string, step: string, to: string): string[] {
    const results = this.reductions()
    const points = this.kernel.results.filter(({ reduce }) => reduce === undefined)
    const stores = points.map((result) => text.store(result, text.valueOf(result)))
    const start = results.map((result) => this.identity(text, result))
    const added = (into: string, result: LoopResult, value: string) => `${into} = ${this.joined(text, result, into, value)};`
    return [
      ...results.map((_, i) => `var sum${i} = ${start[i]};`),
      `for (var next = ${from}; next < ${to}; next += ${block} * ${step}) {`,
      ...results.map((_, i) => `  var part${i} = ${start[i]};`),
      `  let end = min(next + ${block} * ${step}, ${to});`,
      `  for (var term = next; term < end; term += ${step}) {`,
      ...text.inner.map((line) => `    ${line}`),
      ...results.map((result, i) => `    ${added(`part${i}`, result, text.valueOf(result))}`),
      ...stores.map((line) => `    ${line}`),
      '  }',
      ...results.map((result, i) => `  ${added(`sum${i}`, result, `part${i}`)}`),
      '}',
    ]
  }

  private identity(text: LoopText, result: LoopResult): string {
    const whole = this.dtypeOf(result) === 'i32'
    if (result.reduce === 'sum') return whole ? '0' : '0.0'
    return whole ? '-2147483647 - 1' : text.called('ofBits', '0xff800000u')
  }

  private joined(text: LoopText, result: LoopResult, a: string, b: string): string {
    if (result.reduce === 'sum') return `${a} + ${b}`
    return this.dtypeOf(result) === 'i32' ? `max(${a}, ${b})` : text.called('larger', a, b)
  }

  private dispatch(
    threads: number,
    workspaces: readonly number[],
    build: (text: LoopText, elements: Elements) => readonly string[],
  ): Dispatch {
    return this.build(threads, workspaces, (elements) => {
      const text = new LoopText(this.kernel, elements)
      return { main: build(text, elements), functions: [], sizes: text.sizes, math: text.math }
    })
  }

  /** A dispatch of so many threads, each running the statements, which know `id`, its number. `wide`: what is read and written by fours. */
  private build(
    threads: number,
    workspaces: readonly number[],
    write: (elements: Elements) => ThreadText,
    wide?: ReadonlySet<BufferId>,
  ): Dispatch {
    const touched: BufferId[] = []
    const touch = (buffer: BufferId): string => {
      if (!touched.includes(buffer)) touched.push(buffer)
      return ''
    }
    // The text is built twice: the first time to learn what it touches.
    const trial: Elements = { load: touch, store: touch }
    write(trial)
    const storageOf = (buffer: BufferId): Storage =>
      buffer < 0 ? { workspace: workspaceId(buffer), bytes: workspaces[workspaceId(buffer)] as number } : { buffer }
    const storages = touched.map(storageOf)
    const held = this.reductions().map((result) => this.dtypeOf(result))
    // Every level of slices has the same results.
    const bind = (sizes: number) =>
      declare(storages, this.context, sizes, (workspace) => held[workspace % held.length] as 'f32' | 'i32', wide)
    const access = bind(0)
    const elements: Elements = {
      load: (buffer, index) => access.load(storageOf(buffer), index),
      store: (buffer, index, value) => access.store(storageOf(buffer), index, value),
    }
    const { main, functions, sizes, math } = write(elements)
    const code = `${bind(sizes.length).header}${mathText(math)}${functions.map((line) => `${line}\n`).join('')}
@compute @workgroup_size(${this.threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let id = ${workgroupNumber()} * ${this.threads} + i32(lane);
${main.map((line) => `  ${line}`).join('\n')}
}
`
    return {
      label: this.label,
      code,
      storages,
      sizes,
      workgroups: lineOfWorkgroups(Math.ceil(threads / this.threads), this.context.limits.workgroupsPerDimension),
    }
  }
}
