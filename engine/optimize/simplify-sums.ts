/**
 * @file Sums are linear: Σ(s·x) = s·Σx where s is the same along the summed axes, and Σ(x − Σx/n) = 0. A sum of such terms is worked out
 * from sums that are known, without another pass over the data; so the gradient of a batch normalisation needs two passes and not three,
 * and the bias before one has the gradient 0 instead of the rounding errors of a sum that cancels.
 * In: a sum whose operand is already simple. Out: the equal value, where the terms collapse into at most one (several might cancel in
 * all but their rounding errors, which a single pass over the data does not amplify); undefined elsewhere.
 */
import { type Shape, sameShape } from '../core/tensor'
import type { Instruction, ValueId } from '../ir/program'
import type { Rewriter } from './rewriter'

/** coefficient · Π factors, each to the power ±1; factors have the shape of the sum. */
interface Term {
  readonly coefficient: number
  readonly factors: readonly Factor[]
}

interface Factor {
  readonly value: ValueId
  readonly inverse: boolean
}

/** Expressions with more terms are not worth following. */
const mostTerms = 16
const deepest = 24
/** Coefficients such as n · (1/n) differ from whole numbers by rounding. */
const rounding = 1e-12

/** Thrown inside this file only: the expression is not a short sum. */
class TooLong extends Error {}

export function simplifySum(r: Rewriter, v: Instruction, axes: readonly number[]): ValueId | undefined {
  const [x] = v.inputs as [ValueId]
  if (v.dtype !== 'f32' || !isCombination(r.at(x))) return undefined
  try {
    const terms = collected(new Sum(r, v, axes).terms(x, 0))
    const [only] = terms
    if (terms.length > 1) return undefined
    return only ? product(r, v, only) : r.constant(0, v.shape, v.dtype, v.origin)
  } catch (reason) {
    if (reason instanceof TooLong) return undefined
    throw reason
  }
}

/** Whether the value is made of others in a way that a sum follows. */
const isCombination = ({ op }: Instruction): boolean =>
  op.op === 'broadcast' ||
  (op.op === 'unary' && op.name === 'neg') ||
  (op.op === 'binary' && (op.name === 'add' || op.name === 'sub' || op.name === 'mul' || op.name === 'div'))

class Sum {
  private readonly count: number
  private readonly kept: readonly number[]

  constructor(
    private readonly r: Rewriter,
    private readonly sum: Instruction,
    private readonly axes: readonly number[],
  ) {
    const { shape } = r.at(sum.inputs[0] as ValueId)
    this.count = axes.reduce((count, axis) => count * (shape[axis] as number), 1)
    this.kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  }

  /** Σ x over the axes. */
  terms(x: ValueId, depth: number): readonly Term[] {
    const value = this.r.at(x)
    const known = this.r.find({ op: 'reduce', name: 'sum', axes: this.axes }, [x], this.sum.shape, this.sum.dtype)
    if (known !== undefined) return this.small(known, depth)
    const repeated = this.repeated(x)
    if (repeated !== undefined) return scaled(this.small(repeated, depth), this.count)
    if (depth > deepest) throw new TooLong()
    const [a, b] = value.inputs as [ValueId, ValueId]
    if (value.op.op === 'unary' && value.op.name === 'neg') return scaled(this.terms(a, depth + 1), -1)
    if (value.op.op === 'binary') {
      const [ra, rb] = [this.repeated(a), this.repeated(b)]
      switch (value.op.name) {
        case 'add':
          return [...this.terms(a, depth + 1), ...this.terms(b, depth + 1)]
        case 'sub':
          return [...this.terms(a, depth + 1), ...scaled(this.terms(b, depth + 1), -1)]
        case 'mul':
          if (rb !== undefined) return multiplied(this.terms(a, depth + 1), this.small(rb, depth + 1))
          if (ra !== undefined) return multiplied(this.terms(b, depth + 1), this.small(ra, depth + 1))
          break
        case 'div':
          if (rb !== undefined) return multiplied(this.terms(a, depth + 1), this.inverse(rb, depth + 1))
          break
        default:
          break
      }
    }
    // Something of its own: its sum has to be made.
    return [term(this.r.add({ op: 'reduce', name: 'sum', axes: this.axes }, [x], this.sum.shape, this.sum.dtype, this.sum.origin))]
  }

  /** What `x` repeats along all summed axes, in the shape of the sum. */
  private repeated(x: ValueId): ValueId | undefined {
    const { op, inputs, dtype, origin } = this.r.at(x)
    const { shape } = this.sum
    if (op.op === 'constant') return this.r.constant(op.value, shape, dtype, origin)
    if (op.op !== 'broadcast' || op.axes.some((axis) => this.axes.includes(axis))) return undefined
    const [small] = inputs as [ValueId]
    const places = op.axes.map((axis) => this.kept.indexOf(axis))
    return spread(this.r, small, places, shape, origin)
  }

