/** The rules of the house, each printed with what it forbids. `npm run check` runs this file. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser'
import { expect, test } from 'vitest'
import rules from '../../.dependency-cruiser.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders = ['engine', 'renderer', 'electron', 'templates']

const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name)
      return { path: relative(root, file), text: readFileSync(file, 'utf8') }
    }),
)
const engineSources = sources.filter(({ path }) => path.startsWith('engine/'))

/** Says the rule, then holds the offenders against nothing. */
function forbid(rule: string, offenders: readonly string[]): void {
  console.info(`rule: ${rule}`)
  expect(offenders, rule).toEqual([])
}

test('imports go only where the layers allow', async () => {
  for (const { name, comment } of rules.forbidden ?? []) console.info(`rule: ${name}: ${comment}`)
  const options: ICruiseOptions = { ...rules.options, ruleSet: { forbidden: rules.forbidden }, validate: true, baseDir: root }
  const result = (await cruise(folders, options)).output as ICruiseResult
  expect(result.summary.totalCruised, 'the cruiser must have seen the sources').toBeGreaterThan(sources.length / 2)
  expect(result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([])
})

test('files stay small', () => {
  const limit = 500
  forbid(
    `no source file is longer than ${limit} lines`,
    sources.filter(({ text }) => text.split('\n').length > limit + 1).map(({ path, text }) => `${path}: ${text.split('\n').length}`),
  )
})

test('every engine file says what comes in and what goes out', () => {
  forbid(
    'every file of the engine opens with an @file comment',
    engineSources.filter(({ text }) => !text.slice(0, 400).includes('@file')).map(({ path }) => path),
  )
})

test('no barrels', () => {
  forbid(
    'no index.ts, and no file that only re-exports (netloom.ts, the public surface, excepted)',
    sources
      .filter(({ path, text }) => {
        if (path === 'engine/netloom.ts') return false
        const code = text
          .replace(/\/\*[\s\S]*?\*\//g, '')
          .split('\n')
          .filter((line) => line.trim() !== '')
        return basename(path) === 'index.ts' || (code.length > 0 && code.every((line) => /^export .* from /.test(line)))
      })
      .map(({ path }) => path),
  )
})

test('layer kinds are named only in their own file', () => {
  const kinds = readdirSync(join(root, 'engine/layers'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -3))
  expect(kinds.length).toBeGreaterThan(15)
  // Kinds that are also everyday words of other parts (a tanh op, an input element) prove nothing by appearing elsewhere.
  const distinctive = kinds.filter((kind) => /[a-z][A-Z0-9]/.test(kind))
  forbid(
    'no file of engine/ or renderer/ but the layer itself names its kind in a string',
    sources
      .filter(
        ({ path }) =>
          !path.startsWith('engine/layers/') && !path.startsWith('templates/') && !/^engine\/(ir|autodiff|optimize|codegen)\//.test(path),
      )
      .flatMap(({ path, text }) =>
        distinctive.filter((kind) => new RegExp(`['"\`]${kind}['"\`]`).test(text)).map((kind) => `${path}: ${kind}`),
      ),
  )
})
