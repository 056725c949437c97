/** @file Lookups in records whose keys come from files: only own properties count, so `constructor` is a name like any other. */
export const own = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
