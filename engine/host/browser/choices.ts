/**
 * @file Measured choices in the browser's database. In: a key. Out: what was kept under it. The browser's own words name its version; a page
 * is not told the processor, but a database does not move from one machine to another.
 */
import type { ChoiceStore } from '../../runtime/choices'
import { Database, settled } from './database'

const CHOICES = 'choices'
/** Old versions of the browser leave theirs behind; the oldest give way. */
const KEPT = 32

interface Kept {
  readonly value: unknown
  readonly keptAt: number
}

export class IndexedDbChoices implements ChoiceStore {
  readonly where = `${navigator.userAgent} | ${navigator.hardwareConcurrency}`
  private readonly database: Database

  constructor(name = 'netloom-choices', factory?: IDBFactory) {
    this.database = new Database(name, { [CHOICES]: {} }, factory)
  }

  async read(key: string): Promise<unknown> {
    const kept = (await settled((await this.database.store(CHOICES)).get(key))) as Kept | undefined
    return kept?.value
  }

  async write(key: string, value: unknown): Promise<void> {
    const store = await this.database.store(CHOICES, 'readwrite')
    store.put({ value, keptAt: Date.now() } satisfies Kept, key)
    const keys = await settled(store.getAllKeys())
    const all = (await settled(store.getAll())) as Kept[]
    const newest = keys.map((known, index) => ({ known, keptAt: all[index]?.keptAt ?? 0 })).sort((a, b) => b.keptAt - a.keptAt)
    for (const { known } of newest.slice(KEPT)) store.delete(known)
  }
}
