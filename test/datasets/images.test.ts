/** @file Images from disk: PNG and JPEG folders, IDX files, resizing, and files that are broken. */

import { gzipSync } from 'node:zlib'
import { encode as encodePng } from 'fast-png'
import { encode as encodeJpeg } from 'jpeg-js'
import { describe, expect, it } from 'vitest'
import { resize } from '../../engine/datasets/image'
import { openDataset } from '../../engine/datasets/open'
import { recognise } from '../../engine/datasets/recognise'
import { memoryFiles, samplesOf } from './memory-files'

const flat = (length: number, value: number) => new Uint8Array(length).fill(value)
const grey = (value: number, size = 4) => encodePng({ width: size, height: size, channels: 1, depth: 8, data: flat(size * size, value) })
const colour = (rgb: readonly number[], size = 4) =>
  encodePng({
    width: size,
    height: size,
    channels: 3,
    depth: 8,
    data: Uint8Array.from({ length: size * size * 3 }, (_, i) => rgb[i % 3] as number),
  })
const jpeg = (rgb: readonly number[], size = 8) => {
  const data = Uint8Array.from({ length: size * size * 4 }, (_, i) => (i % 4 === 3 ? 255 : (rgb[i % 4] as number)))
  return Uint8Array.from(encodeJpeg({ width: size, height: size, data }, 100).data)
}
const open = (files: Record<string, Uint8Array>, params: Record<string, string> = {}, imageSize?: number) =>
  openDataset({ kind: 'imageFolder', params }, { seed: 0, imageSize, files: memoryFiles('photos', files) })

describe('an image folder', () => {
  it('has a class a folder; grey images stay grey', async () => {
    const dataset = await open({ 'dark/a.png': grey(0), 'light/b.png': grey(255), 'light/c.PNG': grey(51), 'notes.txt': flat(3, 0) })
    expect(dataset.length).toBe(3)
    expect(dataset.fields).toMatchObject([{ shape: [1, 4, 4] }, { classes: 2, classNames: ['dark', 'light'] }])
    const { image, label } = await samplesOf(dataset, [2, 0])
    expect([...(label ?? [])]).toEqual([1, 0])
    expect(image?.[0]).toBeCloseTo(0.2, 6)
    expect(image?.[16]).toBe(0)
    // From the cache, at once.
    expect(dataset.read(Uint32Array.of(0), { image: new Float32Array(16), label: new Int32Array(1) }, 0)).toBeUndefined()
  })

  it('keeps colour, in planes, from PNG and JPEG', async () => {
    const dataset = await open({ 'a/1.png': colour([255, 0, 51], 8), 'b/2.jpg': jpeg([255, 0, 51]) })
    expect(dataset.fields[0]?.shape).toEqual([3, 8, 8])
    const { image } = await samplesOf(dataset, [0, 1])
    for (const sample of [0, 1])
      [1, 0, 0.2].forEach((value, c) => {
        expect(Math.abs((image?.[(sample * 3 + c) * 64 + 9] as number) - value)).toBeLessThan(0.02)
      })
  })

  it('reads depths of 1, 2, 4 and 16 bits, palettes and transparency', async () => {
    const dataset = await open({
      'a/16.png': encodePng({ width: 2, height: 1, channels: 1, depth: 16, data: Uint16Array.of(0, 65535) }),
      'a/alpha.png': encodePng({ width: 2, height: 1, channels: 2, depth: 8, data: Uint8Array.of(0, 0, 0, 255) }),
    })
    const { image } = await samplesOf(dataset, [0, 1])
    expect([...(image ?? [])]).toEqual([0, 1, 1, 0])
  })

  it('resizes to what is asked for', async () => {
    const dataset = await open({ 'a/1.png': grey(102, 9), 'b/2.png': grey(204, 5) }, {}, 6)
    expect(dataset.fields[0]?.shape).toEqual([1, 6, 6])
    const { image } = await samplesOf(dataset, [0, 1])
    expect(image?.[20]).toBeCloseTo(0.4, 2)
    expect(image?.[50]).toBeCloseTo(0.8, 2)
  })

  it('may come in two parts', async () => {
    const files = { 'train/a/1.png': grey(0), 'train/b/2.png': grey(9), 'val/b/3.png': grey(7) }
    expect(await recognise(memoryFiles('set', files))).toEqual({
      source: { kind: 'imageFolder', params: { path: 'set', part: 'train' } },
      validation: { kind: 'imageFolder', params: { path: 'set', part: 'test' } },
    })
    const train = await open(files, { part: 'train' })
    const test = await openDataset(
      { kind: 'imageFolder', params: { part: 'test' } },
      { seed: 0, files: memoryFiles('set', files), like: train.fields },
    )
    expect([...((await samplesOf(test, [0])).label ?? [])]).toEqual([1])
  })

  it('names a corrupt file', async () => {
    const broken = grey(3).slice(0, 40)
    const dataset = await open({ 'a/1.png': grey(0), 'b/broken.png': broken, 'b/fake.jpg': flat(100, 7) }, { channels: 'grey' })
    for (const index of [1, 2])
      await expect(samplesOf(dataset, [index])).rejects.toMatchObject({
        diagnostics: [{ code: 'data.image', file: index === 1 ? 'b/broken.png' : 'b/fake.jpg' }],
      })
    await expect(samplesOf(dataset, [2])).rejects.toMatchObject({
      diagnostics: [{ values: { detail: { en: 'neither PNG nor JPEG', zh: '既不是 PNG 也不是 JPEG' } } }],
    })
    await expect(open({ 'readme.md': flat(1, 1) })).rejects.toMatchObject({ diagnostics: [{ code: 'data.no-classes' }] })
  })
})

