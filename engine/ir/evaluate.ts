/**
 * @file The reference interpreter: what every op means, in double precision and in the plainest code that is not slow.
 * In: a program and an array for each of its inputs, state included. Out: the value of every instruction. All other executors are
 * measured against it. i32 values are whole numbers held in doubles.
 */
import { InternalError } from '../core/diagnostics'
import { hash32, toUnit } from '../core/random'
import { type Shape, sizeOf, stridesOf, type TensorData } from '../core/tensor'
import { copy, transposed, walk } from './evaluate-strided'
import {
  avgPool2d,
  avgPool2dGrad,
  conv2d,
  conv2dInputGrad,
  conv2dKernelGrad,
  maxPool2d,
  maxPool2dGrad,
  maxPool2dTake,
} from './evaluate-window'
import { kernelBehind, matrixBehind, type Panels, packed, unpacked } from './packing'
import type { Instruction, Op, OpName, Program, ScanOp, ValueId } from './program'
import { binaryOf, unaryOf } from './scalar'
import { resultStarts, scanOperands } from './scan'
import type { ValueType } from './typing'

export type Feed = Readonly<Record<string, TensorData | Float64Array | readonly number[]>>

/** i32 arithmetic wraps around. */
const wrapping: Partial<typeof binaryOf> = {
  add: (a, b) => (a + b) | 0,
  sub: (a, b) => (a - b) | 0,
  mul: Math.imul,
}

/** Toward zero, and to the nearest end for what an i32 cannot hold. */
const truncated = (x: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x))) || 0

/** The row that an index reads or adds to; 0 when it names none. */
const rowAt = (indices: Float64Array, i: number, rows: number): number => {
  const row = indices[i] as number
  return row >= 0 && row < rows ? row : 0
}

/** One instruction being evaluated: its result's type, its operands' types, and the program's inputs. */
interface Call extends ValueType {
  readonly from: readonly Instruction[]
  readonly feed: Feed
}

type Evaluator<O> = (op: O, call: Call, ...operands: Float64Array[]) => Float64Array
type Evaluators = { readonly [K in OpName]: Evaluator<Extract<Op, { op: K }>> }

const shapeOf = (call: Call, operand: number): Shape => (call.from[operand] as Instruction).shape
const filled = (call: Call, element: (i: number) => number): Float64Array => {
  const out = new Float64Array(sizeOf(call.shape))
  for (let i = 0; i < out.length; i++) out[i] = element(i)
  return out
}
/** Σ coordinate · stride */
const offsetOf = (coordinates: readonly number[], strides: Shape): number =>
  coordinates.reduce((sum, coordinate, axis) => sum + coordinate * (strides[axis] as number), 0)

