/**
 * @file The type of every op's result: one total table that the builder and the verifier share.
 * In: an op, the types of its operands and, where these do not decide it, the declared result. Out: the result's type,
 * or an `IllegalInstruction` that says what is wrong.
 */
import { type DType, formatShape, type Shape, sameShape, sizeOf } from '../core/tensor'
import { kernelBehind, matrixBehind, type Packing, type Panels, packedShape } from './packing'
import type { ConvWindow, Op, OpName, PoolWindow } from './program'
import { resultStarts, resultTypes, scanOperands } from './scan'
import { imageExtents, imageShape, windowedSize } from './window'

export interface ValueType {
  readonly shape: Shape
  readonly dtype: DType
}

/** Why an instruction cannot be; the builder and the verifier add where. */
export class IllegalInstruction extends Error {}

function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new IllegalInstruction(message)
}

const f32 = (shape: Shape): ValueType => ({ shape, dtype: 'f32' })
const show = (type: ValueType): string => `${type.dtype} ${formatShape(type.shape)}`

const extent = (shape: Shape, axis: number): number => {
  const value = shape[axis]
  expect(value !== undefined, `axis ${axis} does not exist in ${formatShape(shape)}`)
  return value
}
const expectSameShape = (a: ValueType, b: ValueType, what: string) =>
  expect(sameShape(a.shape, b.shape), `${what} must have one shape, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`)
const expectSameDtype = (a: ValueType, b: ValueType, what: string) =>
  expect(a.dtype === b.dtype, `${what} must have one dtype, got ${a.dtype} and ${b.dtype}`)
const expectDtype = (type: ValueType, dtype: DType, what: string) =>
  expect(type.dtype === dtype, `${what} must be ${dtype}, got ${type.dtype}`)
const expectRank = (type: ValueType, rank: number, what: string) =>
  expect(type.shape.length === rank, `${what} must have ${rank} axes, got ${formatShape(type.shape)}`)
const increasing = (axes: readonly number[]): boolean => axes.every((axis, i) => i === 0 || axis > (axes[i - 1] as number))
const without = (shape: Shape, axes: readonly number[]): number[] => shape.filter((_, axis) => !axes.includes(axis))

/** Types that the operands do not decide must be declared. */
function needed(declared: ValueType | undefined): ValueType {
  expect(declared !== undefined, 'the result type must be declared')
  return declared
}

function expectWindow(window: ConvWindow | PoolWindow): void {
  const whole = (values: readonly number[], least: number) => values.every((value) => Number.isInteger(value) && value >= least)
  expect(whole(window.stride, 1) && whole(window.dilation, 1), 'stride and dilation must be at least 1')
  expect(whole(window.padding, 0), 'padding must not be negative')
}

/** Result of a convolution; also what its two gradients must be consistent with. */
function convolved(image: ValueType, kernel: ValueType, window: ConvWindow): ValueType {
  expectWindow(window)
  expectDtype(image, 'f32', 'image')
  expectDtype(kernel, 'f32', 'kernel')
  expectRank(image, 4, 'image')
  expectRank(kernel, 4, 'kernel')
  const [out, inPerGroup, kernelHeight, kernelWidth] = kernel.shape as [number, number, number, number]
  const size = imageExtents(image.shape, window.layout)
  expect(Number.isInteger(window.groups) && window.groups >= 1, 'groups must be at least 1')
  expect(size.channels === inPerGroup * window.groups, `kernel reads ${inPerGroup}×${window.groups} channels, image has ${size.channels}`)
  expect(out % window.groups === 0, `${out} output channels do not divide into ${window.groups} groups`)
  const [height, width] = windowedSize(size, [kernelHeight, kernelWidth], window)
  expect(height >= 1 && width >= 1, `kernel ${kernelHeight}×${kernelWidth} does not fit into ${size.height}×${size.width}`)
  return f32(imageShape({ batch: size.batch, channels: out, height, width }, window.layout))
}

/** The tensor behind one that may be packed. */
function behind(given: ValueType, panels: Panels | undefined, packingOf: (shape: Shape, panels: Panels) => Packing): ValueType {
  if (!panels) return given
  const { columns, width } = panels
  expect(Number.isInteger(columns) && columns >= 1 && Number.isInteger(width) && width >= 1, 'panels must have columns')
  const packing = packingOf(given.shape, panels)
  expect(
    sameShape(packedShape(packing), given.shape),
    `${formatShape(given.shape)} does not hold ${formatShape(packing.shape)} in panels of ${width}`,
  )
  return { shape: packing.shape, dtype: given.dtype }
}

