/**
 * @file Writes programs: every method of `Emit` becomes instructions with their type checked on the spot.
 * In: method calls, from layers, derivatives and optimisers. Out of `finish()`: a program. Broadcasts become explicit here,
 * identical instructions become one value (hash-consing, Ershov 1958), and each instruction keeps the node it came from.
 */
import { InternalError } from '../core/diagnostics'
import { type DType, formatShape, type Shape, sameShape, sizeOf } from '../core/tensor'
import type { Emit, Operand, ScanGiven, ScanResults, ScanStep, ScanStepResult, Tensor } from './emit'
import { inputNames } from './names'
import { keyOfOp } from './op-key'
import type { BinaryName, ConvWindow, Instruction, Op, PoolWindow, Program, StateSlot, UnaryName, ValueId } from './program'
import { writeScan } from './scan-builder'
import { IllegalInstruction, typeOf, type ValueType } from './typing'

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

export class ProgramBuilder implements Emit {
  private readonly values: Instruction[] = []
  private readonly known = new Map<string, Tensor>()
  private readonly slots: { name: string; value: ValueId; update?: ValueId }[] = []
  private readonly outputs: { name: string; value: ValueId }[] = []
  private origin = ''
  private streams = 0

  constructor(private readonly name: string) {}

  /** What `write` emits belongs to the node at `path`. */
  at<T>(path: string, write: () => T): T {
    const outer = this.origin
    this.origin = path
    try {
      return write()
    } finally {
      this.origin = outer
    }
  }

  /** A tensor that is filled before each run. */
  input(name: string, shape: Shape, dtype: DType = 'f32'): Tensor {
    return this.emit({ op: 'input', name, role: 'data' }, [], { shape, dtype })
  }

  /** A tensor that lives between runs. */
  state(name: string, shape: Shape): Tensor {
    const slot = this.emit({ op: 'input', name, role: 'state' }, [], { shape, dtype: 'f32' })
    if (!this.slots.some((known) => known.value === slot.id)) this.slots.push({ name, value: slot.id })
    return slot
  }

  /** The value that the state slot `name` takes at the end of a run. */
  update(name: string, value: Tensor): void {
    const slot = this.slots.find((known) => known.name === name)
    if (!slot) throw this.illegal(`there is no state “${name}” to update`)
    if (slot.update !== undefined) throw this.illegal(`state “${name}” is updated twice`)
    slot.update = value.id
  }

  output(name: string, value: Tensor): void {
    this.outputs.push({ name, value: value.id })
  }

  finish(): Program {
    const state: StateSlot[] = this.slots.map((slot) => ({ ...slot }))
    return { name: this.name, values: [...this.values], state, outputs: [...this.outputs] }
  }

  /** The instruction behind a handle; derivatives read the program they extend. */
  instruction(id: ValueId): Instruction {
    const instruction = this.values[id]
    if (!instruction) throw this.illegal(`there is no value ${id}`)
    return instruction
  }

  /** Puts another op where one stands, one whose results go on where those of the old one end (see autodiff/scan.ts). */
  amend(id: ValueId, op: Op): void {
    const { inputs, origin } = this.instruction(id)
    const { shape, dtype } = this.typed(
      op,
      inputs.map((input) => this.tensor(input)),
    )
    this.values[id] = { op, inputs, shape, dtype, origin }
  }

  get size(): number {
    return this.values.length
  }

  tensor(id: ValueId): Tensor {
    const { shape, dtype } = this.instruction(id)
    return { id, shape, dtype }
  }

  /** Any op; `declared` gives the result's type where the operands do not decide it. */
  emit(op: Op, operands: readonly Tensor[], declared?: ValueType): Tensor {
    const { shape, dtype } = this.typed(op, operands, declared)
    const inputs = operands.map((operand) => operand.id)
    const key = `${dtype}[${shape}](${inputs})${keyOfOp(op)}`
    const known = this.known.get(key)
    if (known) return known
    const tensor: Tensor = { id: this.values.length, shape, dtype }
    this.values.push({ op, inputs, shape, dtype, origin: this.origin })
    this.known.set(key, tensor)
    return tensor
  }

