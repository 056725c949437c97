/**
 * @file Every optimiser and every solver, found by being there: a file in `rules/` or `solvers/`. In: their modules. Out: definitions by kind,
 * and both together as what a person chooses from.
 */
import { collectOpenSet } from '../core/open-set'
import type { MethodFacts, OptimizerDefinition } from './kit'
import type { SolverDefinition } from './solver'

interface RuleModule {
  // biome-ignore lint/suspicious/noExplicitAny: the union of all optimisers; settings are validated against `params`
  readonly default: OptimizerDefinition<any>
}
interface SolverModule {
  // biome-ignore lint/suspicious/noExplicitAny: the union of all solvers; settings are validated against `params`
  readonly default: SolverDefinition<any>
}

export const optimizers: ReadonlyMap<string, OptimizerDefinition> = collectOpenSet(
  'optimizer registry',
  import.meta.glob<RuleModule>('./rules/*.ts', { eager: true }),
)

export const solvers: ReadonlyMap<string, SolverDefinition> = collectOpenSet(
  'solver registry',
  import.meta.glob<SolverModule>('./solvers/*.ts', { eager: true }),
)

export const methods: ReadonlyMap<string, MethodFacts> = new Map<string, MethodFacts>([...optimizers, ...solvers])
