/** @file The data sets that are made on demand: seeded, endless where they say so, and learnable. */
import { describe, expect, it } from 'vitest'
import { openColumns } from '../../engine/datasets/columns/open'
import { openDataset } from '../../engine/datasets/open'
import { datasets } from '../../engine/datasets/registry'
import { samplesOf } from './memory-files'

const some = Array.from({ length: 200 }, (_, i) => i)

describe('the registry', () => {
  it('finds every source', () => {
    expect([...datasets.keys()].sort()).toEqual(['csv', 'digits', 'idx', 'imageFolder', 'points2d', 'story', 'textFile', 'weather'])
  })
  it('diagnoses unknown kinds, settings and missing files', async () => {
    await expect(openDataset({ kind: 'mnist', params: {} }, { seed: 0 })).rejects.toMatchObject({ diagnostics: [{ code: 'data.unknown' }] })
    await expect(openDataset({ kind: 'digits', params: { samples: 1 } }, { seed: 0 })).rejects.toMatchObject({
      diagnostics: [{ code: 'param.invalid', param: 'samples' }],
    })
    await expect(openDataset({ kind: 'csv', params: {} }, { seed: 0 })).rejects.toMatchObject({ diagnostics: [{ code: 'data.missing' }] })
  })
})

describe('digits', () => {
  const open = (seed = 0, imageSize?: number) => openDataset({ kind: 'digits', params: {} }, { seed, imageSize })

  it('are the same for the same seed, epoch and index, and new in every epoch', async () => {
    const dataset = await open()
    const first = await samplesOf(dataset, some)
    expect(await samplesOf(await open(), some)).toEqual(first)
    expect((await samplesOf(dataset, [7])).image).toEqual(first.image?.slice(7 * 784, 8 * 784))
    expect((await samplesOf(dataset, some, 1)).image).not.toEqual(first.image)
    expect((await samplesOf(await open(1), some)).image).not.toEqual(first.image)
  })

  it('are ink between 0 and 1, all ten of them, inside the image', async () => {
    const { image = new Float32Array(), label } = await samplesOf(await open(), some)
    const values = Array.from(image)
    expect(new Set(label)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
    expect(values.reduce((least, value) => Math.min(least, value))).toBe(0)
    expect(values.reduce((most, value) => Math.max(most, value))).toBeGreaterThan(0.9)
    for (let i = 0; i < some.length; i++) {
      const ink = values.slice(i * 784, (i + 1) * 784).reduce((sum, value) => sum + value, 0)
      expect(ink).toBeGreaterThan(15)
      expect(ink).toBeLessThan(300)
    }
  })

  it('can be drawn at any size', async () => {
    const dataset = await open(0, 16)
    expect(dataset.fields[0]?.shape).toEqual([1, 16, 16])
    expect(Math.max(...((await samplesOf(dataset, [3])).image ?? []))).toBeGreaterThan(0.5)
  })

  it('can be told apart, but not trivially: nearest class mean gets some right and some wrong', async () => {
    const dataset = await open()
    const [train, test] = [
      await samplesOf(
        dataset,
        Array.from({ length: 2000 }, (_, i) => i),
      ),
      await samplesOf(dataset, some, 1),
    ]
    const means = Array.from({ length: 10 }, () => new Float64Array(784))
    const counts = new Float64Array(10)
    train.label?.forEach((digit, i) => {
      counts[digit] = (counts[digit] as number) + 1
      for (let k = 0; k < 784; k++)
        (means[digit] as Float64Array)[k] = ((means[digit] as Float64Array)[k] as number) + (train.image?.[i * 784 + k] as number)
    })
    let right = 0
    test.label?.forEach((digit, i) => {
      const distance = (d: number) => {
        let sum = 0
        for (let k = 0; k < 784; k++)
          sum += (((means[d] as Float64Array)[k] as number) / (counts[d] as number) - (test.image?.[i * 784 + k] as number)) ** 2
        return sum
      }
      const guess = Array.from({ length: 10 }, (_, d) => d).reduce((best, d) => (distance(d) < distance(best) ? d : best), 0)
      if (guess === digit) right++
    })
    expect(right / some.length).toBeGreaterThan(0.4)
    expect(right / some.length).toBeLessThan(0.9)
  })
})

describe('points2d', () => {
  const open = (params: Record<string, string | number>) => openDataset({ kind: 'points2d', params }, { seed: 3 })

  it('without noise is exactly XOR', async () => {
    const { features, label } = await samplesOf(await open({ pattern: 'xor', noise: 0 }), [0, 1, 2, 3])
    expect([...(features ?? [])]).toEqual([0, 0, 0, 1, 1, 1, 1, 0])
    expect([...(label ?? [])]).toEqual([0, 1, 0, 1])
  })

  it.each(['xor', 'spirals', 'moons', 'circles'])('%s is balanced, bounded and seeded', async (pattern) => {
    const dataset = await open({ pattern, noise: 0.02 })
    const { features, label } = await samplesOf(dataset, some)
    expect(Array.from(label ?? []).filter((value) => value === 1)).toHaveLength(100)
    for (const value of features ?? []) expect(Math.abs(value)).toBeLessThan(1.3)
    expect(await samplesOf(await open({ pattern, noise: 0.02 }), some)).toEqual({ features, label })
  })

  it('circles have the radii 1 and ½', async () => {
    const { features, label } = await samplesOf(await open({ pattern: 'circles', noise: 0 }), some)
    label?.forEach((value, i) => {
      expect(Math.hypot(features?.[2 * i] as number, features?.[2 * i + 1] as number)).toBeCloseTo(value === 0 ? 1 : 0.5, 5)
    })
  })

  it('can give the class as a number', async () => {
    const dataset = await open({ target: 'number', noise: 0 })
    expect(dataset.fields[1]).toMatchObject({ name: 'target', dtype: 'f32', shape: [1] })
    expect([...((await samplesOf(dataset, [0, 1])).target ?? [])]).toEqual([0, 1])
  })
})

describe('weather', () => {
  const open = (samples = 300, seed = 0) => openDataset({ kind: 'weather', params: { samples } }, { seed })

  it('is one-hot in four groups, the same for the same seed and day', async () => {
    const dataset = await open()
    expect(dataset.fields).toMatchObject([
      { name: 'features', shape: [10] },
      { name: 'label', classNames: ['no', 'yes'] },
    ])
    const { features = [], label = [] } = await samplesOf(dataset, some)
    for (let day = 0; day < some.length; day++)
      for (const [from, to] of [
        [0, 3],
        [3, 6],
        [6, 8],
        [8, 10],
      ] as const)
        expect([...features.slice(day * 10 + from, day * 10 + to)].sort().at(-1)).toBe(1)
    expect([...features].reduce((sum, value) => sum + value, 0)).toBe(4 * some.length)
    expect(new Set(label)).toEqual(new Set([0, 1]))
    expect(await samplesOf(await open(), [7])).toEqual(await samplesOf(dataset, [7]))
    expect(await samplesOf(await open(300, 1), some)).not.toEqual({ features, label })
  })

  it('says the same as columns and as samples', async () => {
    const table = await openColumns({ kind: 'weather', params: { samples: 50 } }, () => undefined, 3)
    const days = Array.from({ length: 50 }, (_, day) => day)
    const { features = [], label = [] } = await samplesOf(await open(50, 3), days)
    let from = 0
    for (const { name, categories } of table.columns) {
      if (!categories) throw new Error(`${name} has no categories`)
      for (const day of days)
        if (name === 'play') expect(categories.codes[day]).toBe(label[day])
        else expect(features[day * 10 + from + (categories.codes[day] ?? 0)]).toBe(1)
      from += categories.names.length
    }
  })
})
