/**
 * @file The expressions of a loop kernel as WGSL statements for one point of its nest. In: a kernel and where its buffers lie. Out: statements,
 * those that the reduced axes do not change apart from the others; and the numbers that the text takes from `sizes`, so that kernels that
 * differ in their extents only have equal texts.
 */
import { InternalError } from '../../core/diagnostics'
import type { BinaryName, UnaryName } from '../../ir/program'
import type { BufferId, LoopKernel, LoopOp, LoopResult } from '../../optimize/kernel'
import { sizeAt } from './access'
import type { MathName } from './math'

type BodyOp = LoopOp & { readonly dtype: 'f32' | 'i32' }

/** Reads and writes of buffers, once they are bound. */
export interface Elements {
  load(buffer: BufferId, index: string): string
  store(buffer: BufferId, index: string, value: string): string
}

/** Numbers that are worth a text of their own: compilers make better code of them. */
const plain = new Set([0, 1, -1, 2, 0.5])

const isContiguous = (strides: readonly number[], extents: readonly number[]): boolean =>
  strides.every((stride, axis) => axis === strides.length - 1 || stride === (strides[axis + 1] as number) * (extents[axis + 1] as number))

export interface TextPart {
  /** The expression of an operation that is worked out elsewhere; undefined: here. */
  readonly given: (position: number) => string | undefined
  /** Of the rest of the module. */
  readonly sizes?: number[]
}

export class LoopText {
  readonly sizes: number[]
  readonly math = new Set<MathName>()
  /** Statements before the reduced axes, and within them. */
  readonly outer: string[] = []
  readonly inner: string[] = []
  private readonly kept: readonly number[]
  private readonly reduced: readonly number[]
  private readonly known = new Map<string, string>()
  /** Whether each operation changes along the reduced axes. */
  private readonly moves: boolean[] = []
  private readonly names: string[] = []
  /** Comparisons as bools, by operation. */
  private readonly truths = new Map<number, string>()

  /** `point` and `term` are the flat positions along the kept and the reduced axes. */
  constructor(
    private readonly kernel: LoopKernel,
    private readonly elements: Elements,
    { given, sizes = [] }: TextPart = { given: () => undefined },
  ) {
    this.sizes = sizes
    this.kept = kernel.axes.slice(0, kernel.axes.length - kernel.reduced)
    this.reduced = kernel.axes.slice(kernel.axes.length - kernel.reduced)
    for (const [position, op] of kernel.body.entries()) {
      const name = given(position)
      if (name === undefined) this.add(position, op)
      else {
        this.moves.push(false)
        this.names.push(name)
      }
    }
  }

  /** A number in `sizes`. */
  size(value: number): string {
    return sizeAt(this.sizes.push(value) - 1)
  }

  called(name: MathName, ...operands: readonly string[]): string {
    this.math.add(name)
    return `${name}(${operands.join(', ')})`
  }

  valueOf({ value }: LoopResult): string {
    return this.names[value] as string
  }

  /** Where the value of a result goes; its index is worked out in `inner`, or in `outer` where it does not move along the reduced axes. */
  store(result: LoopResult, value: string): string {
    const { buffer, offset, strides, reduce } = result
    return this.elements.store(buffer, this.indexOf(offset, strides, reduce === undefined && this.kernel.reduced > 0), value)
  }

  private add(position: number, op: BodyOp): void {
    const moves = this.movesOf(op)
    this.moves.push(moves)
    const text = this.expression(position, op, moves)
    const name = `v${position}`
    ;(moves ? this.inner : this.outer).push(`let ${name} = ${text};`)
    this.names.push(name)
  }

