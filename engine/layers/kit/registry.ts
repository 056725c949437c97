/** @file Every layer, found by being there: a file beside `kit/`. In: the modules of engine/layers. Out: definitions by kind. */
import { collectOpenSet } from '../../core/open-set'
import type { AnyLayer } from './define'

export const layers: ReadonlyMap<string, AnyLayer> = collectOpenSet(
  'layer registry',
  import.meta.glob<{ readonly default: AnyLayer }>('../*.ts', { eager: true }),
)
