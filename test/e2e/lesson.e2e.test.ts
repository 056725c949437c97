/**
 * B2: whole lessons walked through in Chromium. Every number on the screen, in the step's card and in all three drawings, must be the engine's, which
 * is asked here for the same lesson (its own numbers are checked by hand in test/insight/lesson.test.ts).
 */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { prepareData } from '../../engine/datasets/prepare'
import { lessonOf } from '../../engine/insight/lesson'
import type { Lesson, LessonStep, Revealed } from '../../engine/insight/lesson-report'
import { formatNumber } from '../../renderer/lesson/format'
import { templates } from '../../templates/registry'
import { type App, button, eventually, missing, openApp, openTemplate, screenshot, visit } from './support'

let app: App

beforeAll(async () => {
  if (!missing) app = await openApp()
})
afterAll(() => app?.close())
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

type State = Readonly<Record<string, ArrayLike<number>>>

async function engineLesson(id: string, state: State, sample?: number, step = 1): Promise<Lesson> {
  const template = templates.get(id)
  if (!template) throw new Error(`there is no template ${id}`)
  const data = await prepareData(template.create(), () => undefined)
  const lesson = await lessonOf(data, state, { sample, step })
  data.dispose()
  return lesson
}

interface Shown {
  readonly value: number
  readonly text: string
}

/** Numbers under an element, in the order they stand. */
const shownIn = (place: Locator): Promise<readonly Shown[]> =>
  place
    .locator('data.num')
    .evaluateAll((all) => all.map((one) => ({ value: Number((one as HTMLDataElement).value), text: one.textContent ?? '' })))

function expectShown(shown: readonly Shown[], expected: readonly number[], where: string): number {
  expect(
    shown.map(({ text }) => text),
    where,
  ).toEqual(expected.map(formatNumber))
  shown.forEach(({ value }, i) => {
    const engine = expected[i] ?? Number.NaN
    expect(Math.abs(value - engine), where).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(engine)))
  })
  return shown.length
}

const numbersOf = ({ lines, table }: LessonStep): readonly number[] => [
  ...lines.flatMap((line) => line.filter((piece): piece is number => typeof piece === 'number')),
  ...(table?.rows.flatMap(({ values }) => values) ?? []),
]

const known = (at: number, ...all: readonly (Revealed | undefined)[]): readonly number[] =>
  all.flatMap((one) => (one !== undefined && one.from <= at ? one.value : []))

async function checkUnits(page: Page, { units }: Lesson, at: number): Promise<number> {
  let count = 0
  for (const { id, z, a, delta } of units.columns.flatMap((column) => column.units))
    count += expectShown(await shownIn(page.locator(`[data-unit="${id}"]`)), known(at, z, a, delta), `unit ${id}, step ${at}`)
  for (const { id, weight, gradient, next } of units.wires) {
    if (weight === undefined) continue
    const [renewed] = known(at, next)
    const expected = renewed === undefined ? [weight, ...known(at, gradient)] : [renewed]
    count += expectShown(await shownIn(page.locator(`[data-wire="${id}"]`)), expected, `wire ${id}, step ${at}`)
  }
  return count
}

const SHOWN_OF_TENSOR = 2

async function checkOperations(page: Page, { operations }: Lesson, at: number): Promise<number> {
  const expected = operations.flatMap(({ values, from, deltas, deltasFrom }) => [
    ...(from <= at ? values.slice(0, SHOWN_OF_TENSOR) : []),
    ...(deltasFrom <= at ? deltas.slice(0, SHOWN_OF_TENSOR) : []),
  ])
  return expectShown(await shownIn(page.getByTestId('lesson-operations')), expected, `operations, step ${at}`)
}

/** From the first step to the last, by the arrow key. Out: how many numbers were compared. */
async function walk(page: Page, lesson: Lesson): Promise<number> {
  let count = 0
  await page.keyboard.press('Home')
  for (const [at, step] of lesson.steps.entries()) {
    const card = page.locator(`[data-testid="lesson-step"][data-step="${step.id}"]`)
    await card.waitFor()
    count += expectShown(await shownIn(card), numbersOf(step), step.id)
    await button(page, 'Units').click()
    count += await checkUnits(page, lesson, at)
    await button(page, 'Operations').click()
    await page.locator('.lesson-operation').first().waitFor()
    count += await checkOperations(page, lesson, at)
    await button(page, 'Layers').click()
    await page.locator(`[data-testid="node-${step.node}"].is-selected`).waitFor()
    await page.keyboard.press('ArrowRight')
  }
  count += expectShown(await shownIn(page.locator('.lesson-loss')), [lesson.loss], 'loss')
  return count
}

