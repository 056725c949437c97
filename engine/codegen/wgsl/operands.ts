/**
 * @file Texts that speak of operands and sizes by name. In: storages by operand, names of sizes. Out: loads, stores and reads of the uniform
 * buffer, whatever buffer an operand is, so that a text is the same for every kernel of its kind.
 */
import { declare, sizeAt } from './access'
import type { GpuContext, Storage } from './emitter'

export interface Operands<Name extends string> {
  /** Each storage once: operands that are one buffer share a binding. */
  readonly storages: readonly Storage[]
  /** Extensions and bindings; other directives go before. */
  readonly header: string
  load(operand: Name, at: string): string
  store(operand: Name, at: string, value: string): string
}

export function bindOperands<Name extends string>(
  given: Readonly<Partial<Record<Name, Storage | undefined>>>,
  sizes: number,
  context: GpuContext,
  workspace?: (number: number) => 'f32' | 'i32',
): Operands<Name> {
  const storages: Storage[] = []
  for (const storage of Object.values<Storage | undefined>(given))
    if (storage && !storages.some((known) => same(known, storage))) storages.push(storage)
  const access = declare(storages, context, sizes, workspace)
  const storageOf = (operand: Name): Storage => {
    const storage = given[operand]
    if (!storage) throw new RangeError(`no operand ${operand} was given`)
    return storage
  }
  return {
    storages,
    header: access.header,
    load: (operand, at) => access.load(storageOf(operand), at),
    store: (operand, at, value) => access.store(storageOf(operand), at, value),
  }
}

const same = (x: Storage, y: Storage): boolean =>
  'buffer' in x ? 'buffer' in y && x.buffer === y.buffer : 'workspace' in y && x.workspace === y.workspace

/** Replaces `$name` by where the uniform buffer holds it. */
export function withSizes(text: string, names: readonly string[]): string {
  return text.replace(/\$(\w+)/g, (_, name: string) => {
    const at = names.indexOf(name)
    if (at < 0) throw new RangeError(`no size is called ${name}`)
    return sizeAt(at)
  })
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
/** A line of text for each item. */
export const lines = <T>(items: readonly T[], line: (item: T) => string): string => items.map(line).join('\n  ')
