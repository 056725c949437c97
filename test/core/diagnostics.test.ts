/** @file The catalogue of diagnostics: every code is raised somewhere, asserted by a test, and says the same in both languages. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../engine/core/diagnostic-catalogue'
import { messageOf } from '../../engine/core/diagnostic-message'
import type { Text } from '../../engine/core/text'

const root = fileURLToPath(new URL('../..', import.meta.url))

const sourcesIn = (folder: string, but: (path: string) => boolean): string =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !but(path))
    .map((path) => readFileSync(join(root, folder, path), 'utf8'))
    .join('\n')

const raising = sourcesIn('engine', (path) => path.endsWith('diagnostic-catalogue.ts'))
const asserting = sourcesIn('test', (path) => path === 'core/diagnostics.test.ts').replaceAll('\\', '')
const holes = (sentence: string): string[] => [...sentence.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort()

describe.each(Object.entries<Text>(catalogue))('%s', (code, { en, zh }) => {
  it('is raised, and provoked by a test', () => {
    expect(raising).toContain(`'${code}'`)
    expect([`'${code}'`, `[${code}]`].some((form) => asserting.includes(form))).toBe(true)
  })

  it('says the same in both languages, each with its own punctuation', () => {
    expect(holes(zh)).toEqual(holes(en))
    expect(en).toMatch(/\.$/)
    expect(zh).toMatch(/。$/)
    expect(zh).not.toMatch(/[\p{Script=Han}”}][,:;?!()]|[,:;?!()][\p{Script=Han}“]/u)
  })
})

it('fills the holes of a sentence, with words in the language asked for', () => {
  const values = { param: 'lr', expected: { en: 'a number', zh: '数' }, got: 'x' }
  expect(messageOf({ code: 'param.invalid', values })).toBe('lr: expected a number, got x.')
  expect(messageOf({ code: 'param.invalid', values }, 'zh')).toBe('lr：应为 数，实际是 x。')
})
