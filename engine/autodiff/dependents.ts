/** @file What depends on what. In: a program under construction, and sources in it. Out: every value that is computed from one of them. */
import type { ProgramBuilder } from '../ir/builder'
import type { Tensor } from '../ir/emit'
import type { ValueId } from '../ir/program'

/** Values up to `last` that depend on one of `sources`, these included. */
export function dependents(b: ProgramBuilder, last: ValueId, sources: readonly Tensor[]): ReadonlySet<ValueId> {
  const active = new Set(sources.map((source) => source.id))
  for (let id = 0; id <= last; id++) if (b.instruction(id).inputs.some((input) => active.has(input))) active.add(id)
  return active
}