/** The kernel of a convolution, which may be packed if there is one group. */
function kernelOf(given: ValueType, { window, panels }: { readonly window: ConvWindow; readonly panels?: Panels }): ValueType {
  expect(!panels || window.groups === 1, 'kernels of several groups are not packed')
  return behind(given, panels, kernelBehind)
}

/** Result of a pool; also what its gradient must be consistent with. */
function pooled(image: ValueType, window: PoolWindow): ValueType {
  expectWindow(window)
  expectDtype(image, 'f32', 'image')
  expectRank(image, 4, 'image')
  const size = imageExtents(image.shape, window.layout)
  for (const axis of [0, 1] as const) {
    const reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1
    expect(window.kernel[axis] >= 1, 'pooling window must be at least 1')
    expect(window.padding[axis] < reach, `padding ${window.padding[axis]} leaves windows without an element`)
  }
  const [height, width] = windowedSize(size, window.kernel, window)
  expect(height >= 1 && width >= 1, `window ${window.kernel.join('×')} does not fit into ${size.height}×${size.width}`)
  return f32(imageShape({ ...size, height, width }, window.layout))
}

type Rule<O> = (op: O, declared: ValueType | undefined, ...operands: ValueType[]) => ValueType
type Rules = { readonly [K in OpName]: { readonly arity: number | 'any'; readonly result: Rule<Extract<Op, { op: K }>> } }

