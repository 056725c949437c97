/** What the hand does on the canvas and with the keys: copies by dragging, wires cut, wires kept in pasting, keys of one's own, help beside a field. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { storedDocument } from './drafts'
import { type App, button, eventually, missing, openApp, openTemplate, screenshot, visit } from './support'

let app: App
let page: Page
let complaints: readonly string[]

beforeAll(async () => {
  if (missing) return
  app = await openApp()
  ;({ page, complaints } = await visit(app.browser, app.url))
  page.setDefaultTimeout(10_000)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await openTemplate(page, 'LeNet')
})
afterAll(() => app?.close())
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

const node = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
const nodes = () => page.locator('.react-flow__node')
const wires = () => page.locator('.react-flow__edge')
const is = (locator: ReturnType<typeof nodes>, count: number) => eventually(async () => (await locator.count()) === count)

async function middleOf(id: string): Promise<{ x: number; y: number }> {
  const box = await node(id).boundingBox()
  if (!box) throw new Error(`${id} is not on the screen`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

test('Alt and a drag leave the node and put a copy where it is let go', async () => {
  const before = await nodes().count()
  const from = await middleOf('conv2')
  await page.mouse.move(from.x, from.y)
  await page.keyboard.down('Alt')
  await page.mouse.down()
  await page.mouse.move(from.x - 20, from.y + 60, { steps: 5 })
  await page.mouse.move(from.x - 40, from.y + 130, { steps: 5 })
  await page.mouse.up()
  await page.keyboard.up('Alt')
  await is(nodes(), before + 1)
  expect(await middleOf('conv2')).toEqual(from)
  await eventually(async () => (await storedDocument(page))?.nodes.some(({ id }) => id === 'conv3') === true)
  const document = await storedDocument(page)
  const [old, copy] = [document?.nodes.find(({ id }) => id === 'conv2'), document?.nodes.find(({ id }) => id === 'conv3')]
  expect(copy).toEqual({ ...old, id: 'conv3' })
  await page.keyboard.press('Control+z')
  await is(nodes(), before)
})

test('Ctrl and the right button cut what they cross, in one step', async () => {
  const before = await wires().count()
  const [a, b] = [await middleOf('conv1'), await middleOf('flatten1')]
  // Down between the first two columns: through one wire of each row.
  const left = await middleOf('image')
  const x = (left.x + a.x) / 2
  await page.keyboard.down('Control')
  await page.mouse.move(x, a.y - 30)
  await page.mouse.down({ button: 'right' })
  await page.mouse.move(x, (a.y + b.y) / 2 - 20, { steps: 4 })
  await page.mouse.move(x, b.y + 20, { steps: 4 })
  await page.mouse.up({ button: 'right' })
  await page.keyboard.up('Control')
  await eventually(async () => (await wires().count()) < before - 1)
  await page.keyboard.press('Control+z')
  await is(wires(), before)
})

test('pasting with Shift keeps what came in', async () => {
  const [nodesBefore, wiresBefore] = [await nodes().count(), await wires().count()]
  await node('conv2').click()
  await page.keyboard.press('Control+c')
  await page.keyboard.press('Control+Shift+v')
  await is(nodes(), nodesBefore + 1)
  await is(wires(), wiresBefore + 1)
  await page.keyboard.press('Control+z')
  await is(nodes(), nodesBefore)
  await page.keyboard.press('Control+v')
  await is(nodes(), nodesBefore + 1)
  expect(await wires().count()).toBe(wiresBefore)
  await page.keyboard.press('Control+z')
  await is(nodes(), nodesBefore)
})

test('a command runs by the key that a person gave it, also after a reload', async () => {
  const before = await nodes().count()
  await page.keyboard.press('Control+,')
  await button(page, 'Keys for “Duplicate”: Ctrl+D').click()
  await page.keyboard.press('Control+b')
  await page.getByText('Ctrl+B ran “Bypass” until now').waitFor()
  await screenshot(page, 'settings-keys')
  await page.keyboard.press('Escape')
  await page.reload()
  await node('conv2').click()
  await page.keyboard.press('Control+d')
  await page.keyboard.press('Control+b')
  await is(nodes(), before + 1)
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+,')
  await button(page, 'All keys as they were').click()
  await button(page, 'Keys for “Duplicate”: Ctrl+D').waitFor()
  await page.keyboard.press('Escape')
})

test('the field that has the keyboard says its sentence beside the form', async () => {
  await page.keyboard.press('Escape')
  await page.getByLabel('Batch size', { exact: true }).focus()
  const help = page.locator('.field-help')
  await help.waitFor()
  expect(await help.textContent()).toContain('Samples in one step')
  const [note, form] = [await help.boundingBox(), await page.getByLabel('Batch size', { exact: true }).boundingBox()]
  expect((note?.x ?? 0) + (note?.width ?? 0)).toBeLessThan(form?.x ?? 0)
  await page.keyboard.press('Tab')
  await eventually(async () => ((await help.textContent()) ?? '').includes('goes through all samples'))
})

test('a fitted graph stays in view when the window gets smaller', async () => {
  await page.locator('.canvas').click({ position: { x: 10, y: 10 } })
  await page.keyboard.press('1')
  await page.setViewportSize({ width: 1280, height: 600 })
  await eventually(async () => {
    const [canvas, last] = [await page.locator('.canvas').boundingBox(), await node('label').boundingBox()]
    return canvas !== null && last !== null && last.y + last.height <= canvas.y + canvas.height
  })
  expect(complaints).toEqual([])
})
