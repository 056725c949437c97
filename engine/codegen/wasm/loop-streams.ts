/**
 * @file Addresses of a loop kernel. In: the views of a kernel. Out: pointers as locals, moved together. Usually views that step alike share one
 * pointer, and each access adds its own constant base address. Where many kernels of a program look the same, each view has a pointer that
 * starts at its base: then their code differs in constants alone and becomes one function (alike.ts), for an addition more per view and step.
 */
import type { LoopKernel, LoopOp, View } from '../../optimize/kernel'
import type { FunctionBuilder, Local } from './assembler'

/** What reads or writes memory: a view of a buffer. */
export type Walk = Pick<View, 'buffer' | 'offset' | 'strides' | 'perItem'>

/** A pointer: start + Σ (byte step of axis k) · (index of axis k), and in a scan (bytes from item to item) · (number of the item). */
interface Pointer {
  readonly start: number
  readonly steps: readonly number[]
  readonly perItem: number
  readonly local: Local
}

export class Streams {
  private readonly pointers = new Map<string, Pointer>()

  /** `address`: of a buffer; `apart`: every view has a pointer that starts at its base. */
  constructor(
    private readonly f: FunctionBuilder,
    private readonly address: (buffer: number) => number,
    private readonly apart: boolean,
    { body, results }: LoopKernel,
  ) {
    for (const op of body) {
      if (op.op === 'load') this.declare(this.walkPointer(op.view))
      if (op.op === 'index') this.declare(indexPointer(op.strides))
    }
    for (const result of results) this.declare(this.walkPointer(result))
  }

  /** A pointer, and what is to be added to it. */
  of(walk: Walk): { readonly pointer: Local; readonly base: number } {
    return { pointer: this.found(this.walkPointer(walk)), base: this.apart ? 0 : this.baseOf(walk) }
  }

  /** The number that an index stands at, without its offset. */
  index(strides: readonly number[]): Local {
    return this.found(indexPointer(strides))
  }

  reset(): void {
    for (const { start, perItem, local } of this.pointers.values())
      if (perItem === 0) this.f.assign(local, start)
      else this.f.item().i32(perItem).op('i32.mul').i32(start).op('i32.add').set(local)
  }

  /** Every pointer moves by index · step points along the axis. */
  moveBy(axis: number, index: Local, step: number): void {
    for (const { steps, local } of this.moving(axis)) this.f.affine(local, [index, (steps[axis] as number) * step]).set(local)
  }

  advance(axis: number, points: number): void {
    for (const { steps, local } of this.moving(axis)) this.f.increment(local, (steps[axis] as number) * points)
  }

  /** Runs `body`, then puts the pointers that move along the axis back where they were. */
  restoring(axis: number, body: () => void): void {
    const saved = this.moving(axis).map(({ local }) => ({ local, copy: this.f.local('i32') }))
    for (const { local, copy } of saved) this.f.assign(copy, local)
    body()
    for (const { local, copy } of saved) this.f.assign(local, copy)
  }

  private baseOf({ buffer, offset }: Walk): number {
    return this.address(buffer) + 4 * offset
  }

  private walkPointer(walk: Walk): Omit<Pointer, 'local'> {
    const { strides, perItem = 0 } = walk
    return { start: this.apart ? this.baseOf(walk) : 0, steps: strides.map((stride) => 4 * stride), perItem: 4 * perItem }
  }

  private declare(pointer: Omit<Pointer, 'local'>): void {
    const key = keyOf(pointer)
    if (!this.pointers.has(key)) this.pointers.set(key, { ...pointer, local: this.f.local('i32') })
  }

  private found(pointer: Omit<Pointer, 'local'>): Local {
    const found = this.pointers.get(keyOf(pointer))
    if (!found) throw new RangeError(`no pointer steps by ${pointer.steps.join()}`)
    return found.local
  }

  private moving(axis: number): Pointer[] {
    return [...this.pointers.values()].filter(({ steps }) => steps[axis] !== 0)
  }
}

const keyOf = ({ start, steps, perItem }: Omit<Pointer, 'local'>): string => `${start} ${steps.join()} ${perItem}`

const indexPointer = (strides: readonly number[]): Omit<Pointer, 'local'> => ({ start: 0, steps: strides, perItem: 0 })

/** More pointers than this, and registers run out. */
const mostPointers = 6

/** Whether each view may have a pointer of its own. */
export const fewViews = ({ body, results }: LoopKernel): boolean => {
  const walks = [...body.flatMap((op) => (op.op === 'load' ? [op.view] : [])), ...results]
  return new Set(walks.map(({ buffer, offset, strides }) => `${buffer} ${offset} ${strides.join()}`)).size <= mostPointers
}

/** Equal for kernels that may come to code of the same form: what is done, in how many loops, whatever the sizes. */
export const formOf = ({ axes, reduced, body, results }: LoopKernel): string =>
  [axes.length, reduced, ...body.map(formOfOp), ...results.map(({ value, reduce = '' }) => `${value}${reduce}`)].join(' ')

function formOfOp(op: LoopOp): string {
  switch (op.op) {
    case 'load':
    case 'index':
      return op.op
    case 'random':
      return `random${op.index},${op.stream}`
    case 'constant':
      return `${op.value}`
    case 'unary':
      return `${op.name}${op.x}`
    case 'binary':
      return `${op.name}${op.a},${op.b}`
    case 'select':
      return `select${op.condition},${op.then},${op.otherwise}`
    case 'cast':
      return `cast${op.x}`
  }
}
