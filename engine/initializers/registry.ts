/** @file Every initialiser, found by being there: a file in `kinds/`. In: its modules. Out: definitions by kind. */
import { collectOpenSet } from '../core/open-set'
import type { InitializerDefinition } from './kit'

interface KindModule {
  // biome-ignore lint/suspicious/noExplicitAny: the union of all initialisers; settings are completed from `params`
  readonly default: InitializerDefinition<any>
}

export const initializers: ReadonlyMap<string, InitializerDefinition> = collectOpenSet(
  'initializer registry',
  import.meta.glob<KindModule>('./kinds/*.ts', { eager: true }),
)