  private movesOf(op: BodyOp): boolean {
    const along = (strides: readonly number[]) => strides.slice(this.kept.length).some((stride) => stride !== 0)
    const any = (...operands: readonly number[]) => operands.some((operand) => this.moves[operand])
    switch (op.op) {
      case 'load':
        return along(op.view.strides)
      case 'index':
        return along(op.strides)
      case 'constant':
        return false
      case 'random':
        return any(op.index)
      case 'unary':
      case 'cast':
        return any(op.x)
      case 'binary':
        return any(op.a, op.b)
      case 'select':
        return any(op.condition, op.then, op.otherwise)
    }
  }

  private expression(position: number, op: BodyOp, moves: boolean): string {
    const name = (operand: number) => this.names[operand] as string
    switch (op.op) {
      case 'load':
        return this.elements.load(op.view.buffer, this.indexOf(op.view.offset, op.view.strides, moves))
      case 'constant':
        return this.constant(op.value, op.dtype)
      case 'index':
        return this.indexOf(op.offset, op.strides, moves)
      case 'random': {
        const stream = this.size(op.stream | 0)
        const key = (at: number) => this.elements.load(op.key, String(at))
        return this.called('uniform01', key(0), key(1), stream, name(op.index))
      }
      case 'unary':
        return this.unary(op.name, name(op.x), op.dtype)
      case 'binary':
        return this.binary(position, op.name, op.a, op.b, op.dtype, moves)
      case 'select': {
        // By bits, because NaN is true but need not differ from 0 on a device.
        const truth = this.truths.get(op.condition) ?? `(bitcast<u32>(${name(op.condition)}) << 1u) != 0u`
        return `select(${name(op.otherwise)}, ${name(op.then)}, ${truth})`
      }
      case 'cast':
        if (op.dtype === this.dtypeOf(op.x)) return name(op.x)
        return op.dtype === 'i32' ? this.called('toInt', name(op.x)) : `f32(${name(op.x)})`
    }
  }

  private dtypeOf(operand: number): 'f32' | 'i32' {
    return (this.kernel.body[operand] as BodyOp).dtype
  }

  private constant(value: number, dtype: 'f32' | 'i32'): string {
    if (dtype === 'i32') return this.size(value | 0)
    if (plain.has(value) && !Object.is(value, -0)) return Number.isInteger(value) ? value.toFixed(1) : String(value)
    const [bits] = new Int32Array(Float32Array.of(value).buffer) as unknown as [number]
    return `bitcast<f32>(${this.size(bits)})`
  }

  private unary(name: UnaryName, x: string, dtype: 'f32' | 'i32'): string {
    switch (name) {
      case 'neg':
        return `-${x}`
      case 'abs':
      case 'floor':
      case 'sqrt':
        return dtype === 'i32' && name !== 'abs' ? refuse(name) : `${name}(${x})`
      case 'sign':
        return dtype === 'i32' ? `sign(${x})` : this.called('signOf', x)
      case 'exp':
        return this.called('expOf', x)
      case 'log':
        return this.called('logOf', x)
      case 'reciprocal':
        return `1.0 / ${x}`
      case 'tanh':
        return this.called('tanhOf', x)
      case 'sigmoid':
        return this.called('sigmoidOf', x)
      case 'sin':
        return this.called('turned', x, '0')
      case 'cos':
        return this.called('turned', x, '1')
    }
  }

  private binary(position: number, name: BinaryName, a: number, b: number, dtype: 'f32' | 'i32', moves: boolean): string {
    const [x, y] = [this.names[a], this.names[b]] as [string, string]
    switch (name) {
      case 'add':
        return `${x} + ${y}`
      case 'sub':
        return `${x} - ${y}`
      case 'mul':
        return `${x} * ${y}`
      case 'div':
        return `${x} / ${y}`
      case 'max':
      case 'min':
        return dtype === 'i32' ? `${name}(${x}, ${y})` : this.extreme(name, a, b)
      case 'pow':
        return this.called('powOf', x, y)
      case 'less':
      case 'equal': {
        const truth = `c${position}`
        ;(moves ? this.inner : this.outer).push(`let ${truth} = ${x} ${name === 'less' ? '<' : '=='} ${y};`)
        this.truths.set(position, truth)
        return `select(0.0, 1.0, ${truth})`
      }
    }
  }