const evaluators: Evaluators = {
  input: ({ name }, call) => {
    const given = call.feed[name]
    if (!given) throw new InternalError('evaluate', `input “${name}” was not given`)
    if (given.length !== sizeOf(call.shape))
      throw new InternalError('evaluate', `input “${name}” has ${given.length} elements, not ${sizeOf(call.shape)}`)
    return given instanceof Float64Array ? given : Float64Array.from(given)
  },
  constant: ({ value }, call) => new Float64Array(sizeOf(call.shape)).fill(value),
  iota: ({ axis }, call) => {
    const stride = stridesOf(call.shape)[axis] as number
    const extent = call.shape[axis] as number
    return filled(call, (i) => Math.floor(i / stride) % extent)
  },
  random: ({ stream }, call, key) => {
    const mixed = ((key[0] as number) ^ hash32(stream, key[1] as number)) >>> 0
    return filled(call, (i) => toUnit(hash32(mixed, i)))
  },

  unary: ({ name }, call, x) => {
    const of = unaryOf[name]
    return filled(call, (i) => of(x[i] as number))
  },
  binary: ({ name }, call, a, b) => {
    const of = (call.dtype === 'i32' && wrapping[name]) || binaryOf[name]
    return filled(call, (i) => of(a[i] as number, b[i] as number))
  },
  select: (_, call, condition, then, otherwise) => filled(call, (i) => (condition[i] !== 0 ? then[i] : otherwise[i]) as number),
  cast: (_, call, x) => (call.dtype === 'i32' ? x.map(truncated) : x),
  stopGradient: (_, __, x) => x,

  reshape: (_, __, x) => x,
  transpose: ({ permutation }, call, x) => transposed(x, shapeOf(call, 0), permutation),
  broadcast: ({ axes }, call, x) => {
    const data = new Float64Array(sizeOf(call.shape))
    const source = stridesOf(shapeOf(call, 0))
    const strides = call.shape.map((_, axis) => source[axes.indexOf(axis)] ?? 0)
    copy(call.shape, { data, strides: stridesOf(call.shape) }, { data: x, strides })
    return data
  },
  slice: ({ starts, steps }, call, x) => {
    const data = new Float64Array(sizeOf(call.shape))
    const source = stridesOf(shapeOf(call, 0))
    const strides = source.map((stride, axis) => stride * (steps[axis] as number))
    copy(call.shape, { data, strides: stridesOf(call.shape) }, { data: x, strides, offset: offsetOf(starts, source) })
    return data
  },
  pad: ({ low, interior }, call, x) => {
    const data = new Float64Array(sizeOf(call.shape))
    const target = stridesOf(call.shape)
    const strides = target.map((stride, axis) => stride * (1 + (interior[axis] as number)))
    const shape = shapeOf(call, 0)
    copy(shape, { data, strides, offset: offsetOf(low, target) }, { data: x, strides: stridesOf(shape) })
    return data
  },
  concat: ({ axis }, call, ...xs) => {
    const data = new Float64Array(sizeOf(call.shape))
    const strides = stridesOf(call.shape)
    let offset = 0
    xs.forEach((x, i) => {
      const shape = shapeOf(call, i)
      copy(shape, { data, strides, offset }, { data: x, strides: stridesOf(shape) })
      offset += (shape[axis] as number) * (strides[axis] as number)
    })
    return data
  },

  reduce: ({ name, axes }, call, x) => {
    const out = new Float64Array(sizeOf(call.shape)).fill(name === 'sum' ? 0 : Number.NEGATIVE_INFINITY)
    const shape = shapeOf(call, 0)
    const kept = stridesOf(call.shape)
    let next = 0
    const strides = shape.map((_, axis) => (axes.includes(axis) ? 0 : (kept[next++] as number)))
    const combine = name === 'sum' ? binaryOf.add : binaryOf.max
    walk(shape, strides, stridesOf(shape), (o, i) => {
      out[o] = combine(out[o] as number, x[i] as number)
    })
    return out
  },
  argMax: ({ axis }, call, x) => {
    const shape = shapeOf(call, 0)
    const extent = shape[axis] as number
    const inner = stridesOf(shape)[axis] as number
    return filled(call, (i) => {
      const first = Math.floor(i / inner) * inner * extent + (i % inner)
      let best = 0
      for (let k = 1; k < extent; k++) if ((x[first + k * inner] as number) > (x[first + best * inner] as number)) best = k
      return best
    })
  },

  matmul: ({ transposeA, transposeB, panels }, call, a, given) => {
    const result = panels?.of === 'result' ? matrixBehind(call.shape, panels) : undefined
    const b = panels?.of === 'right' ? unpacked(matrixBehind(shapeOf(call, 1), panels), given) : given
    const shape = result?.shape ?? call.shape
    const [rows = 0, columns = 0] = shape.slice(-2)
    const depth = shapeOf(call, 0).at(transposeA ? -2 : -1) as number
    const left = transposeA ? transposedMatrices(a, depth, rows) : a
    const right = transposeB ? transposedMatrices(b, columns, depth) : b
    const out = new Float64Array(sizeOf(shape))
    for (let row = 0, o = 0; o < out.length; row++, o += columns) {
      const firstOfRight = Math.floor(row / rows) * depth * columns
      for (let k = 0; k < depth; k++) {
        const factor = left[row * depth + k] as number
        const from = firstOfRight + k * columns
        for (let j = 0; j < columns; j++) out[o + j] = (out[o + j] as number) + factor * (right[from + j] as number)
      }
    }
    return result ? packed(result, out) : out
  },
  conv2d: ({ window, panels }, call, image, given) => {
    const kernel = kernelFrom(given, shapeOf(call, 1), panels)
    return conv2d(image, shapeOf(call, 0), kernel.data, kernel.shape, window)
  },
  conv2dInputGrad: ({ window, panels }, call, gradient, given) => {
    const kernel = kernelFrom(given, shapeOf(call, 1), panels)
    return conv2dInputGrad(gradient, shapeOf(call, 0), kernel.data, kernel.shape, call.shape, window)
  },
  conv2dKernelGrad: ({ window, panels }, call, image, gradient) => {
    const result = panels && kernelBehind(call.shape, panels)
    const kernel = conv2dKernelGrad(image, shapeOf(call, 0), gradient, shapeOf(call, 1), result?.shape ?? call.shape, window)
    return result ? packed(result, kernel) : kernel
  },

  maxPool2d: ({ window }, call, image) => maxPool2d(image, shapeOf(call, 0), call.shape, window).largest,
  maxPool2dIndex: ({ window }, call, image) => maxPool2d(image, shapeOf(call, 0), call.shape, window).index,
  maxPool2dGrad: ({ window }, call, index, gradient) => maxPool2dGrad(index, gradient, shapeOf(call, 0), call.shape, window),
  maxPool2dTake: ({ window }, call, index, image) => maxPool2dTake(index, call.shape, image, shapeOf(call, 1), window),
  avgPool2d: ({ window }, call, image) => avgPool2d(image, shapeOf(call, 0), call.shape, window),
  avgPool2dGrad: ({ window }, call, gradient) => avgPool2dGrad(gradient, shapeOf(call, 0), call.shape, window),

  gather: (_, call, table, indices) => {
    const [rows = 0, ...row] = shapeOf(call, 0)
    const width = sizeOf(row)
    return filled(call, (i) => table[rowAt(indices, Math.floor(i / width), rows) * width + (i % width)] as number)
  },
  scatterAdd: (_, call, indices, updates) => {
    const [rows = 0, ...row] = call.shape
    const width = sizeOf(row)
    const out = new Float64Array(rows * width)
    for (let i = 0; i < updates.length; i++) {
      const o = rowAt(indices, Math.floor(i / width), rows) * width + (i % width)
      out[o] = (out[o] as number) + (updates[i] as number)
    }
    return out
  },

  scan: (op, _, ...operands) => repeat(op, operands),
  result: ({ index }, call, all) => {
    const { op } = call.from[0] as Instruction
    if (op.op !== 'scan') throw new InternalError('evaluate', `a ${op.op} has no results`)
    const starts = resultStarts(op)
    return all.subarray(starts[index], starts[index + 1])
  },
}

