/**
 * @file The expressions of a loop kernel as vector code. In: one body position, and which vectors of lanes are wanted.
 * Out: a local per vector (or one for all, where lanes agree). Loads come before stores, and each operation is written for all vectors
 * of a step before the next, which is the shape that V8 widens to 256 bits.
 */
import { InternalError } from '../../core/diagnostics'
import type { BinaryName, UnaryName } from '../../ir/program'
import type { LoopKernel, LoopResult, View } from '../../optimize/kernel'
import type { FunctionBuilder, Local } from './assembler'
import type { NodeFacts } from './loop-analysis'
import type { LoopPlan } from './loop-plan'
import type { Streams } from './loop-streams'
import type { VectorMath } from './math'

/** Up to four neighbouring lanes, `at` points from the pointer. */
export interface Vector {
  readonly at: number
  readonly lanes: number
}

/** Values in reach: per body position one local per vector, or a single one where all lanes agree. */
export type Scope = ReadonlyMap<number, readonly Local[]>

export class NodeWriter {
  constructor(
    private readonly kernel: LoopKernel,
    private readonly facts: readonly NodeFacts[],
    private readonly plan: LoopPlan,
    private readonly f: FunctionBuilder,
    private readonly m: VectorMath,
    private readonly streams: Streams,
    private readonly address: (buffer: number) => number,
    /** Where a block of rows keeps what repeats with each row, by body position (loop-period.ts). */
    private readonly repeats: ReadonlyMap<number, number>,
  ) {}

  /** Writes every expression of one level; `outer` holds those of the levels outside. */
  level(level: number, vectors: readonly Vector[], outer: Scope): Scope {
    const scope = new Map(outer)
    this.kernel.body.forEach((op, id) => {
      const to = this.repeats.get(id)
      if (op.op === 'load' && to !== undefined && this.facts[id]?.level === level) this.repeat(op.view, to)
    })
    const masks = new Map<number, readonly Local[]>()
    this.kernel.body.forEach((op, id) => {
      const facts = this.facts[id] as NodeFacts
      if (facts.level !== level || facts.fusedInto) return
      const wanted = facts.byLane ? vectors : [{ at: 0, lanes: 4 }]
      if (op.op === 'binary' && (op.name === 'less' || op.name === 'equal')) {
        const mask = wanted.map((_, u) => this.comparison(op.name, id, u, scope))
        masks.set(id, mask)
        if (facts.asValue)
          scope.set(
            id,
            mask.map((x) => this.m.apply('v128.and', x, this.m.k.f32(1))),
          )
        return
      }
      scope.set(
        id,
        wanted.map((vector, u) => this.node(id, vector, u, scope, masks)),
      )
    })
    return scope
  }

  at(id: number, u: number, scope: Scope): Local {
    const locals = scope.get(id)
    const local = locals && (locals.length === 1 ? locals[0] : locals[u])
    if (!local) throw new InternalError('codegen', `expression ${id} is used before it is computed`)
    return local
  }

  /** Operands of a product that goes into the addition that reads it. */
  product(id: number): { a: number; b: number } | undefined {
    const op = this.kernel.body[id]
    return this.facts[id]?.fusedInto && op?.op === 'binary' ? op : undefined
  }

  private comparison(name: BinaryName, id: number, u: number, scope: Scope): Local {
    const op = this.kernel.body[id]
    if (op?.op !== 'binary') throw new InternalError('codegen', `expression ${id} is no comparison`)
    const real = this.kernel.body[op.a]?.dtype === 'f32'
    const a = this.at(op.a, u, scope)
    const b = this.at(op.b, u, scope)
    if (name === 'less') return this.m.apply(real ? 'f32x4.lt' : 'i32x4.lt_s', a, b)
    return this.m.apply(real ? 'f32x4.eq' : 'i32x4.eq', a, b)
  }

