/** @file When two ops are the same. In: an op. Out: a text that equal ops share and different ones do not. */
import type { Op } from './program'

export function keyOfOp(op: Op): string {
  if (op.op === 'constant') return `constant ${exact(op.value)}`
  return op.op === 'scan'
    ? JSON.stringify(op, (_, value: unknown) => (typeof value === 'number' ? exact(value) : value))
    : JSON.stringify(op)
}

/** JSON writes −0 as 0 and what is not finite as null. */
const exact = (value: number): number | string =>
  !Number.isFinite(value) || Object.is(value, -0) ? `${Object.is(value, -0) ? '-0' : value}` : value
