/**
 * @file Loop kernels. In: a fused nest. Out: one dispatch; two where few sums have very many terms.
 *
 *   no reduction          a thread for each point
 *   many short sums       a thread for each result
 *   otherwise             threads of a workgroup share results, as loop-shape.ts deals them out, and put their sums together in workgroup memory
 *   few, very long sums   several workgroups share a result; what each has lies in a workspace, and summing that is another loop kernel
 *
 * Sums are made of partial sums, always in the same order: errors stay small and runs repeat.
 */
import { InternalError } from '../../core/diagnostics'
import { sizeOf } from '../../core/tensor'
import type { BufferId, LoopKernel, LoopResult } from '../../optimize/kernel'
import { declare } from './access'
import type { Dispatch, GpuContext, Storage } from './emitter'
import { lineOfWorkgroups, workgroupNumber } from './grid'
import { type ReductionShape, reductionShape } from './loop-shape'
import { type Elements, LoopText } from './loop-text'
import { mathText } from './math'

type NamedLoop = LoopKernel & { readonly origins?: readonly string[] }

/** Terms in one running sum. */
const block = 32

/** Workspaces are numbered below the buffers. */
const workspaceId = (workspace: number): BufferId => -1 - workspace

export function emitLoop(kernel: NamedLoop, context: GpuContext): Dispatch[] {
  return new LoopEmitter(kernel, context, []).emit()
}

class LoopEmitter {
  private readonly threads: number
  private readonly points: number
  private readonly terms: number

