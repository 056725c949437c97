/** @file Exported TypeScript type-checks under `strict`: every template, and a document with every form that the export can write. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { serializeDocument } from '../../engine/document/parse'
import type { GraphDocument } from '../../engine/document/schema'
import { exportTypeScript } from '../../engine/export/typescript'
import { templates } from '../../templates/registry'
import { everyForm } from '../fixtures/everyForm'
import { runModule } from '../support/runModule'

const root = new URL('../..', import.meta.url).pathname

test('a document with every form rebuilds', async () => {
  const document = everyForm()
  expect(serializeDocument((await runModule(exportTypeScript(document))) as GraphDocument)).toBe(serializeDocument(document))
})

test('all exports type-check, and a wrong one does not', async () => {
  const cache = join(root, '.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'typecheck-'))
  try {
    const sources = new Map([...templates].map(([id, template]) => [id, exportTypeScript(template.create())]))
    sources.set('every-form', exportTypeScript(everyForm()))
    const lenet = sources.get('lenet') ?? ''
    sources.set('wrong-param', lenet.replace('numChannels: 6', 'numChanels: 6'))
    sources.set('wrong-type', lenet.replace('numChannels: 6', "numChannels: 'six'"))
    sources.set('wrong-inputs', lenet.replace('(dense3, label)', '(dense3)'))
    for (const [id, source] of sources) await writeFile(join(folder, `${id}.ts`), source)
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../tsconfig.json',
        compilerOptions: { paths: { netloom: ['../../engine/netloom.ts'] } },
        include: ['*.ts', '../../engine/layers/*.ts'],
      }),
    )
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]).catch(
      (error: { stdout: string }) => error,
    )
    const faults = stdout.split('\n').filter((line) => line.includes('typecheck-'))
    expect(faults.filter((line) => !line.includes('/wrong-'))).toEqual([])
    for (const wrong of ['wrong-param', 'wrong-type', 'wrong-inputs']) expect(stdout).toContain(`/${wrong}.ts`)
  } finally {
    await rm(folder, { recursive: true })
  }
})