  private typed(op: Op, operands: readonly Tensor[], declared?: ValueType): ValueType {
    try {
      return typeOf(op, operands, declared)
    } catch (error) {
      if (error instanceof IllegalInstruction) throw this.illegal(error.message)
      throw error
    }
  }

  private illegal(message: string): InternalError {
    return new InternalError('build', message, this.origin || undefined)
  }

  // --- sources ---

  constant(value: number, shape: Shape = [], dtype: DType = 'f32'): Tensor {
    return this.emit({ op: 'constant', value }, [], { shape, dtype })
  }
  iota(shape: Shape, axis: number): Tensor {
    return this.emit({ op: 'iota', axis: this.axis(axis, shape) }, [], { shape, dtype: 'i32' })
  }
  random(shape: Shape): Tensor {
    const key = this.input(inputNames.key, [2], 'i32')
    return this.emit({ op: 'random', stream: this.streams++ }, [key], { shape, dtype: 'f32' })
  }

  // --- elementwise ---

  private unary(name: UnaryName, x: Tensor): Tensor {
    return this.emit({ op: 'unary', name }, [x])
  }
  neg = (x: Tensor): Tensor => this.unary('neg', x)
  abs = (x: Tensor): Tensor => this.unary('abs', x)
  sign = (x: Tensor): Tensor => this.unary('sign', x)
  exp = (x: Tensor): Tensor => this.unary('exp', x)
  log = (x: Tensor): Tensor => this.unary('log', x)
  sqrt = (x: Tensor): Tensor => this.unary('sqrt', x)
  reciprocal = (x: Tensor): Tensor => this.unary('reciprocal', x)
  tanh = (x: Tensor): Tensor => this.unary('tanh', x)
  sigmoid = (x: Tensor): Tensor => this.unary('sigmoid', x)
  floor = (x: Tensor): Tensor => this.unary('floor', x)
  sin = (x: Tensor): Tensor => this.unary('sin', x)
  cos = (x: Tensor): Tensor => this.unary('cos', x)

  private binary(name: BinaryName, a: Operand, b: Operand): Tensor {
    return this.emit({ op: 'binary', name }, this.alike([a, b]))
  }
  add = (a: Operand, b: Operand): Tensor => this.binary('add', a, b)
  sub = (a: Operand, b: Operand): Tensor => this.binary('sub', a, b)
  mul = (a: Operand, b: Operand): Tensor => this.binary('mul', a, b)
  div = (a: Operand, b: Operand): Tensor => this.binary('div', a, b)
  max = (a: Operand, b: Operand): Tensor => this.binary('max', a, b)
  min = (a: Operand, b: Operand): Tensor => this.binary('min', a, b)
  pow = (a: Operand, b: Operand): Tensor => this.binary('pow', a, b)
  less = (a: Operand, b: Operand): Tensor => this.binary('less', a, b)
  greater = (a: Operand, b: Operand): Tensor => this.binary('less', b, a)
  equal = (a: Operand, b: Operand): Tensor => this.binary('equal', a, b)

  select(condition: Tensor, then: Operand, otherwise: Operand): Tensor {
    const tensors = [condition, then, otherwise].filter((operand) => typeof operand !== 'number')
    const shape = this.commonShape(tensors.map((tensor) => tensor.shape))
    const dtype = [then, otherwise].find((operand) => typeof operand !== 'number')?.dtype ?? 'f32'
    return this.emit(
      { op: 'select' },
      [condition, then, otherwise].map((operand) => this.spread(operand, shape, dtype)),
    )
  }
  cast(x: Tensor, dtype: DType): Tensor {
    return x.dtype === dtype ? x : this.emit({ op: 'cast' }, [x], { shape: x.shape, dtype })
  }
  stopGradient(x: Tensor): Tensor {
    return this.emit({ op: 'stopGradient' }, [x])
  }

