/** @file What the editor has stored of the open document. In: a page. Out: the document as a reload would find it. */
import type { Page } from 'playwright-core'
import type { GraphDocument } from '../../engine/document/schema'

/** Undefined before anything was stored. */
export const storedDocument = (page: Page): Promise<GraphDocument | undefined> =>
  page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const database = await settled(indexedDB.open('netloom-editor'))
    const drafts = (await settled(database.transaction('drafts').objectStore('drafts').getAll())) as {
      key: string
      document: GraphDocument
    }[]
    database.close()
    return drafts.find(({ key }) => key === sessionStorage.getItem('netloom.open'))?.document
  })
