/**
 * @file Open sets: definitions found by being there, one file each, whose default export names its kind.
 * In: modules by path, from `import.meta.glob`. Out: definitions by kind, in the order of their file names.
 * A kind unlike its file name, or there twice, is a defect and throws.
 */
import { InternalError } from './diagnostics'

export function collectOpenSet<D extends { readonly kind: string }>(
  what: string,
  modules: Readonly<Record<string, { readonly default: D }>>,
): ReadonlyMap<string, D> {
  const found = new Map<string, D>()
  for (const [path, { default: definition }] of Object.entries(modules)) {
    const { kind } = definition
    const fileName = path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '')
    if (kind !== fileName) throw new InternalError(what, `${path} defines “${kind}”; kind and file name must agree`)
    if (found.has(kind)) throw new InternalError(what, `“${kind}” is defined twice`)
    found.set(kind, definition)
  }
  return found
}
