/**
 * @file The derivative of every op: one total table of vector–Jacobian products (Griewank and Walther, Evaluating Derivatives, §3).
 * In: the builder, the op, its operands, its result y and the gradient g = ∂L/∂y. Out: for each operand x a way to write ∂L/∂x, which
 * is only called where it is needed. Derivatives are ordinary programs, so they can be differentiated again.
 */
import type { Shape } from '../core/tensor'
import type { ProgramBuilder } from '../ir/builder'
import type { Tensor } from '../ir/emit'
import type { BinaryName, Op, OpName, UnaryName } from '../ir/program'

/** Writes the gradient of one operand, or says that none flows there. */
export type Pull = (() => Tensor) | 'nondifferentiable'

interface Given {
  readonly b: ProgramBuilder
  /** ∂L/∂y */
  readonly g: Tensor
  readonly y: Tensor
}
type UnaryRule = 'nondifferentiable' | ((given: Given, x: Tensor) => Tensor)
type BinaryRule = 'nondifferentiable' | ((given: Given, u: Tensor, v: Tensor) => readonly [Pull, Pull])
type Rule<O> = 'nondifferentiable' | ((given: Given, op: O, ...operands: Tensor[]) => readonly Pull[])

const unary: Record<UnaryName, UnaryRule> = {
  // (−x)′ = −1
  neg: ({ b, g }) => b.neg(g),
  // |x|′ = sign x
  abs: ({ b, g }, x) => b.mul(g, b.sign(x)),
  // Zero wherever it exists.
  sign: 'nondifferentiable',
  // (eˣ)′ = eˣ
  exp: ({ b, g, y }) => b.mul(g, y),
  // (ln x)′ = 1/x
  log: ({ b, g }, x) => b.div(g, x),
  // (√x)′ = 1 / 2√x
  sqrt: ({ b, g, y }) => b.div(g, b.mul(y, 2)),
  // (1/x)′ = −1/x²
  reciprocal: ({ b, g, y }) => b.neg(b.mul(g, b.mul(y, y))),
  // (tanh x)′ = 1 − tanh² x
  tanh: ({ b, g, y }) => b.mul(g, b.sub(1, b.mul(y, y))),
  // σ′ = σ (1 − σ)
  sigmoid: ({ b, g, y }) => b.mul(g, b.mul(y, b.sub(1, y))),
  // Zero wherever it exists.
  floor: 'nondifferentiable',
  // (sin x)′ = cos x
  sin: ({ b, g }, x) => b.mul(g, b.cos(x)),
  // (cos x)′ = −sin x
  cos: ({ b, g }, x) => b.neg(b.mul(g, b.sin(x))),
}

const binary: Record<BinaryName, BinaryRule> = {
  // ∂(u + v) = ∂u + ∂v
  add: ({ g }) => [() => g, () => g],
  // ∂(u − v) = ∂u − ∂v
  sub: ({ b, g }) => [() => g, () => b.neg(g)],
  // ∂(uv) = v ∂u + u ∂v
  mul: ({ b, g }, u, v) => [() => b.mul(g, v), () => b.mul(g, u)],
  // ∂(u/v) = ∂u / v − (u/v) ∂v / v
  div: ({ b, g, y }, _, v) => [() => b.div(g, v), () => b.neg(b.div(b.mul(g, y), v))],
  // To u where u > v, to v elsewhere.
  max: ({ b, g }, u, v) => [() => b.select(b.greater(u, v), g, 0), () => b.select(b.greater(u, v), 0, g)],
  // To u where u < v, to v elsewhere.
  min: ({ b, g }, u, v) => [() => b.select(b.less(u, v), g, 0), () => b.select(b.less(u, v), 0, g)],
  // ∂(uᵛ) = v uᵛ⁻¹ ∂u + uᵛ ln u ∂v, without the 0·∞ at v = 0 or u = 0
  pow: ({ b, g, y }, u, v) => [
    () => b.select(b.equal(v, 0), 0, b.mul(g, b.mul(v, b.pow(u, b.sub(v, 1))))),
    () => b.select(b.equal(u, 0), 0, b.mul(g, b.mul(y, b.log(b.select(b.equal(u, 0), 1, u))))),
  ],
  less: 'nondifferentiable',
  equal: 'nondifferentiable',
}

type Rules = { readonly [K in OpName]: Rule<Extract<Op, { op: K }>> }