describe('resizing', () => {
  it('keeps constants, and means when shrinking', () => {
    expect([...resize(new Float32Array(9).fill(0.5), [1, 3, 3], 7, 5)].every((value) => Math.abs(value - 0.5) < 1e-6)).toBe(true)
    const ramp = Float32Array.from({ length: 64 }, (_, i) => i % 8)
    const small = resize(ramp, [1, 8, 8], 4, 4)
    expect(small.reduce((sum, value) => sum + value, 0) / 16).toBeCloseTo(3.5, 4)
    const checks = Float32Array.from({ length: 64 }, (_, i) => (i + (i >> 3)) % 2)
    for (const value of resize(checks, [1, 8, 8], 2, 2)) expect(value).toBeCloseTo(0.5, 1)
  })
})

function idx(extents: readonly number[], data: Uint8Array, type = 8): Uint8Array {
  const header = new Uint8Array(4 + 4 * extents.length)
  header.set([0, 0, type, extents.length])
  extents.forEach((extent, i) => {
    new DataView(header.buffer).setUint32(4 + 4 * i, extent)
  })
  return Uint8Array.from([...header, ...data])
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes.at(at) as number) ^ 1)

describe('IDX files', () => {
  const images = idx([3, 2, 2], Uint8Array.from([0, 51, 102, 153, 1, 1, 1, 1, 255, 255, 255, 255]))
  const labels = idx([3], Uint8Array.of(1, 0, 2))
  const pair = { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels }
  const openIdx = (files: Record<string, Uint8Array>, params: Record<string, string> = {}, imageSize?: number) =>
    openDataset({ kind: 'idx', params }, { seed: 0, imageSize, files: memoryFiles('mnist', files) })

  it.each([
    ['plain', pair],
    ['gzipped', { 'train-images-idx3-ubyte.gz': gzipSync(images), 'train-labels-idx1-ubyte.gz': gzipSync(labels) }],
  ])('%s', async (_, files) => {
    const dataset = await openIdx(files)
    expect([dataset.length, dataset.fields[0]?.shape, dataset.fields[1]?.classes]).toEqual([3, [1, 2, 2], 3])
    const { image, label } = await samplesOf(dataset, [2, 0])
    expect([...(label ?? [])]).toEqual([2, 1])
    expect([...(image ?? [])].map((value) => Math.round(value * 255))).toEqual([255, 255, 255, 255, 0, 51, 102, 153])
  })

  it('are recognised with their test pair, and resized', async () => {
    const both = { ...pair, 't10k-images-idx3-ubyte': images, 't10k-labels-idx1-ubyte': labels }
    expect(await recognise(memoryFiles('mnist', both))).toEqual({
      source: { kind: 'idx', params: { path: 'mnist', part: 'train' } },
      validation: { kind: 'idx', params: { path: 'mnist', part: 'test' } },
    })
    expect((await openIdx(both, { part: 'test' }, 4)).fields[0]?.shape).toEqual([1, 4, 4])
  })

  it.each([
    ['cut short', { ...pair, 'train-images-idx3-ubyte': images.slice(0, 20) }, 'data.idx'],
    ['of another type', { ...pair, 'train-images-idx3-ubyte': idx([3, 2, 2], flat(12, 0), 13) }, 'data.idx'],
    ['that do not belong together', { ...pair, 'train-labels-idx1-ubyte': idx([2], flat(2, 0)) }, 'data.idx'],
    ['with a broken archive', { 'train-images-idx3-ubyte.gz': flat(50, 7), 'train-labels-idx1-ubyte': labels }, 'data.idx'],
    [
      'with a wrong sum in the archive',
      { 'train-images-idx3-ubyte.gz': flipped(gzipSync(images), -6), 'train-labels-idx1-ubyte': labels },
      'data.idx',
    ],
    [
      'with an archive cut short',
      { 'train-images-idx3-ubyte.gz': gzipSync(images).slice(0, -9), 'train-labels-idx1-ubyte': labels },
      'data.idx',
    ],
    ['without labels', { 'train-images-idx3-ubyte': images }, 'data.missing'],
  ])('%s', async (_, files, code) => {
    const detail = { en: expect.stringMatching(/[a-z]/), zh: expect.stringMatching(/\p{Script=Han}/u) }
    await expect(openIdx(files)).rejects.toMatchObject({ diagnostics: [{ code, ...(code === 'data.idx' && { values: { detail } }) }] })
  })
})

it('what is none of these is said to be so', async () => {
  await expect(recognise(memoryFiles('stuff', { 'a.doc': flat(3, 3) }))).rejects.toMatchObject({
    diagnostics: [{ code: 'data.unrecognised' }],
  })
  expect(await recognise(memoryFiles('t.csv', { 't.csv': '1,2' }))).toEqual({ source: { kind: 'csv', params: { path: 't.csv' } } })
})