  private node(id: number, vector: Vector, u: number, scope: Scope, masks: ReadonlyMap<number, readonly Local[]>): Local {
    const { m } = this
    const op = this.kernel.body[id]
    if (!op) throw new InternalError('codegen', `no expression ${id}`)
    const get = (x: number) => this.at(x, u, scope)
    switch (op.op) {
      case 'load': {
        const repeated = this.repeats.get(id)
        if (repeated === undefined) return this.load(op.view, vector)
        this.f.i32(0).memory('v128.load', repeated + 4 * vector.at)
        return m.keep()
      }
      case 'constant':
        return op.dtype === 'f32' ? m.k.f32(op.value) : m.k.i32(op.value)
      case 'index': {
        const step = op.strides[this.plan.lane] ?? 0
        this.f.get(this.streams.index(op.strides)).op('i32x4.splat')
        const start = m.keep()
        const first = op.offset + vector.at * step
        return m.apply('i32x4.add', start, m.k.i32([first, first + step, first + 2 * step, first + 3 * step]))
      }
      case 'random': {
        // toUnit(hash32(key[0] ^ hash32(stream, key[1]), index))
        const part = (n: number) => {
          this.f.i32(this.address(op.key)).memory('v128.load32_splat', 4 * n)
          return m.keep()
        }
        const seed = part(0)
        const key = m.apply('v128.xor', seed, m.hash(m.k.i32(op.stream | 0), part(1)))
        return m.toUnit(m.hash(key, get(op.index)))
      }
      case 'unary':
        return op.dtype === 'f32' ? this.unary(op.name, get(op.x)) : this.integerUnary(op.name, get(op.x))
      case 'binary':
        return op.dtype === 'f32' ? this.binary(op.name, op.a, op.b, u, scope) : this.integerBinary(op.name, get(op.a), get(op.b))
      case 'select': {
        const known = masks.get(op.condition)
        const mask = known ? ((known.length === 1 ? known[0] : known[u]) as Local) : this.truth(op.condition, u, scope)
        return m.choose(mask, get(op.then), get(op.otherwise))
      }
      case 'cast': {
        const from = this.kernel.body[op.x]?.dtype
        if (from === op.dtype) return get(op.x)
        return m.apply(op.dtype === 'i32' ? 'i32x4.trunc_sat_f32x4_s' : 'f32x4.convert_i32x4_s', get(op.x))
      }
    }
  }

  /** The mask of a condition that is a number; a comparison of an outer level is made again rather than kept twice. */
  private truth(id: number, u: number, scope: Scope): Local {
    const op = this.kernel.body[id]
    if (op?.op === 'binary' && (op.name === 'less' || op.name === 'equal')) return this.comparison(op.name, id, u, scope)
    return this.m.apply('f32x4.ne', this.at(id, u, scope), this.m.k.f32(0))
  }

  private unary(name: UnaryName, x: Local): Local {
    const { m } = this
    switch (name) {
      case 'neg':
        return m.apply('f32x4.neg', x)
      case 'abs':
        return m.apply('f32x4.abs', x)
      case 'sqrt':
        return m.apply('f32x4.sqrt', x)
      case 'floor':
        return m.apply('f32x4.floor', x)
      case 'reciprocal':
        return m.apply('f32x4.div', m.k.f32(1), x)
      case 'sign':
      case 'exp':
      case 'log':
      case 'tanh':
      case 'sigmoid':
      case 'sin':
      case 'cos':
        return m[name](x)
    }
  }

  private integerUnary(name: UnaryName, x: Local): Local {
    const { m } = this
    switch (name) {
      case 'neg':
        return m.apply('i32x4.neg', x)
      case 'abs':
        return m.apply('i32x4.abs', x)
      case 'floor':
        return x
      case 'sign':
        return m.apply('i32x4.max_s', m.apply('i32x4.min_s', x, m.k.i32(1)), m.k.i32(-1))
      default:
        throw new InternalError('codegen', `${name} is not defined on integers`)
    }
  }

