/**
 * @file Addresses of a loop kernel: views that step alike share one pointer, and each access adds its own constant base address.
 * In: the views of a kernel. Out: pointers as locals, moved together.
 */
import type { FunctionBuilder, Local } from './assembler'

/** A pointer: Σ (byte step of axis k) · (index of axis k), and in a scan (bytes from item to item) · (number of the item). */
interface Pointer {
  readonly steps: readonly number[]
  readonly perItem: number
  readonly local: Local
}

export class Streams {
  private readonly pointers = new Map<string, Pointer>()

  constructor(private readonly f: FunctionBuilder) {}

  /** Call for every view before code is written. */
  declare(steps: readonly number[], perItem = 0): void {
    const key = keyOf(steps, perItem)
    if (!this.pointers.has(key)) this.pointers.set(key, { steps, perItem, local: this.f.local('i32') })
  }

  of(steps: readonly number[], perItem = 0): Local {
    const found = this.pointers.get(keyOf(steps, perItem))
    if (!found) throw new RangeError(`no pointer steps by ${steps.join()}`)
    return found.local
  }

  private moving(axis: number): Pointer[] {
    return [...this.pointers.values()].filter(({ steps }) => steps[axis] !== 0)
  }

  reset(): void {
    for (const { perItem, local } of this.pointers.values())
      if (perItem === 0) this.f.assign(local, 0)
      else this.f.item().i32(perItem).op('i32.mul').set(local)
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

const keyOf = (steps: readonly number[], perItem: number): string => `${steps.join()} ${perItem}`
