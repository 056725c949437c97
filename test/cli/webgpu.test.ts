/**
 * @file `--backend webgpu` as a process of its own: that it trains is half of it, that it ends is the other. In: the built command line (`npm test`
 * builds it first).
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { mayHaveGpu } from '../../engine/host/node/webgpu'
import { describeWithWebgpu } from '../support/webgpu'

const script = fileURLToPath(new URL('../../scripts/netloom.mjs', import.meta.url))

const netloom = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, [script, ...words], { encoding: 'utf8', env: { ...process.env, ...env }, timeout: 60_000 })

describeWithWebgpu('the command line on WebGPU', () => {
  it('trains, and the process ends', () => {
    const { status, stdout, stderr } = netloom(['train', 'softmax-regression', '--backend', 'webgpu', '--steps', '20', '--json'])
    expect(stderr).toMatch(/ on GPU/)
    expect(status).toBe(0)
    const summary = JSON.parse(stdout)
    expect(summary).toMatchObject({ steps: 20, backend: 'webgpu' })
    expect(summary.loss).toBeLessThan(2.3)
  })

  it('is found by doctor', () => {
    const { status, stdout } = netloom(['doctor', '--json'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout).backends.join()).toContain('webgpu: GPU')
  })
})

describe.skipIf(mayHaveGpu())('the command line where there is no adapter', () => {
  const noDriver = { VK_ICD_FILENAMES: '/nowhere', VK_DRIVER_FILES: '/nowhere' }

  it('says so and what to do', () => {
    const { status, stderr } = netloom(['train', 'mlp', '--backend', 'webgpu'], noDriver)
    expect(stderr).toMatch(/^error\[backend\.unavailable\]: .*install or update the graphics driver/m)
    expect(status).toBe(1)
  })

  it('does well without', () => {
    const found = JSON.parse(netloom(['doctor', '--json'], noDriver).stdout)
    expect(found.backends[0]).toMatch(/^wasm: /)
    expect(found.missing).toEqual([expect.stringContaining('webgpu')])
  })
})