  /** Against a constant that is a number, one test for NaN is enough. */
  private extreme(name: 'max' | 'min', a: number, b: number): string {
    const isNumber = (operand: number) => {
      const op = this.kernel.body[operand] as BodyOp
      return op.op === 'constant' && !Number.isNaN(op.value)
    }
    const [x, y] = (isNumber(a) ? [b, a] : [a, b]).map((operand) => this.names[operand]) as [string, string]
    if (!isNumber(a) && !isNumber(b)) return this.called(name === 'max' ? 'larger' : 'smaller', x, y)
    return `select(${y}, ${x}, ${x} ${name === 'max' ? '>' : '<'} ${y} || ${this.called('isNan', x)})`
  }

  /** `offset + Σ strides[d] · index[d]`, worked out as far as possible outside the reduced axes. */
  private indexOf(offset: number, strides: readonly number[], moves: boolean): string {
    const key = `${offset} ${strides}`
    const known = this.known.get(key)
    if (known !== undefined) return known
    const base = this.base(offset, strides)
    const steps = moves ? this.walk(strides.slice(this.kept.length), this.reduced, 'term', 'r', this.inner) : []
    const text = steps.length === 0 ? base : base === '0' ? steps.join(' + ') : `${base} + ${steps.join(' + ')}`
    const name = steps.length === 0 || /^[a-z]\w*$/.test(text) ? text : this.named(text, this.inner)
    this.known.set(key, name)
    return name
  }

  private base(offset: number, strides: readonly number[]): string {
    const kept = strides.slice(0, this.kept.length)
    const key = `base ${offset} ${kept}`
    const known = this.known.get(key)
    if (known !== undefined) return known
    const steps = this.walk(kept, this.kept, 'point', 'k', this.outer)
    if (offset !== 0) steps.push(this.size(offset))
    const text = steps.length === 0 ? '0' : steps.join(' + ')
    const name = /^\w+$/.test(text) ? text : this.named(text, this.outer)
    this.known.set(key, name)
    return name
  }

  private named(text: string, list: string[]): string {
    const name = `i${this.known.size}`
    list.push(`let ${name} = ${text};`)
    return name
  }

  /** The terms of an index along some axes; axes that are walked as one are not taken apart. */
  private walk(strides: readonly number[], extents: readonly number[], flat: string, axisName: string, list: string[]): string[] {
    const scaled = (variable: string, stride: number) => (stride === 1 ? variable : `${variable} * ${this.size(stride)}`)
    const last = strides.at(-1)
    if (last === undefined || strides.every((stride) => stride === 0)) return []
    if (last !== 0 && isContiguous(strides, extents)) return [scaled(flat, last)]
    return strides.flatMap((stride, axis) => (stride === 0 ? [] : [scaled(this.axis(axis, extents, flat, axisName, list), stride)]))
  }

  /** The index along one axis: quotients and remainders of the flat position, outermost axis last. */
  private axis(wanted: number, extents: readonly number[], flat: string, axisName: string, list: string[]): string {
    if (!this.known.has(`axis ${axisName}`)) {
      this.known.set(`axis ${axisName}`, axisName)
      let rest = flat
      for (let axis = extents.length - 1; axis > 0; axis--) {
        const extent = this.size(extents[axis] as number)
        list.push(`let q${axisName}${axis} = i32(u32(${rest}) / u32(${extent}));`)
        list.push(`let ${axisName}${axis} = ${rest} - q${axisName}${axis} * ${extent};`)
        rest = `q${axisName}${axis}`
      }
      list.push(`let ${axisName}0 = ${rest};`)
    }
    return `${axisName}${wanted}`
  }
}

function refuse(name: string): never {
  throw new InternalError('wgsl', `${name} of whole numbers`)
}
