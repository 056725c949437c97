/** The types that the code pane shows code with, against every template's own exported code. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportTypeScript } from '../../engine/export/typescript'
import { netloomTypes } from '../../renderer/code/netloom-types'
import { templates } from '../../templates/registry'
import { everyForm } from '../fixtures/everyForm'

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netloom-types-'))
  mkdirSync(join(folder, 'node_modules/netloom'), { recursive: true })
  const compilerOptions = { strict: true, target: 'ESNext', module: 'ESNext', moduleResolution: 'bundler', noEmit: true, types: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'node_modules/netloom/package.json'), '{ "name": "netloom", "types": "index.d.ts" }')
})
afterAll(() => rmSync(folder, { recursive: true }))

const check = (): string => spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout

test.each(['en', 'zh'] as const)('every template’s code is free of squiggles (%s)', (language) => {
  writeFileSync(join(folder, 'node_modules/netloom/index.d.ts'), netloomTypes(language))
  for (const [id, template] of templates) writeFileSync(join(folder, `${id}.ts`), exportTypeScript(template.create()))
  writeFileSync(join(folder, 'every-form.ts'), exportTypeScript(everyForm()))
  expect(check()).toBe('')
})

test('a wrong parameter is noticed', () => {
  writeFileSync(
    join(folder, 'wrong.ts'),
    "import { graph } from 'netloom'\nconst g = graph('x')\ng.dense(g.input('a', [3]), { numHiddens: 'many' })\n",
  )
  expect(check()).toContain('wrong.ts(3,')
})
