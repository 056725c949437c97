/**
 * @file Kernel variants chosen in a browser: measured at the first start, known at the second, measured again where what was kept is nonsense. Whether
 * something was measured shows in the browser's database, where it leaves the time.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { kernelVariants } from '../../engine/runtime/wasm/autotune'
import { type App, eventually, missing, openApp, openTemplate, visit } from './support'

interface Entry {
  readonly key: string
  readonly value: unknown
  readonly keptAt: number
}

let app: App
beforeAll(async () => {
  if (!missing) app = await openApp()
})
afterAll(() => app?.close())
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

/** What the database holds about the CPU; `spoil`: put in place of its value. */
const entries = (page: Page, spoil?: { readonly value: unknown }): Promise<readonly Entry[]> =>
  page.evaluate(async (given) => {
    const known = await indexedDB.databases()
    if (!known.some(({ name }) => name === 'netloom-choices')) return []
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const database = await settled(indexedDB.open('netloom-choices'))
    const store = database.transaction('choices', given ? 'readwrite' : 'readonly').objectStore('choices')
    const keys = await settled(store.getAllKeys())
    const found: Entry[] = []
    for (const key of keys) {
      if (!String(key).startsWith('CPU kernels')) continue
      const kept = (await settled(store.get(key))) as { value: unknown; keptAt: number }
      if (given) await settled(store.put({ ...kept, value: given.value }, key))
      found.push({ key: String(key), ...kept })
    }
    database.close()
    return found
  }, spoil)

async function started(page: Page): Promise<Entry> {
  await eventually(async () => (await entries(page)).length > 0)
  const [entry] = await entries(page)
  return entry as Entry
}

/** The engine has come up when the editor offers its executors; the gallery may lie over them. */
async function restart(page: Page): Promise<void> {
  await page.reload()
  await page.getByRole('button', { name: /^Compute on: /, includeHidden: true }).waitFor({ state: 'attached' })
}

test('a second start does not measure again', async () => {
  const { page } = await visit(app.browser, app.url)
  await openTemplate(page, 'XOR')
  const first = await started(page)
  expect(kernelVariants).toContainEqual(first.value)

  await restart(page)
  expect(await started(page)).toEqual(first)

  // Another of the variants stays too: nobody has looked which is faster.
  const other = kernelVariants.find((variant) => JSON.stringify(variant) !== JSON.stringify(first.value))
  await entries(page, { value: other })
  await restart(page)
  expect(await started(page)).toEqual({ ...first, value: other })

  await entries(page, { value: { rows: 'many' } })
  await page.reload()
  await eventually(async () => (await started(page)).keptAt > first.keptAt)
  expect(kernelVariants).toContainEqual((await started(page)).value)
})