  /** Operands brought to one shape; numbers become constants of the other operand's dtype. */
  private alike(operands: readonly Operand[]): Tensor[] {
    const tensors = operands.filter((operand) => typeof operand !== 'number')
    const shape = this.commonShape(tensors.map((tensor) => tensor.shape))
    return operands.map((operand) => this.spread(operand, shape, tensors[0]?.dtype ?? 'f32'))
  }
  private spread(operand: Operand, shape: Shape, dtype: DType): Tensor {
    return typeof operand === 'number' ? this.constant(operand, shape, dtype) : this.broadcast(operand, shape)
  }
  /** NumPy: align at the last axis; extents are equal or 1. */
  private commonShape(shapes: readonly Shape[]): Shape {
    const rank = Math.max(0, ...shapes.map((shape) => shape.length))
    return range(rank).map((axis) => {
      const extents = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1)
      const extent = Math.max(...extents)
      if (extents.some((n) => n !== extent && n !== 1))
        throw this.illegal(`shapes ${shapes.map(formatShape).join(' and ')} do not broadcast together`)
      return extent
    })
  }

  // --- movement; what changes nothing emits nothing ---

  reshape(x: Tensor, shape: Shape): Tensor {
    return sameShape(x.shape, shape) ? x : this.emit({ op: 'reshape' }, [x], { shape, dtype: x.dtype })
  }
  transpose(x: Tensor, permutation: readonly number[]): Tensor {
    const identity = permutation.length === x.shape.length && permutation.every((axis, i) => axis === i)
    return identity ? x : this.emit({ op: 'transpose', permutation }, [x])
  }
  broadcast(
    x: Tensor,
    shape: Shape,
    axes: readonly number[] = range(x.shape.length).map((i) => i + shape.length - x.shape.length),
  ): Tensor {
    if (sameShape(x.shape, shape)) return x
    // An extent of 1 that is to repeat disappears, so that the op itself only adds axes.
    const stays = (i: number) => x.shape[i] === shape[axes[i] as number]
    if (range(x.shape.length).some((i) => !stays(i) && x.shape[i] !== 1) || axes.some((axis) => axis < 0))
      throw this.illegal(`cannot broadcast ${formatShape(x.shape)} to ${formatShape(shape)}`)
    const squeezed = this.reshape(
      x,
      x.shape.filter((_, i) => stays(i)),
    )
    return this.emit({ op: 'broadcast', axes: axes.filter((_, i) => stays(i)) }, [squeezed], { shape, dtype: x.dtype })
  }
  slice(x: Tensor, starts: readonly number[], limits: readonly number[], steps: readonly number[] = starts.map(() => 1)): Tensor {
    const shape = starts.map((start, i) => Math.ceil(((limits[i] as number) - start) / (steps[i] as number)))
    return sameShape(shape, x.shape) ? x : this.emit({ op: 'slice', starts, steps }, [x], { shape, dtype: x.dtype })
  }
  pad(x: Tensor, low: readonly number[], high: readonly number[], interior: readonly number[] = low.map(() => 0)): Tensor {
    const nothing = [...low, ...high, ...interior].every((count) => count === 0)
    return nothing ? x : this.emit({ op: 'pad', low, high, interior }, [x])
  }
  concat(xs: readonly Tensor[], axis: number): Tensor {
    const [only, another] = xs
    if (only && !another) return only
    return this.emit({ op: 'concat', axis: this.axis(axis, only?.shape ?? []) }, xs)
  }

  // --- reductions ---

  sum(x: Tensor, axes?: readonly number[], keep = false): Tensor {
    return this.reduce('sum', x, axes, keep)
  }
  mean(x: Tensor, axes?: readonly number[], keep = false): Tensor {
    const total = this.sum(x, axes, keep)
    return this.mul(total, sizeOf(total.shape) / sizeOf(x.shape))
  }
  maximum(x: Tensor, axes?: readonly number[], keep = false): Tensor {
    return this.reduce('max', x, axes, keep)
  }
  private reduce(name: 'sum' | 'max', x: Tensor, given: readonly number[] | undefined, keep: boolean): Tensor {
    const axes = [...new Set(given?.map((axis) => this.axis(axis, x.shape)) ?? range(x.shape.length))].sort((a, b) => a - b)
    const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    const reduced = axes.length === 0 ? x : this.emit({ op: 'reduce', name, axes }, [x])
    return keep ? this.reshape(reduced, kept) : reduced
  }
  argMax(x: Tensor, axis: number): Tensor {
    return this.emit({ op: 'argMax', axis: this.axis(axis, x.shape) }, [x])
  }
  /** e^(x − max) / Σ e^(x − max): the shift changes neither value nor derivative, and keeps the exponentials finite. */
  softmax(x: Tensor, axis: number): Tensor {
    const powers = this.exp(this.shifted(x, axis))
    return this.div(powers, this.sum(powers, [axis], true))
  }
  /** (x − max) − log Σ e^(x − max) */
  logSoftmax(x: Tensor, axis: number): Tensor {
    const shifted = this.shifted(x, axis)
    return this.sub(shifted, this.log(this.sum(this.exp(shifted), [axis], true)))
  }
  private shifted(x: Tensor, axis: number): Tensor {
    return this.sub(x, this.stopGradient(this.maximum(x, [axis], true)))
  }
  oneHot(indices: Tensor, classes: number): Tensor {
    const shape = [...indices.shape, classes]
    return this.equal(this.broadcast(indices, shape, range(indices.shape.length)), this.iota(shape, -1))
  }
  /** A negative axis counts from the end. */
  private axis(axis: number, shape: Shape): number {
    return axis < 0 ? axis + shape.length : axis
  }

  // --- contractions, pooling, indexing ---

  matmul(a: Tensor, b: Tensor, { transposeA = false, transposeB = false } = {}): Tensor {
    return this.emit({ op: 'matmul', transposeA, transposeB }, [a, b])
  }
  conv2d(image: Tensor, kernel: Tensor, window: ConvWindow): Tensor {
    return this.emit({ op: 'conv2d', window }, [image, kernel])
  }
  conv2dInputGrad(gradient: Tensor, kernel: Tensor, window: ConvWindow, image: Shape): Tensor {
    return this.emit({ op: 'conv2dInputGrad', window }, [gradient, kernel], { shape: image, dtype: 'f32' })
  }
  maxPool2d(image: Tensor, window: PoolWindow): Tensor {
    return this.emit({ op: 'maxPool2d', window }, [image])
  }
  avgPool2d(image: Tensor, window: PoolWindow): Tensor {
    return this.emit({ op: 'avgPool2d', window }, [image])
  }
  perChannel(v: Tensor, like: Shape): Tensor {
    return this.broadcast(v, like, [1])
  }
  gather(table: Tensor, indices: Tensor): Tensor {
    return this.emit({ op: 'gather' }, [table, indices])
  }
  scatterAdd(indices: Tensor, updates: Tensor, rows: number): Tensor {
    const width = updates.shape.slice(indices.shape.length)
    return this.emit({ op: 'scatterAdd' }, [indices, updates], { shape: [rows, ...width], dtype: 'f32' })
  }

  // --- repetition ---

  scan(given: ScanGiven, step: (b: Emit, now: ScanStep) => ScanStepResult): ScanResults {
    const body = new ProgramBuilder(`${this.name}, a step`)
    return writeScan(this, body, given, (b, now) => body.at(this.origin, () => step(b, now)))
  }
}
