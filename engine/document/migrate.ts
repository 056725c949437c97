/**
 * @file Old documents become current ones, one version at a time.
 * In: the JSON of any version. Out: the JSON of the current version, or a diagnostic. A change of the format adds one entry to
 * `migrations` and raises `VERSION`; the fixture of the old form stays in the tests for ever.
 */
import type { Outcome } from '../protocol/messages'
import { VERSION } from './schema'

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

export interface Migration {
  readonly from: number
  /** Gives the same document in version `from + 1`; the version number itself is set by `migrate`. */
  migrate(document: JsonObject): JsonObject
}

/** Version 1 is the first, so nothing is older yet. */
export const migrations: readonly Migration[] = []

export function migrate(document: JsonObject, chain: readonly Migration[] = migrations, current: number = VERSION): Outcome<JsonObject> {
  const { version } = document
  const known = typeof version === 'number' && Number.isInteger(version) && version >= 1 && version <= current
  if (!known) {
    const got = typeof version === 'number' ? version : String(JSON.stringify(version))
    return { ok: false, diagnostics: [{ code: 'document.version', severity: 'error', values: { got, expected: current } }] }
  }
  let migrated = document
  for (let from = version; from < current; from++) {
    const step = chain.find((migration) => migration.from === from)
    if (!step)
      return { ok: false, diagnostics: [{ code: 'document.version', severity: 'error', values: { got: from, expected: current } }] }
    migrated = { ...step.migrate(migrated), version: from + 1 }
  }
  return { ok: true, value: migrated }
}
