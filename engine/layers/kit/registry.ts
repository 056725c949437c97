/**
 * @file Every layer, found by being there: a file beside `kit/` whose default export is its definition.
 * In: the modules of engine/layers. Out: definitions by kind. A kind unlike its file name, or there twice, is a defect and throws.
 */
import { InternalError } from '../../core/diagnostics'
import type { AnyLayer } from './define'

interface LayerModule {
  readonly default: AnyLayer
}

/** Definitions by kind, in the order of their file names. `modules` maps file paths to what they export. */
export function collectLayers(modules: Readonly<Record<string, LayerModule>>): ReadonlyMap<string, AnyLayer> {
  const found = new Map<string, AnyLayer>()
  for (const [path, module] of Object.entries(modules)) {
    const fileName = path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '')
    const { kind } = module.default
    if (kind !== fileName) throw new InternalError('layer registry', `${path} defines “${kind}”; kind and file name must agree`)
    if (found.has(kind)) throw new InternalError('layer registry', `“${kind}” is defined twice`)
    found.set(kind, module.default)
  }
  return found
}

export const layers: ReadonlyMap<string, AnyLayer> = collectLayers(import.meta.glob<LayerModule>('../*.ts', { eager: true }))