const rules: Rules = {
  input: { arity: 0, result: (_, declared) => needed(declared) },
  constant: {
    arity: 0,
    result: (op, declared) => {
      const type = needed(declared)
      expect(type.dtype === 'f32' || Number.isInteger(op.value), `an i32 constant cannot be ${op.value}`)
      return type
    },
  },
  iota: {
    arity: 0,
    result: (op, declared) => {
      const type = needed(declared)
      expectDtype(type, 'i32', 'result')
      extent(type.shape, op.axis)
      return type
    },
  },
  random: {
    arity: 1,
    result: (_, declared, key) => {
      expect(key.dtype === 'i32' && sameShape(key.shape, [2]), `key must be i32 2, got ${show(key)}`)
      const type = needed(declared)
      expectDtype(type, 'f32', 'result')
      return type
    },
  },
  unary: {
    arity: 1,
    result: (op, _, x) => {
      expectDtype(x, 'f32', `operand of ${op.name}`)
      return x
    },
  },
  binary: {
    arity: 2,
    result: ({ name }, _, a, b) => {
      expectSameShape(a, b, `operands of ${name}`)
      expectSameDtype(a, b, `operands of ${name}`)
      if (name === 'div' || name === 'pow') expectDtype(a, 'f32', `operands of ${name}`)
      return name === 'less' || name === 'equal' ? f32(a.shape) : a
    },
  },
  select: {
    arity: 3,
    result: (_, __, condition, then, otherwise) => {
      expectDtype(condition, 'f32', 'condition')
      expectSameShape(condition, then, 'condition and branches')
      expectSameShape(then, otherwise, 'branches')
      expectSameDtype(then, otherwise, 'branches')
      return then
    },
  },
  cast: {
    arity: 1,
    result: (_, declared, x) => ({ shape: x.shape, dtype: needed(declared).dtype }),
  },
  stopGradient: { arity: 1, result: (_, __, x) => x },

  reshape: {
    arity: 1,
    result: (_, declared, x) => {
      const { shape } = needed(declared)
      expect(sizeOf(shape) === sizeOf(x.shape), `cannot reshape ${formatShape(x.shape)} to ${formatShape(shape)}`)
      return { shape, dtype: x.dtype }
    },
  },
  transpose: {
    arity: 1,
    result: ({ permutation }, _, x) => {
      const sorted = [...permutation].sort((a, b) => a - b)
      expect(
        sorted.length === x.shape.length && sorted.every((axis, i) => axis === i),
        `(${permutation.join(' ')}) does not permute the axes of ${formatShape(x.shape)}`,
      )
      return { shape: permutation.map((axis) => extent(x.shape, axis)), dtype: x.dtype }
    },
  },
  broadcast: {
    arity: 1,
    result: ({ axes }, declared, x) => {
      const { shape } = needed(declared)
      expect(
        axes.length === x.shape.length && increasing(axes) && axes.every((axis, i) => shape[axis] === x.shape[i]),
        `cannot broadcast ${formatShape(x.shape)} to ${formatShape(shape)} along axes (${axes.join(' ')})`,
      )
      return { shape, dtype: x.dtype }
    },
  },
  slice: {
    arity: 1,
    result: ({ starts, steps }, declared, x) => {
      const { shape } = needed(declared)
      const fits = (count: number, axis: number) => {
        const [start = -1, step = 0] = [starts[axis], steps[axis]]
        return start >= 0 && step >= 1 && start + (count - 1) * step < (x.shape[axis] as number)
      }
      const ranks = [starts.length, steps.length, shape.length]
      expect(
        ranks.every((rank) => rank === x.shape.length) && shape.every(fits),
        `slice (${starts.join(' ')}) by (${steps.join(' ')}) of ${formatShape(shape)} leaves ${formatShape(x.shape)}`,
      )
      return { shape, dtype: x.dtype }
    },
  },
  pad: {
    arity: 1,
    result: ({ low, high, interior }, _, x) => {
      const counts = [low, high, interior]
      expect(
        counts.every((count) => count.length === x.shape.length && count.every((n) => Number.isInteger(n) && n >= 0)),
        `padding must be a count for each axis of ${formatShape(x.shape)}`,
      )
      const shape = x.shape.map((n, i) => (low[i] as number) + n + (n - 1) * (interior[i] as number) + (high[i] as number))
      return { shape, dtype: x.dtype }
    },
  },
  concat: {
    arity: 'any',
    result: ({ axis }, _, ...xs) => {
      const first = xs[0]
      expect(first !== undefined, 'concat needs an operand')
      extent(first.shape, axis)
      for (const x of xs) {
        expectSameDtype(first, x, 'operands of concat')
        expect(
          x.shape.length === first.shape.length && sameShape(without(x.shape, [axis]), without(first.shape, [axis])),
          `cannot concat ${formatShape(first.shape)} and ${formatShape(x.shape)} along axis ${axis}`,
        )
      }
      const total = xs.reduce((sum, x) => sum + extent(x.shape, axis), 0)
      return { shape: first.shape.map((n, i) => (i === axis ? total : n)), dtype: first.dtype }
    },
  },

  reduce: {
    arity: 1,
    result: ({ axes }, _, x) => {
      expect(increasing(axes), `axes (${axes.join(' ')}) must increase`)
      for (const axis of axes) extent(x.shape, axis)
      return { shape: without(x.shape, axes), dtype: x.dtype }
    },
  },
  argMax: {
    arity: 1,
    result: ({ axis }, _, x) => {
      extent(x.shape, axis)
      return { shape: without(x.shape, [axis]), dtype: 'i32' }
    },
  },

  matmul: {
    arity: 2,
    result: ({ transposeA, transposeB, panels }, declared, a, given) => {
      expectDtype(a, 'f32', 'left factor')
      expectDtype(given, 'f32', 'right factor')
      const b = panels?.of === 'right' ? behind(given, panels, matrixBehind) : given
      const rank = a.shape.length
      expect(rank >= 2, `left factor must have 2 axes or more, got ${formatShape(a.shape)}`)
      expectRank(b, rank, 'right factor')
      const [rows, innerA] = transposeA ? [rank - 1, rank - 2] : [rank - 2, rank - 1]
      const [innerB, columns] = transposeB ? [rank - 1, rank - 2] : [rank - 2, rank - 1]
      const leading = a.shape.slice(0, -2)
      expect(
        sameShape(leading, b.shape.slice(0, -2)) && a.shape[innerA] === b.shape[innerB],
        `cannot multiply ${formatShape(a.shape)}${transposeA ? 'ᵀ' : ''} by ${formatShape(b.shape)}${transposeB ? 'ᵀ' : ''}`,
      )
      const product = [...leading, extent(a.shape, rows), extent(b.shape, columns)]
      if (panels?.of !== 'result') return f32(product)
      const packed = needed(declared)
      expectSameShape(behind(packed, panels, matrixBehind), f32(product), 'packed result and product')
      return packed
    },
  },
  conv2d: { arity: 2, result: (op, _, image, kernel) => convolved(image, kernelOf(kernel, op), op.window) },
  conv2dInputGrad: {
    arity: 2,
    result: (op, declared, gradient, kernel) => {
      const image = needed(declared)
      expectDtype(gradient, 'f32', 'gradient')
      expectSameShape(convolved(image, kernelOf(kernel, op), op.window), gradient, 'convolved image and gradient')
      return image
    },
  },
  conv2dKernelGrad: {
    arity: 2,
    result: (op, declared, image, gradient) => {
      const kernel = needed(declared)
      expectDtype(gradient, 'f32', 'gradient')
      expectSameShape(convolved(image, kernelOf(kernel, op), op.window), gradient, 'convolved image and gradient')
      return kernel
    },
  },

  maxPool2d: { arity: 1, result: ({ window }, _, image) => pooled(image, window) },
  maxPool2dIndex: { arity: 1, result: ({ window }, _, image) => ({ ...pooled(image, window), dtype: 'i32' }) },
  maxPool2dGrad: {
    arity: 2,
    result: ({ window }, declared, index, gradient) => {
      const image = needed(declared)
      expectDtype(index, 'i32', 'index')
      expectDtype(gradient, 'f32', 'gradient')
      expectSameShape(pooled(image, window), index, 'pooled image and index')
      expectSameShape(index, gradient, 'index and gradient')
      return image
    },
  },
  maxPool2dTake: {
    arity: 2,
    result: ({ window }, _, index, image) => {
      expectDtype(index, 'i32', 'index')
      const result = pooled(image, window)
      expectSameShape(result, index, 'pooled image and index')
      return result
    },
  },
  avgPool2d: { arity: 1, result: ({ window }, _, image) => pooled(image, window) },
  avgPool2dGrad: {
    arity: 1,
    result: ({ window }, declared, gradient) => {
      const image = needed(declared)
      expectDtype(gradient, 'f32', 'gradient')
      expectSameShape(pooled(image, window), gradient, 'pooled image and gradient')
      return image
    },
  },

  gather: {
    arity: 2,
    result: (_, __, table, indices) => {
      expectDtype(indices, 'i32', 'indices')
      expect(table.shape.length >= 1, 'table must have rows')
      return { shape: [...indices.shape, ...table.shape.slice(1)], dtype: table.dtype }
    },
  },
  scatterAdd: {
    arity: 2,
    result: (_, declared, indices, updates) => {
      const { shape } = needed(declared)
      expectDtype(indices, 'i32', 'indices')
      expectDtype(updates, 'f32', 'updates')
      expect(shape.length >= 1, 'result must have rows')
      expect(
        sameShape(updates.shape, [...indices.shape, ...shape.slice(1)]),
        `cannot add ${formatShape(updates.shape)} by indices ${formatShape(indices.shape)} into ${formatShape(shape)}`,
      )
      return f32(shape)
    },
  },

  scan: {
    arity: 'any',
    result: (op, _, ...operands) => {
      const { body, length } = op
      expect(Number.isInteger(length) && length >= 1, `a scan takes at least one step, got ${length}`)
      const expected = scanOperands(op)
      expect(expected.length === operands.length, `this scan takes ${expected.length} operands, got ${operands.length}`)
      expected.forEach((one, i) => {
        expect(one !== undefined, `the body has no input for operand ${i}`)
        const shape = one.kind === 'sequence' ? [length, ...one.shape] : one.shape
        const operand = operands[i] as ValueType
        expectSameShape({ ...one, shape }, operand, `operand ${i} and the body’s “${one.name}”`)
        expectSameDtype(one, operand, `operand ${i} and the body’s “${one.name}”`)
      })
      const inputs = body.values.filter((value) => value.op.op === 'input').length
      expect(inputs === expected.length, `the body has ${inputs} inputs for ${expected.length} operands`)
      expect(
        body.state.every(({ update }) => update !== undefined),
        'every state of a body needs an update',
      )
      expect(
        resultTypes(op).every(({ dtype }) => dtype === 'f32'),
        'the results of a scan must be f32',
      )
      return f32([resultStarts(op).at(-1) as number])
    },
  },
  // verify.ts sees which scan it belongs to.
  result: { arity: 1, result: (_, declared) => needed(declared) },
}

/** Type of an op's result; throws `IllegalInstruction`. */
export function typeOf(op: Op, operands: readonly ValueType[], declared?: ValueType): ValueType {
  const { arity, result } = rules[op.op]
  expect(arity === 'any' || arity === operands.length, `${op.op} takes ${arity} operands, got ${operands.length}`)
  const type = (result as Rule<Op>)(op, declared, ...operands)
  expect(
    type.shape.every((n) => Number.isInteger(n) && n >= 1),
    `every extent must be a whole number from 1, got ${formatShape(type.shape)}`,
  )
  return type
}
