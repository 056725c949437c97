/**
 * @file Elementwise loops, four neighbouring points a thread: memory is read and written by fours, and what a thread costs by itself is
 * shared. In: a loop kernel without reductions. Out: whether its buffers let it, and its text: the arithmetic of one point stands in a
 * function of its own, so it rounds as it would alone.
 */
import type { BufferId, LoopKernel } from '../../optimize/kernel'
import { type Elements, LoopText } from './loop-text'
import type { MathName } from './math'

/** Written four times into a kernel these cost more to compile than they gain: such kernels wait for arithmetic, not for memory. */
const long: ReadonlySet<MathName> = new Set(['expOf', 'logOf', 'sigmoidOf', 'tanhOf', 'turned', 'powOf', 'uniform01'])

const isWhole = (x: number): boolean => x % 4 === 0

/** The buffers that are read or written by fours; undefined where a thread had better do one point. */
export function quadBuffers(kernel: LoopKernel): ReadonlySet<BufferId> | undefined {
  const { axes, body, results } = kernel
  if (!isWhole(axes.at(-1) ?? 1)) return undefined
  const wide = new Set<BufferId>()
  const narrow = new Set<BufferId>()
  const note = (buffer: BufferId, offset: number, strides: readonly number[]): boolean => {
    const outer = strides.slice(0, -1)
    if (strides.at(-1) === 0) narrow.add(buffer)
    else if (strides.at(-1) === 1 && isWhole(offset) && outer.every(isWhole)) wide.add(buffer)
    else return false
    return true
  }
  for (const op of body) {
    if (op.op === 'load' && !note(op.view.buffer, op.view.offset, op.view.strides)) return undefined
    if (op.op === 'random') return undefined
  }
  for (const { buffer, offset, strides } of results) if (!note(buffer, offset, strides) || narrow.has(buffer)) return undefined
  // A buffer is bound with one type of element.
  if ([...narrow].some((buffer) => wide.has(buffer))) return undefined
  const trial = new LoopText(kernel, { load: () => '', store: () => '' })
  return [...trial.math].some((name) => long.has(name)) ? undefined : wide
}

/** Statements for the thread with number `id`, and the function that they call. */
export function quadText(kernel: LoopKernel, elements: Elements, wide: ReadonlySet<BufferId>, points: number) {
  const isFetched = (position: number): boolean => ['load', 'index'].includes(kernel.body[position]?.op ?? '')
  const fetches = new LoopText(kernel, elements, { given: (position) => (isFetched(position) ? undefined : '') })
  const point = new LoopText(kernel, elements, {
    given: (position) => (isFetched(position) ? `v${position}` : undefined),
    sizes: fetches.sizes,
  })

  const fetched = kernel.body.flatMap((op, position) => (isFetched(position) ? [{ op, position }] : []))
  const params = fetched.map(({ op, position }) => `v${position}: ${op.dtype}`)
  const fields = kernel.results.map(({ value }, i) => `r${i}: ${kernel.body[value]?.dtype ?? 'f32'}`)
  const values = kernel.results.map((result) => point.valueOf(result))
  const functions = [
    `struct Point { ${fields.join(', ')} }`,
    `fn pointOf(${params.join(', ')}) -> Point {`,
    ...point.outer.map((line) => `  ${line}`),
    `  return Point(${values.join(', ')});`,
    '}',
  ]

  const argument = ({ op, position }: (typeof fetched)[number], lane: number): string => {
    const name = `v${position}`
    if (op.op === 'load') return wide.has(op.view.buffer) ? `${name}.${'xyzw'[lane]}` : name
    const step = op.op === 'index' ? (op.strides.at(-1) ?? 0) : 0
    return lane === 0 || step === 0 ? name : `${name} + ${lane} * ${fetches.size(step)}`
  }
  const calls = [0, 1, 2, 3].map((lane) => `let p${lane} = pointOf(${fetched.map((one) => argument(one, lane)).join(', ')});`)
  const stores = kernel.results.map((result, i) => {
    const dtype = kernel.body[result.value]?.dtype ?? 'f32'
    return fetches.store(result, `vec4<${dtype}>(${[0, 1, 2, 3].map((lane) => `p${lane}.r${i}`).join(', ')})`)
  })
  const main = ['let point = 4 * id;', `if (point >= ${fetches.size(points)}) { return; }`, ...fetches.outer, ...calls, ...stores]
  return { main, functions, sizes: fetches.sizes, math: point.math }
}
