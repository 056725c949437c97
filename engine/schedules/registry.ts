/** @file Every schedule, found by being there: a file in `kinds/`. In: its modules. Out: definitions by kind. */
import { collectOpenSet } from '../core/open-set'
import type { ScheduleDefinition } from './kit'

interface KindModule {
  // biome-ignore lint/suspicious/noExplicitAny: the union of all schedules; settings are validated against `params`
  readonly default: ScheduleDefinition<any>
}

export const schedules: ReadonlyMap<string, ScheduleDefinition> = collectOpenSet(
  'schedule registry',
  import.meta.glob<KindModule>('./kinds/*.ts', { eager: true }),
)
