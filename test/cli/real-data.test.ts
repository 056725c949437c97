/** @file Real data from ../shared/data, as a person would train on it; skips where that folder is not. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { netloom, scratch } from './run'

const shared = fileURLToPath(new URL('../../../shared/data', import.meta.url))
const at = scratch()

function withData(folder: string, title: string, body: (path: string) => Promise<void>): void {
  it(title, async (test) => {
    const path = join(shared, folder)
    if (!existsSync(path)) test.skip(`needs ${path}`)
    await body(path)
  })
}

describe('real data', () => {
  withData('optdigits', 'mlp reads digits from a table: at least 94 % within 15 epochs', async (path) => {
    const data = ['--data', join(path, 'optdigits.tra.csv'), '--validation', join(path, 'optdigits.tes.csv')]
    const ran = await netloom('train', 'mlp', ...data, '--epochs', '15', '--json')
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.out).validationAccuracy).toBeGreaterThanOrEqual(0.94)
  })

  withData('optdigits', 'lenet reads the same digits as images: at least 94 % within 20 epochs, here 12', async (path) => {
    const data = ['--data', join(path, 'optdigits.tra.csv'), '--validation', join(path, 'optdigits.tes.csv'), '--shape', '1x8x8']
    const ran = await netloom('train', 'lenet', ...data, '--set', 'imageSize=28', '--epochs', '12', '--json', '--out', at('lenet'))
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.out).validationAccuracy).toBeGreaterThanOrEqual(0.94)
  })

  withData('cifar10', 'resnet18 takes a folder with train/ and test/', async (path) => {
    const words = ['--data', path, '--set', 'imageSize=32', '--set', 'batchSize=8', '--raw', '--steps', '2']
    const ran = await netloom('train', 'resnet18', ...words, '--optimizer', 'adam', '--lr', '0.001', '--json')
    expect(ran.err).toContain('10000 samples to train, 2000 to validate')
    expect(JSON.parse(ran.out)).toMatchObject({ steps: 2 })
  })
})
