/**
 * @file IndexedDB with promises. In: a name, and the stores that a database has. Out: transactions; it is opened when first needed, and
 * anew after it could not be.
 */

export const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

export const committed = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new DOMException('the transaction was given up', 'AbortError'))
  })

export class Database {
  private opened: Promise<IDBDatabase> | undefined

  constructor(
    private readonly name: string,
    private readonly stores: Readonly<Record<string, IDBObjectStoreParameters>>,
    private readonly factory?: IDBFactory,
  ) {}

  async transaction(stores: string | readonly string[], mode: IDBTransactionMode = 'readonly'): Promise<IDBTransaction> {
    return (await this.database()).transaction(typeof stores === 'string' ? stores : [...stores], mode)
  }

  /** One store, in a transaction of its own. */
  async store(name: string, mode: IDBTransactionMode = 'readonly'): Promise<IDBObjectStore> {
    return (await this.transaction(name, mode)).objectStore(name)
  }

  private database(): Promise<IDBDatabase> {
    this.opened ??= this.open()
    this.opened.catch(() => {
      this.opened = undefined
    })
    return this.opened
  }

  private async open(): Promise<IDBDatabase> {
    const request = (this.factory ?? indexedDB).open(this.name, 1)
    request.onupgradeneeded = () => {
      for (const [store, parameters] of Object.entries(this.stores)) request.result.createObjectStore(store, parameters)
    }
    return settled(request)
  }
}
