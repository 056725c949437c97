/**
 * @file Addresses of a loop kernel: views that step alike share one pointer, and each access adds its own constant base address.
 * In: the views of a kernel. Out: pointers as locals, moved together.
 */
import type { FunctionBuilder, Local } from './assembler'

/** A pointer: Σ (byte step of axis k) · (index of axis k). */
interface Pointer {
  readonly steps: readonly number[]
  readonly local: Local
}

export class Streams {
  private readonly pointers = new Map<string, Pointer>()

  constructor(private readonly f: FunctionBuilder) {}

  /** Call for every view before code is written. */
  declare(steps: readonly number[]): void {
    const key = steps.join()
    if (!this.pointers.has(key)) this.pointers.set(key, { steps, local: this.f.local('i32') })
  }

  of(steps: readonly number[]): Local {
    const found = this.pointers.get(steps.join())
    if (!found) throw new RangeError(`no pointer steps by ${steps.join()}`)
    return found.local
  }

  private moving(axis: number): Pointer[] {
    return [...this.pointers.values()].filter(({ steps }) => steps[axis] !== 0)
  }

  reset(): void {
    for (const { local } of this.pointers.values()) this.f.assign(local, 0)
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
}