/** The results of a scan, one after the other. */
function repeat(op: ScanOp, operands: readonly Float64Array[]): Float64Array {
  const { body, length, reverse } = op
  const named = scanOperands(op).map((operand, i) => ({
    name: operand?.name ?? '',
    kind: operand?.kind,
    data: operands[i] as Float64Array,
  }))
  const feed: Record<string, Float64Array> = {}
  for (const { name, data } of named) feed[name] = data
  const starts = resultStarts(op)
  const out = new Float64Array(starts.at(-1) as number)
  const updates = body.state.map(({ value, update }) => update ?? value)
  const wanted = new Set([...updates, ...body.outputs.map(({ value }) => value)])
  for (let i = 0; i < length; i++) {
    const t = reverse ? length - 1 - i : i
    for (const { name, kind, data } of named) {
      const width = data.length / length
      if (kind === 'sequence') feed[name] = data.subarray(t * width, (t + 1) * width)
    }
    const values = evaluate(body, feed, wanted)
    const madeBy = (id: ValueId) => values.get(id) as Float64Array
    body.outputs.forEach(({ value }, k) => {
      const result = madeBy(value)
      out.set(result, (starts[body.state.length + k] as number) + t * result.length)
    })
    body.state.forEach(({ name }, k) => {
      feed[name] = madeBy(updates[k] as ValueId)
    })
  }
  body.state.forEach(({ name }, k) => {
    out.set(feed[name] as Float64Array, starts[k])
  })
  return out
}

/** A kernel (O, I/groups, KH, KW), however it is given. */
function kernelFrom(data: Float64Array, shape: Shape, panels: Panels | undefined): { readonly data: Float64Array; readonly shape: Shape } {
  if (!panels) return { data, shape }
  const packing = kernelBehind(shape, panels)
  return { data: unpacked(packing, data), shape: packing.shape }
}

/** Every matrix of a batch (…, rows, columns) transposed. */
const transposedMatrices = (data: Float64Array, rows: number, columns: number): Float64Array =>
  transposed(data, [data.length / (rows * columns), rows, columns], [0, 2, 1])

/** The last instruction that reads each value; what nothing reads is absent. */
export function lastReaders({ values }: Program): ReadonlyMap<ValueId, ValueId> {
  const last = new Map<ValueId, ValueId>()
  values.forEach(({ inputs }, id) => {
    for (const input of inputs) last.set(input, id)
  })
  return last
}

/** Values of all instructions, or only of those in `wanted`; then each other one is dropped after its last reader. */
export function evaluate(program: Program, inputs: Feed, wanted?: ReadonlySet<ValueId>): Map<ValueId, Float64Array> {
  const results = new Map<ValueId, Float64Array>()
  const lastReader = lastReaders(program)
  program.values.forEach(({ op, inputs: operands, shape, dtype, origin }, id) => {
    if (wanted && !wanted.has(id) && !lastReader.has(id)) return
    const from = operands.map((operand) => program.values[operand] as Instruction)
    const given = operands.map((operand) => {
      const value = results.get(operand)
      if (!value) throw new InternalError('evaluate', `value ${id} reads value ${operand} before it exists`, origin || undefined)
      return value
    })
    results.set(id, (evaluators[op.op] as Evaluator<Op>)(op, { shape, dtype, from, feed: inputs }, ...given))
    if (wanted) for (const operand of operands) if (lastReader.get(operand) === id && !wanted.has(operand)) results.delete(operand)
  })
  return results
}