async function openLesson(title: string): Promise<{ page: Page; complaints: readonly string[] }> {
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'XOR network')
  await eventually(() => button(page, 'Train').isEnabled())
  await page.keyboard.press('l')
  await page.getByTestId('lesson-step').waitFor()
  const offered = page.getByRole('combobox', { name: 'Lesson' })
  await offered.selectOption({ label: title })
  await eventually(async () => (await offered.locator('option:checked').textContent()) === title)
  await page.getByTestId('lesson-step').waitFor()
  return { page, complaints }
}

const lessons = [...templates.values()].flatMap((template) => (template.lessons ?? []).map((lesson) => ({ ...lesson, template })))

describe('B2: the lesson view', () => {
  test('offers XOR solved and learning, the 2-3-1 sigmoid network, the failing perceptron and the linear model', () => {
    expect(lessons.map(({ template, weights }) => `${template.id} ${weights}`).toSorted()).toEqual([
      'perceptron fresh',
      'sigmoid-231 fresh',
      'xor-linear fresh',
      'xor-mlp exact',
      'xor-mlp fresh',
    ])
  })

  test.each(lessons.map(({ title, template, weights }) => [title.en, template.id, weights] as const))(
    '“%s”: every number on the screen is the engine’s',
    async (title, id, weights) => {
      const { page, complaints } = await openLesson(title)
      const state: State = weights === 'exact' ? (templates.get(id)?.solutions?.exact ?? {}) : {}
      const lesson = await engineLesson(id, state)
      await eventually(async () => (await page.locator('.lesson-marks button').count()) === lesson.steps.length)
      const count = await walk(page, lesson)
      console.info(`${title}: ${lesson.steps.length} steps, ${count} numbers compared`)
      expect(count).toBeGreaterThan(10 * lesson.steps.length)
      expect(complaints).toEqual([])
    },
    120_000,
  )

  test('another sample, the update applied, marks and play', async () => {
    const { page, complaints } = await openLesson('Sigmoid network 2-3-1')
    const first = await engineLesson('sigmoid-231', {}, 1)
    await page.getByLabel('Sample').selectOption('1')
    await eventually(async () => (await page.locator('.lesson-loss').textContent())?.includes(formatNumber(first.loss)) === true)
    expectShown(await shownIn(page.getByTestId('lesson-step')), numbersOf(first.steps[0] as LessonStep), 'another sample')

    await page.keyboard.press('End')
    await button(page, 'Apply the update').click()
    const second = await engineLesson('sigmoid-231', first.next ?? {}, 2, 2)
    await eventually(async () => (await page.locator('.lesson-loss').textContent())?.includes(formatNumber(second.loss)) === true)
    await page.locator('.lesson-marks button').nth(1).click()
    expectShown(await shownIn(page.getByTestId('lesson-step')), numbersOf(second.steps[1] as LessonStep), 'after the update')
    await screenshot(page, 'lesson-dark')

    await button(page, 'Play the lesson').click()
    await eventually(async () => (await page.getByTestId('lesson-step').getAttribute('data-step')) === second.steps[2]?.id)
    await button(page, 'Hold the lesson').click()
    await button(page, 'Previous step').click()
    expect(await page.getByTestId('lesson-step').getAttribute('data-step')).toBe(second.steps[1]?.id)
    await page.keyboard.press('Escape')
    await page.getByTestId('lesson-step').waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  test('a network too large says so and leads on', async () => {
    const { page, complaints } = await visit(app.browser, app.url, { theme: 'light', language: 'zh' })
    await openTemplate(page, 'LeNet')
    await eventually(() => button(page, '训练').isEnabled())
    await page.keyboard.press('l')
    await page.getByText('此节点每个样本输出 784 个数').waitFor()
    await screenshot(page, 'lesson-refused-light-zh')
    expect(complaints).toEqual([])
  })
})
