/** @file Every data set, found by being there: a file in `sources/`. In: its modules. Out: definitions by kind. */
import { collectOpenSet } from '../core/open-set'
import type { DatasetDefinition } from './dataset'

interface SourceModule {
  // biome-ignore lint/suspicious/noExplicitAny: the union of all data sets; settings are validated against `params`
  readonly default: DatasetDefinition<any>
}

export const datasets: ReadonlyMap<string, SourceModule['default']> = collectOpenSet(
  'dataset registry',
  import.meta.glob<SourceModule>('./sources/*.ts', { eager: true }),
)
