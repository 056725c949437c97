/** @file Choices kept between sessions: asked once for each machine and code, and never believed blindly. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fileChoices } from '../../engine/host/node/choices'
import { type ChoiceStore, fingerprintOf, keptChoice } from '../../engine/runtime/choices'
import { keptVariant, kernelVariants, plainVariant } from '../../engine/runtime/wasm/autotune'
import { memoryChoices } from '../support/choices'

const numbers = (kept: unknown): number | undefined => (typeof kept === 'number' && kept > 0 ? kept : undefined)

function asking(found = 7) {
  const measure = vi.fn(async () => found)
  const ask = (store: ChoiceStore | undefined, device = 'a device') =>
    keptChoice(store, { about: ['speed', device], accept: numbers, measure })
  return { measure, ask }
}

describe('a choice', () => {
  it('is measured at the first start and known at the second', async () => {
    const { measure, ask } = asking()
    const store = memoryChoices()
    expect([await ask(store), await ask(store)]).toEqual([7, 7])
    expect(measure).toHaveBeenCalledTimes(1)
  })

  it('is measured again for another device, and elsewhere', async () => {
    const { measure, ask } = asking()
    const store = memoryChoices()
    await ask(store)
    await ask(store, 'another device')
    await ask({ ...store, where: 'a newer browser' })
    expect(measure).toHaveBeenCalledTimes(3)
    expect(store.entries.size).toBe(3)
  })

  it.each(['seven', -1, null, {}])('is measured again where %j was kept, and written over', async (wrong) => {
    const { measure, ask } = asking()
    const store = memoryChoices()
    await ask(store)
    const [key = ''] = store.entries.keys()
    store.entries.set(key, wrong)
    expect(await ask(store)).toBe(7)
    expect(measure).toHaveBeenCalledTimes(2)
    expect(store.entries.get(key)).toBe(7)
  })

  it('is measured every time where nothing can be kept', async () => {
    const { measure, ask } = asking()
    const refuse = async (): Promise<never> => Promise.reject(new Error('the disk is full'))
    const store = { where: 'here', read: refuse, write: refuse }
    expect([await ask(store), await ask(store), await ask(undefined)]).toEqual([7, 7, 7])
    expect(measure).toHaveBeenCalledTimes(3)
  })

  it('goes by the code that it was measured with', () => {
    expect(fingerprintOf(['a', 'b'])).toBe(fingerprintOf(['a', 'b']))
    expect(fingerprintOf(['a', 'b'])).not.toBe(fingerprintOf(['a', 'c']))
  })
})

describe('the kernel variant', () => {
  it('is the one that was kept, if there is still such a one', async () => {
    const store = memoryChoices()
    const measure = vi.fn(() => plainVariant)
    expect(await keptVariant(store, measure)).toBe(plainVariant)
    const [key = ''] = store.entries.keys()
    const other = kernelVariants[1]
    store.entries.set(key, { ...other })
    expect(await keptVariant(store, measure)).toBe(other)
    expect(measure).toHaveBeenCalledTimes(1)
    for (const wrong of [{ fma: true, rows: 7, columns: 16 }, { fma: true }, 'fast', []]) {
      store.entries.set(key, wrong)
      expect(await keptVariant(store, measure)).toBe(plainVariant)
      expect(store.entries.get(key)).toBe(plainVariant)
    }
  })
})

describe('the cache file', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'netloom-choices-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  it('keeps choices of several questions and machines', async () => {
    const file = join(folder, 'cache/choices.json')
    const { measure, ask } = asking()
    await ask(fileChoices(file, 'machine 1'))
    await ask(fileChoices(file, 'machine 2'))
    await ask(fileChoices(file, 'machine 1'), 'another device')
    expect(await ask(fileChoices(file, 'machine 1'))).toBe(7)
    expect(measure).toHaveBeenCalledTimes(3)
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toHaveLength(3)
  })

  it.each(['{ half a', '[1, 2]', ''])('is written anew where it holds %j', async (text) => {
    const file = join(folder, 'choices.json')
    writeFileSync(file, text)
    const { measure, ask } = asking()
    expect([await ask(fileChoices(file)), await ask(fileChoices(file))]).toEqual([7, 7])
    expect(measure).toHaveBeenCalledTimes(1)
  })

  it('is done without where it cannot be written', async () => {
    const { ask } = asking()
    expect(await ask(fileChoices('/proc/netloom/choices.json'))).toBe(7)
  })
})
