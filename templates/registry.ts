/**
 * @file Every template and every block of the palette, found by being there. In: the modules of this folder. Out: templates by id and
 * blocks by name; a name unlike its file's is a defect and throws.
 */
import type { BlockDefinition } from '../engine/builder/block-definition'
import type { Template } from '../engine/builder/template'
import { InternalError } from '../engine/core/diagnostics'

type Modules<T> = Readonly<Record<string, { readonly default: T }>>

function collect<T>(what: string, modules: Modules<T>, nameOf: (item: T) => string): ReadonlyMap<string, T> {
  return new Map(
    Object.entries(modules).map(([path, { default: item }]) => {
      const fileName = path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '')
      if (nameOf(item) !== fileName) throw new InternalError(what, `${path} defines “${nameOf(item)}”; name and file name must agree`)
      return [fileName, item]
    }),
  )
}

export const templates = collect(
  'template registry',
  import.meta.glob<{ default: Template }>(['./*.ts', '!./registry.ts'], { eager: true }),
  ({ id }) => id,
)

export const blocks = collect(
  'block registry',
  import.meta.glob<{ default: BlockDefinition }>('./blocks/*.ts', { eager: true }),
  ({ name }) => name,
)