  /** A value of the sum's shape, as terms. */
  private small(x: ValueId, depth: number): readonly Term[] {
    if (depth > deepest) throw new TooLong()
    const { op, inputs } = this.r.at(x)
    const [a, b] = inputs as [ValueId, ValueId]
    if (op.op === 'constant') return [{ coefficient: op.value, factors: [] }]
    if (op.op === 'unary' && op.name === 'neg') return scaled(this.small(a, depth + 1), -1)
    if (op.op === 'binary')
      switch (op.name) {
        case 'add':
          return [...this.small(a, depth + 1), ...this.small(b, depth + 1)]
        case 'sub':
          return [...this.small(a, depth + 1), ...scaled(this.small(b, depth + 1), -1)]
        case 'mul':
          return multiplied(this.small(a, depth + 1), this.small(b, depth + 1))
        case 'div':
          return multiplied(this.small(a, depth + 1), this.inverse(b, depth + 1))
        default:
          break
      }
    return [term(x)]
  }

  /** 1 / x. */
  private inverse(x: ValueId, depth: number): readonly Term[] {
    const [only, ...others] = this.small(x, depth)
    if (!only || others.length > 0 || only.coefficient === 0) return [{ coefficient: 1, factors: [{ value: x, inverse: true }] }]
    const factors = only.factors.map(({ value, inverse }) => ({ value, inverse: !inverse }))
    return [{ coefficient: 1 / only.coefficient, factors }]
  }
}

const term = (value: ValueId): Term => ({ coefficient: 1, factors: [{ value, inverse: false }] })

const scaled = (terms: readonly Term[], by: number): readonly Term[] =>
  terms.map(({ coefficient, factors }) => ({ coefficient: coefficient * by, factors }))

function multiplied(xs: readonly Term[], ys: readonly Term[]): readonly Term[] {
  if (xs.length * ys.length > mostTerms) throw new TooLong()
  return xs.flatMap((x) =>
    ys.map((y) => ({ coefficient: x.coefficient * y.coefficient, factors: cancelled([...x.factors, ...y.factors]) })),
  )
}

/** The factors in order; s and 1/s make 1. */
function cancelled(factors: readonly Factor[]): readonly Factor[] {
  const left: Factor[] = []
  for (const factor of factors) {
    const opposite = left.findIndex(({ value, inverse }) => value === factor.value && inverse !== factor.inverse)
    if (opposite >= 0) left.splice(opposite, 1)
    else left.push(factor)
  }
  return left.sort((a, b) => a.value - b.value)
}

/** Equal terms added up; those that cancel are gone. */
function collected(terms: readonly Term[]): readonly Term[] {
  if (terms.length > mostTerms) throw new TooLong()
  const sums = new Map<string, { coefficient: number; size: number; factors: readonly Factor[] }>()
  for (const { coefficient, factors } of terms) {
    const key = factors.map(({ value, inverse }) => `${inverse ? '/' : ''}${value}`).join(' ')
    const known = sums.get(key)
    const size = (known?.size ?? 0) + Math.abs(coefficient)
    sums.set(key, { coefficient: (known?.coefficient ?? 0) + coefficient, size, factors })
  }
  return [...sums.values()].filter(({ coefficient, size }) => Math.abs(coefficient) > rounding * size)
}

function spread(r: Rewriter, small: ValueId, places: readonly number[], shape: Shape, origin: string): ValueId {
  const { shape: from, dtype } = r.at(small)
  if (sameShape(from, shape) && places.every((place, i) => place === i)) return small
  return r.add({ op: 'broadcast', axes: places }, [small], shape, dtype, origin)
}

/** The term as a value of the sum's shape. */
function product(r: Rewriter, { shape, dtype, origin }: Instruction, { coefficient, factors }: Term): ValueId {
  const binary = (name: 'mul' | 'div', a: ValueId, b: ValueId) => r.add({ op: 'binary', name }, [a, b], shape, dtype, origin)
  const over = factors.filter(({ inverse }) => !inverse).map(({ value }) => value)
  const under = factors.filter(({ inverse }) => inverse).map(({ value }) => value)
  const [first = r.constant(coefficient, shape, dtype, origin), ...others] = over
  const top = others.reduce((a, b) => binary('mul', a, b), first)
  const quotient = under.reduce((a, b) => binary('div', a, b), top)
  return over.length === 0 || coefficient === 1 ? quotient : binary('mul', quotient, r.constant(coefficient, shape, dtype, origin))
}
