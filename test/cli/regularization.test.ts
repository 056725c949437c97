/** @file Penalties, noise, early stopping, adversarial examples and changed images from the command line. */
import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { exportTypeScript } from '../../engine/export/typescript'
import { moonsDocument } from '../train/fixtures'
import { netloom, scratch } from './run'

const at = scratch()
const backend = ['--backend', 'reference', '--json']

async function moons(): Promise<string> {
  const file = at('moons.ts')
  await writeFile(file, exportTypeScript(moonsDocument({ optimizer: 'sgd', lr: 2, epochs: 40 })))
  return file
}

describe('netloom train', () => {
  it('takes penalties (C3) and noise on weights (C6), and tells what the penalties cost', async () => {
    const graph = await moons()
    const plain = JSON.parse((await netloom('train', graph, ...backend, '--steps', '1')).out)
    const ran = await netloom('train', graph, ...backend, '--steps', '1', '--l2', '0.1', '--l1', '0.01')
    const penalized = JSON.parse(ran.out)
    expect(plain.penalty).toBeUndefined()
    expect(penalized.penalty).toBeGreaterThan(0)
    expect(penalized.loss).toBeCloseTo(plain.loss + penalized.penalty, 4)
    const decayed = JSON.parse((await netloom('train', graph, ...backend, '--steps', '1', '--l2', '0.1', '--decay')).out)
    expect(decayed.loss).toBe(plain.loss)
    const noisy = JSON.parse((await netloom('train', graph, ...backend, '--steps', '1', '--weight-noise', '0.2')).out)
    expect(noisy.loss).not.toBe(plain.loss)
  })

  it('stops early (C5), and says when it was best', async () => {
    const ran = await netloom('train', await moons(), ...backend, '--patience', '2')
    expect(ran.code).toBe(0)
    expect(ran.err).toMatch(/stopped early: the validation loss was best in epoch \d+, whose weights are kept/)
    expect(JSON.parse(ran.out).epoch).toBeLessThan(40)
    const wrong = await netloom('train', await moons(), ...backend, '--watch', 'happiness')
    expect(wrong.err).toContain('error[train.early-stopping.metric]')
  })

  it('learns from adversarial examples (C9), and tells their loss', async () => {
    const ran = await netloom('train', await moons(), ...backend, '--steps', '1', '--adversarial', '0.1')
    const { loss, adversarialLoss } = JSON.parse(ran.out)
    expect(adversarialLoss).toBeGreaterThan(loss)
  })

  it('changes images (C7), and refuses what it does not know', async () => {
    const train = (...words: string[]) =>
      netloom('train', 'softmax-regression', ...backend, '--set', 'batchSize=8', '--steps', '1', ...words)
    const images = ['--set', 'numFeatures=784']
    const plain = await train(...images)
    const changed = await train(...images, '--augment', 'cropArea=0.2')
    expect(changed.code, changed.err).toBe(0)
    expect(JSON.parse(changed.out).loss).not.toBe(JSON.parse(plain.out).loss)
    expect((await train(...images, '--augment', 'cropArea=2')).err).toContain('error[param.invalid]')
    expect((await train(...images, '--augment', 'wobble=1')).err).toContain('error[param.invalid]')
    expect((await train(...images, '--augment', 'hue=0.1')).err).toContain('error[data.augment.grey]')
    expect((await netloom('train', await moons(), ...backend, '--augment', 'flipVertical=1')).err).toContain('error[data.augment.images]')
  })

  it.each([
    ['--l2', '-1'],
    ['--patience', '0'],
    ['--adversarial', 'much'],
    ['--ensemble', '1'],
    ['--augment', 'flip'],
  ])('%s %s is wrong usage', async (option, value) => {
    expect((await netloom('train', 'mlp', option, value)).code).toBe(2)
  })
})
