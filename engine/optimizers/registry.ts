/** @file Every optimiser, found by being there: a file in `rules/`. In: its modules. Out: definitions by kind. */
import { collectOpenSet } from '../core/open-set'
import type { OptimizerDefinition } from './kit'

interface RuleModule {
  // biome-ignore lint/suspicious/noExplicitAny: the union of all optimisers; settings are validated against `params`
  readonly default: OptimizerDefinition<any>
}

export const optimizers: ReadonlyMap<string, OptimizerDefinition> = collectOpenSet(
  'optimizer registry',
  import.meta.glob<RuleModule>('./rules/*.ts', { eager: true }),
)