  private binary(name: BinaryName, a: number, b: number, u: number, scope: Scope): Local {
    const { m } = this
    const get = (x: number) => this.at(x, u, scope)
    const isConstant = (x: number) => this.kernel.body[x]?.op === 'constant'
    switch (name) {
      case 'add': {
        const left = this.product(a)
        if (left) return m.fma(get(left.a), get(left.b), get(b))
        const right = this.product(b)
        return right ? m.fma(get(right.a), get(right.b), get(a)) : m.apply('f32x4.add', get(a), get(b))
      }
      case 'sub': {
        const right = this.product(b)
        if (!right) return m.apply('f32x4.sub', get(a), get(b))
        return m.apply('f32x4.relaxed_nmadd', get(right.a), get(right.b), get(a))
      }
      case 'mul':
        return m.apply('f32x4.mul', get(a), get(b))
      case 'div':
        return m.apply('f32x4.div', get(a), get(b))
      case 'max':
        return isConstant(a) ? m.max(get(b), get(a), true) : m.max(get(a), get(b), isConstant(b))
      case 'min':
        return isConstant(a) ? m.min(get(b), get(a), true) : m.min(get(a), get(b), isConstant(b))
      case 'pow':
        return m.pow(get(a), get(b))
      case 'less':
      case 'equal':
        throw new InternalError('codegen', 'comparisons are written as masks')
    }
  }

  private integerBinary(name: BinaryName, a: Local, b: Local): Local {
    const { m } = this
    switch (name) {
      case 'add':
        return m.apply('i32x4.add', a, b)
      case 'sub':
        return m.apply('i32x4.sub', a, b)
      case 'mul':
        return m.apply('i32x4.mul', a, b)
      case 'max':
        return m.apply('i32x4.max_s', a, b)
      case 'min':
        return m.apply('i32x4.min_s', a, b)
      default:
        throw new InternalError('codegen', `${name} does not give integers`)
    }
  }

  /** Writes a row as often as a block holds it, so that whole vectors of it can be read. */
  private repeat(view: View, to: number): void {
    const { f, plan, kernel } = this
    const lanes = plan.period?.lanes ?? 0
    const step = view.strides[plan.lane] as number
    const { pointer, base } = this.streams.of(view)
    for (let lane = 0; lane < (kernel.axes[plan.lane] as number); lane++) {
      const from = base + 4 * (lane % lanes) * step
      f.i32(0)
        .get(pointer)
        .memory('f32.load', from)
        .memory('f32.store', to + 4 * lane)
    }
  }

  private load(view: View, { at, lanes }: Vector): Local {
    const { f, m } = this
    const step = view.strides[this.plan.lane] ?? 0
    const { pointer, base: first } = this.streams.of(view)
    const base = first + 4 * at * step
    if (step === 0) f.get(pointer).memory('v128.load32_splat', base)
    else if (step === 1 && lanes === 4) f.get(pointer).memory('v128.load', base)
    else {
      f.get(pointer).memory('v128.load32_zero', base)
      for (let lane = 1; lane < lanes; lane++) {
        const loaded = m.keep()
        f.get(pointer)
          .get(loaded)
          .memoryLane('v128.load32_lane', lane, base + 4 * lane * step)
      }
    }
    return m.keep()
  }

  /** Stores a vector of results. */
  store(value: Local, result: LoopResult, { at, lanes }: Vector): void {
    const { f } = this
    const { pointer, base } = this.streams.of(result)
    const step = result.strides[this.plan.lane] ?? 0
    const start = base + 4 * at * step
    if (step === 1 && lanes === 4) f.get(pointer).get(value).memory('v128.store', start)
    else
      for (let lane = 0; lane < lanes; lane++)
        f.get(pointer)
          .get(value)
          .memoryLane('v128.store32_lane', lane, start + 4 * lane * step)
  }
}
