/**
 * @file Writing vector code as expressions: operations on locals that leave their result in a new local.
 * In: a function under construction. Out: instructions in it.
 */
import type { FunctionBuilder, Local } from './assembler'
import type { Constants } from './math-constants'
import type { PlainOp } from './opcodes'

export class VectorCode {
  constructor(
    readonly f: FunctionBuilder,
    readonly k: Constants,
    /** Whether relaxed SIMD (fused multiply-add, lane select) is to be had. */
    readonly relaxed: boolean,
  ) {}

  /** op(…operands) in a new local. */
  apply(op: PlainOp, ...operands: readonly Local[]): Local {
    for (const operand of operands) this.f.get(operand)
    this.f.op(op)
    return this.keep()
  }

  /** Shifts every lane; the count is a constant. */
  shift(op: 'i32x4.shl' | 'i32x4.shr_u' | 'i32x4.shr_s' | 'i64x2.shl' | 'i64x2.shr_u', x: Local, count: number): Local {
    this.f.get(x).i32(count).op(op)
    return this.keep()
  }

  /** The vector on the stack, in a new local. */
  keep(): Local {
    const local = this.f.local('v128')
    this.f.set(local)
    return local
  }

  /** a · b + c. */
  fma(a: Local, b: Local, c: Local): Local {
    this.f.get(a).get(b)
    if (this.relaxed) this.f.get(c).op('f32x4.relaxed_madd')
    else this.f.op('f32x4.mul').get(c).op('f32x4.add')
    return this.keep()
  }

  /** Per lane: `then` where the mask is all ones, `otherwise` where it is all zeros. */
  choose(mask: Local, then: Local, otherwise: Local): Local {
    return this.apply(this.relaxed ? 'i32x4.relaxed_laneselect' : 'v128.bitselect', then, otherwise, mask)
  }

  /** Horner's scheme; coefficients from the highest power. */
  polynomial(x: Local, coefficients: readonly number[]): Local {
    const [first, ...rest] = coefficients as [number, ...number[]]
    return rest.reduce((sum, c) => this.fma(sum, x, this.k.f32(c)), this.k.f32(first))
  }
}