  /** `workspaces`: bytes of those that the kernel reads. */
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
    const shape = reductionShape(this.kernel, this.points, this.terms, this.threads)
    if (shape.slices === 1) return [this.serial()]
    return shape.parts === 1 ? [this.shared(shape)] : this.twoStages(shape)
  }

  private get label(): string {
    const [origin = ''] = this.kernel.origins ?? []
    return `${origin} ${this.kernel.reduced > 0 ? 'reduction' : 'elementwise'}`.trim()
  }

  private pointwise(): Dispatch {
    return this.dispatch((text) => {
      const stores = this.kernel.results.map((result) => text.store(result, text.valueOf(result)))
      return {
        groups: Math.ceil(this.points / this.threads),
        main: ['let point = group * threads + lane;', `if (point >= ${text.size(this.points)}) { return; }`, ...text.outer, ...stores],
      }
    })
  }

  private serial(): Dispatch {
    return this.dispatch((text) => {
      const stores = this.reductions().map((result, i) => text.store(result, `sum${i}`))
      const terms = text.size(this.terms)
      const loop = this.loop(text, '0', '1', terms)
      return {
        groups: Math.ceil(this.points / this.threads),
        main: [
          'let point = group * threads + lane;',
          `if (point >= ${text.size(this.points)}) { return; }`,
          ...text.outer,
          ...loop,
          ...stores,
        ],
      }
    })
  }

  private shared(shape: ReductionShape): Dispatch {
    return this.dispatch((text) => {
      const { main, combined } = this.sharing(text, shape)
      const stores = this.reductions().map((result, i) => text.store(result, `sum${i}`))
      return { groups: Math.ceil(this.points / shape.columns), main: [...main(), ...combined, ...stores], sharedSums: true }
    })
  }

  private twoStages(shape: ReductionShape): Dispatch[] {
    const { axes, reduced } = this.kernel
    const keptAxes = axes.slice(0, axes.length - reduced)
    const results = this.reductions()
    const bytes = results.map(() => 4 * this.points * shape.parts)
    const first = this.dispatch((text, elements) => {
      const { main, combined } = this.sharing(text, shape)
      const stores = results.map((_, i) => elements.store(workspaceId(i), 'part * points + point', `sum${i}`))
      return {
        groups: Math.ceil(this.points / shape.columns) * shape.parts,
        main: [...main(), ...combined, ...stores],
        sharedSums: true,
        workspaces: bytes,
      }
    })
    // The parts lie beside each other: (parts, points).
    const strides = [...keptAxes.map((_, axis) => sizeOf(keptAxes.slice(axis + 1))), this.points]
    const second: NamedLoop = {
      kind: 'loop',
      axes: [...keptAxes, shape.parts],
      reduced: 1,
      body: results.map((result, i) => ({ op: 'load', view: { buffer: workspaceId(i), offset: 0, strides }, dtype: this.dtypeOf(result) })),
      results: results.map((result, i) => ({ ...result, value: i, strides: [...result.strides.slice(0, keptAxes.length), 0] })),
      ...(this.kernel.origins ? { origins: this.kernel.origins } : {}),
    }
    return [first, ...new LoopEmitter(second, this.context, bytes).emit()]
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

  /** What all threads of a workgroup do up to the point where the first slice of each column has its sums; `part` is the workgroup's. */
  private sharing(text: LoopText, shape: ReductionShape) {
    const { columns, slices, columnsFirst, parts } = shape
    const results = this.reductions()
    const size = (value: number) => text.size(value)
    const head = [
      `let points = ${size(this.points)};`,
      `let columns = ${size(columns)};`,
      `let slices = ${size(slices)};`,
      `let columnStep = ${size(columnsFirst ? 1 : slices)};`,
      `let sliceStep = ${size(columnsFirst ? columns : 1)};`,
      `let blocks = ${size(Math.ceil(this.points / columns))};`,
      'let column = i32((u32(lane) / u32(columnStep)) % u32(columns));',
      'let slice = i32((u32(lane) / u32(sliceStep)) % u32(slices));',
      'let part = i32(u32(group) / u32(blocks));',
      'let wanted = (group - part * blocks) * columns + column;',
      // Threads past the last result have no terms, but meet the others at the barriers.
      `let inside = wanted < points && part < ${size(parts)};`,
      'let point = min(wanted, points - 1);',
      `let terms = ${size(this.terms)};`,
      `let length = ${size(Math.ceil(this.terms / parts))};`,
      'let begin = part * length;',
      'let limit = select(0, min(begin + length, terms), inside);',
    ]
    const loop = this.loop(text, 'begin + slice', 'slices', 'limit')
    const gather = (from: string, to: string, step: string) => [
      ...results.map((_, i) => `  sum${i} = shared${i}[lane];`),
      `  for (var other = ${from}; other < ${to}; other += ${step}) {`,
      ...results.map(
        (result, i) => `    sum${i} = ${this.joined(text, result, `sum${i}`, `shared${i}[column * columnStep + other * sliceStep]`)};`,
      ),
      '  }',
    ]
    const put = results.map((_, i) => `shared${i}[lane] = sum${i};`)
    const combined = [
      ...put,
      'workgroupBarrier();',
      // Many slices come together in two steps.
      'let few = min(slices, 16);',
      'if (slices > few) {',
      '  if (slice < few) {',
      ...gather('slice + few', 'slices', 'few').map((line) => `  ${line}`),
      ...put.map((line) => `    ${line}`),
      '  }',
      '  workgroupBarrier();',
      '}',
      'if (slice > 0 || !inside) { return; }',
      ...gather('1', 'few', '1'),
    ]
    return { main: () => [...head, ...text.outer, ...loop], combined }
  }

  private dispatch(
    build: (
      text: LoopText,
      elements: Elements,
    ) => {
      readonly groups: number
      readonly main: readonly string[]
      readonly sharedSums?: boolean
      /** Bytes of the workspaces that are written. */
      readonly workspaces?: readonly number[]
    },
  ): Dispatch {
    const touched: BufferId[] = []
    const touch = (buffer: BufferId) => {
      if (!touched.includes(buffer)) touched.push(buffer)
    }
    // The text is built twice: the first time to learn what it touches.
    const trial: Elements = {
      load: (buffer) => {
        touch(buffer)
        return ''
      },
      store: (buffer) => {
        touch(buffer)
        return ''
      },
    }
    const { workspaces } = build(new LoopText(this.kernel, trial), trial)
    const storageOf = (buffer: BufferId): Storage => {
      if (buffer >= 0) return { buffer }
      const workspace = -1 - buffer
      return { workspace, bytes: (workspaces ?? this.workspaces)[workspace] as number }
    }
    const storages = touched.map(storageOf)
    const held = this.reductions().map((result) => this.dtypeOf(result))
    const bind = (sizes: number) => declare(storages, this.context, sizes, (workspace) => held[workspace] as 'f32' | 'i32')
    const access = bind(0)
    const elements: Elements = {
      load: (buffer, index) => access.load(storageOf(buffer), index),
      store: (buffer, index, value) => access.store(storageOf(buffer), index, value),
    }
    const text = new LoopText(this.kernel, elements)
    const { groups, main, sharedSums } = build(text, elements)
    const memory = sharedSums
      ? this.reductions().map((result, i) => `var<workgroup> shared${i}: array<${this.dtypeOf(result)}, threads>;\n`)
      : []
    const code = `${bind(text.sizes.length).header}${memory.join('')}${mathText(text.math)}const threads = ${this.threads};
@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) groupId: vec3u, @builtin(num_workgroups) groupCount: vec3u, @builtin(local_invocation_index) laneId: u32) {
  let group = ${workgroupNumber('groupId', 'groupCount')};
  let lane = i32(laneId);
${main.map((line) => `  ${line}`).join('\n')}
}
`
    return {
      label: this.label,
      code,
      storages,
      sizes: text.sizes,
      workgroups: lineOfWorkgroups(groups, this.context.limits.workgroupsPerDimension),
    }
  }
}
