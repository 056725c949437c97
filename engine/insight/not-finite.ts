/**
 * @file Where numbers first stop being numbers. In: a program and what it is fed. Out: the node whose computation gives the first value that is not
 * finite, in double precision; undefined where all are.
 */
import { evaluate, type Feed } from '../ir/evaluate'
import type { Program } from '../ir/program'

export function firstNotFinite(program: Program, feed: Feed): string | undefined {
  const results = evaluate(program, feed)
  const first = program.values.find(
    ({ op, origin }, id) => op.op !== 'constant' && origin !== '' && !(results.get(id) ?? []).every(Number.isFinite),
  )
  return first?.origin
}
