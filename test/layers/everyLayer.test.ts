/** @file Every row of every registered layer, on every backend; and that each layer's words are complete. */
import katex from 'katex'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Text } from '../../engine/core/text'
import { layers } from '../../engine/layers/kit/registry'
import type { Backend } from '../../engine/runtime/backend'
import { availableBackends } from '../support/backends'
import { checkLayer } from '../support/checkLayer'

let backends: readonly Backend[] = []
let rows = 0

beforeAll(async () => {
  backends = await availableBackends()
})
afterAll(async () => {
  console.log(`layer check: ${rows} rows of ${layers.size} layers on ${backends.map(({ info }) => info.label.en).join(', ')}`)
  await Promise.all(backends.map((backend) => backend.dispose()))
})

describe.each([...layers.values()].map((layer) => ({ kind: layer.kind, layer })))('$kind', ({ layer }) => {
  it('has cases', () => expect(layer.cases.length).toBeGreaterThan(0))

  it.each(layer.cases.map((row, i) => ({ title: row.name ?? `case ${i + 1}`, row })))('$title', async ({ row }) => {
    await checkLayer(layer, row, backends)
    rows++
  })

  it('speaks both languages', () => {
    const words: Text[] = [layer.title, layer.summary]
    for (const port of [...Object.values<{ about: Text }>(layer.inputs), ...Object.values<{ about: Text }>(layer.outputs)])
      words.push(port.about)
    for (const spec of Object.values<{ label: Text; help?: Text; options?: Record<string, Text> }>(layer.params))
      words.push(spec.label, ...(spec.help ? [spec.help] : []), ...Object.values(spec.options ?? {}))
    for (const { en, zh } of words) {
      expect(en.trim()).not.toBe('')
      expect(zh.trim()).not.toBe('')
      expect(en, 'no Chinese in the English words').not.toMatch(/[\u4e00-\u9fff]/)
    }
    expect(layer.summary.zh).toMatch(/[\u4e00-\u9fff]/)
  })

  it('has a formula that KaTeX sets', () => {
    expect(() => katex.renderToString(layer.formula, { throwOnError: true, strict: 'error' })).not.toThrow()
  })
})
