/**
 * @file Every data set, found by being there: a file in `sources/` whose default export is its definition.
 * In: the modules of engine/datasets/sources. Out: definitions by kind. A kind unlike its file name is a defect and throws.
 */
import { InternalError } from '../core/diagnostics'
import type { DatasetDefinition } from './dataset'

/** A definition whose own settings do not matter: what the registry hands out. */
// biome-ignore lint/suspicious/noExplicitAny: the union of all data sets; settings were validated against `params`
export type AnyDataset = DatasetDefinition<any>

interface SourceModule {
  readonly default: AnyDataset
}

/** Definitions by kind. `modules` maps file paths to what they export. */
export function collectDatasets(modules: Readonly<Record<string, SourceModule>>): ReadonlyMap<string, AnyDataset> {
  const found = new Map<string, AnyDataset>()
  for (const [path, module] of Object.entries(modules)) {
    const fileName = path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '')
    const { kind } = module.default
    if (kind !== fileName) throw new InternalError('dataset registry', `${path} defines “${kind}”; kind and file name must agree`)
    if (found.has(kind)) throw new InternalError('dataset registry', `“${kind}” is defined twice`)
    found.set(kind, module.default)
  }
  return found
}

export const datasets: ReadonlyMap<string, AnyDataset> = collectDatasets(import.meta.glob<SourceModule>('./sources/*.ts', { eager: true }))
