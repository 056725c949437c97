/** @file What an expression of a loop reads. In: the expression. Out: positions earlier in the body. */
import type { LoopOp } from './kernel'

export function operandsOf(op: LoopOp): readonly number[] {
  switch (op.op) {
    case 'load':
    case 'constant':
    case 'index':
      return []
    case 'random':
      return [op.index]
    case 'unary':
    case 'cast':
      return [op.x]
    case 'binary':
      return [op.a, op.b]
    case 'select':
      return [op.condition, op.then, op.otherwise]
  }
}