const rules: Rules = {
  input: 'nondifferentiable',
  constant: 'nondifferentiable',
  iota: 'nondifferentiable',
  random: 'nondifferentiable',

  unary: (given, { name }, x) => {
    const rule = unary[name]
    return [rule === 'nondifferentiable' ? rule : () => rule(given, x)]
  },
  binary: (given, { name }, u, v) => {
    const rule = binary[name]
    return rule === 'nondifferentiable' ? [rule, rule] : rule(given, u, v)
  },
  // ∂(c ? u : v) = c ? ∂u : ∂v
  select: ({ b, g }, _, c) => ['nondifferentiable', () => b.select(c, g, 0), () => b.select(c, 0, g)],
  // To or from whole numbers: a staircase.
  cast: 'nondifferentiable',
  stopGradient: 'nondifferentiable',

  // Movements are linear: their adjoint moves back.
  reshape: ({ b, g }, _, x) => [() => b.reshape(g, x.shape)],
  transpose: ({ b, g }, { permutation }) => [
    () =>
      b.transpose(
        g,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  ],
  // An element that was repeated gets the sum over its copies.
  broadcast: ({ b, g }, { axes }) => [() => b.sum(g, axesOutside(axes, g.shape))],
  // Elements that were left out get zero.
  slice: ({ b, g }, { starts, steps }, x) => [
    () => {
      const reached = g.shape.map((count, i) => (starts[i] as number) + (count - 1) * (steps[i] as number) + 1)
      const high = reached.map((end, i) => (x.shape[i] as number) - end)
      return b.pad(
        g,
        starts,
        high,
        steps.map((step) => step - 1),
      )
    },
  ],
  // Zeros that were put in take their gradient with them.
  pad: ({ b, g }, { low, high, interior }) => [
    () => {
      const limits = g.shape.map((extent, i) => extent - (high[i] as number))
      return b.slice(
        g,
        low,
        limits,
        interior.map((count) => count + 1),
      )
    },
  ],
  concat: ({ b, g }, { axis }, ...xs) =>
    xs.map((x, i) => () => {
      const start = xs.slice(0, i).reduce((sum, before) => sum + (before.shape[axis] as number), 0)
      const starts = g.shape.map((_, a) => (a === axis ? start : 0))
      const limits = g.shape.map((extent, a) => (a === axis ? start + (x.shape[axis] as number) : extent))
      return b.slice(g, starts, limits)
    }),

  reduce: ({ b, g, y }, { name, axes }, x) => {
    const spread = (v: Tensor) => b.broadcast(v, x.shape, axesOutside(axes, x.shape))
    // ∂(Σ x) = Σ ∂x
    if (name === 'sum') return [() => spread(g)]
    // To the largest element; elements that tie share evenly (as PyTorch's amax).
    return [
      () => {
        const largest = b.equal(x, spread(y))
        return b.mul(largest, spread(b.div(g, b.sum(largest, axes))))
      },
    ]
  },
  argMax: 'nondifferentiable',

  // Y = A·B: Ā = Ȳ·Bᵀ, B̄ = Aᵀ·Ȳ; a factor that was read transposed gets its gradient transposed.
  matmul: ({ b, g }, { transposeA, transposeB }, u, v) => [
    () =>
      transposeA
        ? b.matmul(v, g, { transposeA: transposeB, transposeB: true })
        : b.matmul(g, v, { transposeA: false, transposeB: !transposeB }),
    () =>
      transposeB
        ? b.matmul(g, u, { transposeA: true, transposeB: transposeA })
        : b.matmul(u, g, { transposeA: !transposeA, transposeB: false }),
  ],
  // y = conv(x, k) is bilinear, and its two gradients are the other two ways to pair x, k and y.
  conv2d: ({ b, g }, { window }, x, k) => [
    () => b.emit({ op: 'conv2dInputGrad', window }, [g, k], x),
    () => b.emit({ op: 'conv2dKernelGrad', window }, [x, g], k),
  ],
  conv2dInputGrad: ({ b, g }, { window }, dy, k) => [
    () => b.conv2d(g, k, window),
    () => b.emit({ op: 'conv2dKernelGrad', window }, [g, dy], k),
  ],
  conv2dKernelGrad: ({ b, g }, { window }, x, dy) => [
    () => b.emit({ op: 'conv2dInputGrad', window }, [dy, g], x),
    () => b.conv2d(x, g, window),
  ],

  // To the element that was taken: its number is found once and used by both gradient ops, which are each other's adjoint.
  maxPool2d: ({ b, g }, { window }, x) => [
    () => b.emit({ op: 'maxPool2dGrad', window }, [b.emit({ op: 'maxPool2dIndex', window }, [x]), g], x),
  ],
  maxPool2dIndex: 'nondifferentiable',
  maxPool2dGrad: ({ b, g }, { window }, index) => ['nondifferentiable', () => b.emit({ op: 'maxPool2dTake', window }, [index, g])],
  maxPool2dTake: ({ b, g }, { window }, index, x) => ['nondifferentiable', () => b.emit({ op: 'maxPool2dGrad', window }, [index, g], x)],
  // Linear; each is the other's adjoint.
  avgPool2d: ({ b, g }, { window }, x) => [() => b.emit({ op: 'avgPool2dGrad', window }, [g], x)],
  avgPool2dGrad: ({ b, g }, { window }) => [() => b.avgPool2d(g, window)],

  // A row that was read several times gets the sum over its readers; each is the other's adjoint.
  gather: ({ b, g }, _, table, indices) => [
    () => b.emit({ op: 'scatterAdd' }, [indices, g], { shape: table.shape, dtype: 'f32' }),
    'nondifferentiable',
  ],
  scatterAdd: ({ b, g }, _, indices) => ['nondifferentiable', () => b.gather(g, indices)],

  // gradients.ts hands them to scan.ts, which sees all results of a scan at once.
  scan: 'nondifferentiable',
  result: 'nondifferentiable',
}

const axesOutside = (axes: readonly number[], shape: Shape): number[] => shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))

/** For each operand of the op that made `y`, how to write its gradient. */
export function pullsOf(b: ProgramBuilder, op: Op, operands: readonly Tensor[], y: Tensor, g: Tensor): readonly Pull[] {
  const rule = rules[op.op] as Rule<Op>
  return rule === 'nondifferentiable' ? operands.map(() => rule) : rule({ b, g, y }, op, ...operands)
}
