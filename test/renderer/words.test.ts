/** The words that a person reads, as they stand in the sources. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../renderer', import.meta.url))

test('Chinese sentences have Chinese punctuation', () => {
  const chinese = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/zh:\s*(['`])(.*?)\1/g)].map(([, , words = '']) => `${path}: ${words}`),
    )
  expect(chinese.length).toBeGreaterThan(100)
  expect(chinese.filter((words) => /[^a-z0-9][,:;!?](?=[\u4e00-\u9fff“])|[\u4e00-\u9fff”}][,:;!?]\{/i.test(words))).toEqual([])
})
