/** @file Image augmentation (C7): each change against its formula or another implementation, the same bits for the same seed, and only in training. */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { augment, augmentationFor } from '../../engine/datasets/augment'
import { adjustContrast, adjustSaturation, rotateHue } from '../../engine/datasets/colour'
import type { Dataset, Field } from '../../engine/datasets/dataset'
import { cropped, flipped } from '../../engine/datasets/image'
import { openRecipe, prepareData } from '../../engine/datasets/prepare'
import { type Augmentation, augmentationSpecs } from '../../engine/document/augmentation-specs'
import { previewOf } from '../../engine/host/browser/preview'
import { completeParams } from '../../engine/layers/kit/validate'
import { expectAllClose } from '../support/allclose'
import { askPython, describeWithTorch } from '../support/torch'

const [H, W] = [6, 5]
const pixels = (channels: number): Float32Array => Float32Array.from({ length: channels * H * W }, (_, i) => 0.5 + 0.5 * Math.sin(5 * i))

const field = (channels: number): Field => ({ name: 'image', dtype: 'f32', shape: [channels, H, W], role: 'input', display: 'image' })

const datasetOf = (channels: number): Dataset => ({
  fields: [field(channels)],
  length: 50,
  read: (indices, out) => {
    for (const i of indices.keys()) (out.image as Float32Array).set(pixels(channels), i * channels * H * W)
  },
})

const off: Augmentation = { ...completeParams(augmentationSpecs, {}).params, flipHorizontal: 0 }

/** The images of the first samples in an epoch. */
function read(settings: Partial<Augmentation>, { channels = 3, count = 40, epoch = 0, seed = 1 } = {}): Float32Array[] {
  const size = channels * H * W
  const out = { image: new Float32Array(count * size) }
  const indices = Uint32Array.from({ length: count }, (_, i) => i)
  void augment(datasetOf(channels), { ...off, ...settings }, seed).read(indices, out, epoch)
  return Array.from({ length: count }, (_, i) => out.image.slice(i * size, (i + 1) * size))
}

const at = (image: Float32Array, c: number, y: number, x: number): number => image[(c * H + y) * W + x] as number
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length

describe('augmentation (C7)', () => {
  it('flips with the probability given', () => {
    const image = pixels(3)
    const mirrored = flipped(image, [3, H, W], true, false)
    const turned = flipped(image, [3, H, W], false, true)
    for (let c = 0; c < 3; c++)
      for (let y = 0; y < H; y++)
        for (let x = 0; x < W; x++) {
          expect(at(mirrored, c, y, x)).toBe(at(image, c, y, W - 1 - x))
          expect(at(turned, c, y, x)).toBe(at(image, c, H - 1 - y, x))
        }
    for (const flipped of read({ flipHorizontal: 1 })) expect(flipped).toEqual(mirrored)
    const some = Array.from({ length: 10 }, (_, epoch) => read({ flipHorizontal: 0.3 }, { epoch })).flat()
    const share = some.filter((one) => one[0] === mirrored[0]).length / some.length
    // 400 draws: a deviation of 0.023.
    expect(Math.abs(share - 0.3)).toBeLessThan(0.09)
    for (const same of read({})) expect(same).toEqual(image)
  })

  it('crops a part of the area and the aspect asked for, and resizes it bilinearly', () => {
    const image = pixels(1)
    const part = { top: 1, left: 2, height: 3, width: 2 }
    const big = cropped(image, [1, H, W], part)
    const bilinear = (y: number, x: number): number => {
      const place = (to: number, from: number, of: number) => Math.min(of - 1, Math.max(0, ((to + 0.5) * of) / from - 0.5))
      const [v, u] = [place(y, H, part.height), place(x, W, part.width)]
      const [top, left] = [Math.floor(v), Math.floor(u)]
      const [dy, dx] = [v - top, u - left]
      const pixel = (row: number, column: number) =>
        at(image, 0, part.top + Math.min(part.height - 1, row), part.left + Math.min(part.width - 1, column))
      return (
        (1 - dy) * ((1 - dx) * pixel(top, left) + dx * pixel(top, left + 1)) +
        dy * ((1 - dx) * pixel(top + 1, left) + dx * pixel(top + 1, left + 1))
      )
    }
    const expected = Array.from({ length: H * W }, (_, i) => bilinear(Math.floor(i / W), i % W))
    expectAllClose([...big], expected, 1e-6)
    const different = new Set(read({ cropArea: 0.1 }, { channels: 1 }).map((one) => one.join()))
    expect(different.size).toBeGreaterThan(30)
    // A ramp along x shows how wide the part was.
    const ramp: Dataset = {
      fields: [{ ...field(1), shape: [1, 64, 64] }],
      length: 300,
      read: (indices, out) => {
        indices.forEach((_, i) => {
          for (let p = 0; p < 4096; p++) (out.image as Float32Array)[i * 4096 + p] = (p % 64) / 64
        })
      },
    }
    const out = { image: new Float32Array(300 * 4096) }
    void augment(ramp, { ...off, cropArea: 0.25, cropAspect: 2 }, 5).read(
      Uint32Array.from({ length: 300 }, (_, i) => i),
      out,
      0,
    )
    const widths = Array.from({ length: 300 }, (_, i) => {
      const row = out.image.subarray(i * 4096, i * 4096 + 64)
      return ((row[40] as number) - (row[20] as number)) / (20 / 64)
    })
    // Area between 1/4 and 1, aspect between 1/2 and 2: width between √(1/4 · 1/2) and 1.
    expect(Math.min(...widths)).toBeGreaterThan(Math.sqrt(1 / 8) - 0.02)
    expect(Math.max(...widths)).toBeLessThan(1.001)
    expect(Math.min(...widths)).toBeLessThan(0.5)
    expect(Math.max(...widths)).toBeGreaterThan(0.85)
  })

  it('brightness multiplies, contrast moves away from the mean grey, saturation from the grey of each pixel', () => {
    const image = pixels(3)
    for (const bright of read({ brightness: 0.4 })) {
      const dark = image.findIndex((x) => x > 0.3 && x < 0.5)
      const factor = (bright[dark] as number) / (image[dark] as number)
      expect(Math.abs(factor - 1)).toBeLessThanOrEqual(0.4001)
      bright.forEach((x, i) => {
        expect(x).toBeCloseTo(Math.min(1, factor * (image[i] as number)), 5)
      })
    }
    const luma = (y: number, x: number) => 0.299 * at(image, 0, y, x) + 0.587 * at(image, 1, y, x) + 0.114 * at(image, 2, y, x)
    const greys = Array.from({ length: H * W }, (_, i) => luma(Math.floor(i / W), i % W))
    const flat = adjustContrast(image, 3, 0)
    for (const x of flat) expect(x).toBeCloseTo(mean(greys), 5)
    expectAllClose(
      [...adjustContrast(image, 3, 1.5)],
      [...image].map((x) => 1.5 * x - 0.5 * mean(greys)),
      1e-5,
    )
    expectAllClose([...adjustSaturation(image, 0)], [...greys, ...greys, ...greys], 1e-5)
    expectAllClose(
      [...adjustSaturation(image, 0.3)],
      [...image].map((x, i) => 0.3 * x + 0.7 * (greys[i % (H * W)] as number)),
      1e-5,
    )
    // Grey images have a contrast too.
    const grey = pixels(1)
    expectAllClose(
      [...adjustContrast(grey, 1, 2)],
      [...grey].map((x) => 2 * x - mean(grey)),
      1e-5,
    )
  })

  describeWithTorch('hue beside Python’s colour library', () => {
    it.each([0.1, -0.3, 0.5, 0])('turned by %d of the circle', (turn) => {
      const image = pixels(3)
      const expected = askPython<number[]>(
        {
          code: `
import colorsys, json, sys
ask = json.load(sys.stdin)
n = len(ask['image']) // 3
rgb = [ask['image'][c * n:(c + 1) * n] for c in range(3)]
out = []
for r, g, b in zip(*rgb):
    h, s, v = colorsys.rgb_to_hsv(r, g, b)
    out.append(colorsys.hsv_to_rgb((h + ask['turn']) % 1.0, s, v))
json.dump([p[c] for c in range(3) for p in out], sys.stdout)
`,
        },
        { image: [...image], turn },
      )
      expectAllClose([...rotateHue(image, turn)], expected, 1e-5)
    })
  })

  it('keeps values in the range of images, though not below that of the image itself', () => {
    const all = read({ brightness: 1, contrast: 1, saturation: 1, hue: 0.5 })
    for (const image of all) {
      expect(Math.min(...image)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...image)).toBeLessThanOrEqual(1)
    }
  })

  it('gives the same bits for the same seed and epoch, others for others', () => {
    const settings = { flipHorizontal: 0.5, cropArea: 0.2, brightness: 0.3, hue: 0.2 }
    expect(read(settings)).toEqual(read(settings))
    expect(read(settings, { epoch: 1 })).not.toEqual(read(settings))
    expect(read(settings, { seed: 2 })).not.toEqual(read(settings))
  })

  it('is seen by training alone: not by validation, statistics or evaluation; another thread reads the same', async () => {
    const documentOf = (augmentation?: Partial<Augmentation>) => {
      const g = graph('augmented', {
        data: { source: { kind: 'digits', params: { samples: 60 } }, standardize: true, ...(augmentation && { augmentation }) },
        training: { batchSize: 8, validationSplit: 0.2 },
      })
      g.classify(g.flatten(g.input('image', [1, 28, 28])), 10)
      return g.document()
    }
    const plain = await prepareData(documentOf(), () => undefined)
    const changed = await prepareData(documentOf({ cropArea: 0.3, brightness: 0.5 }), () => undefined)
    expect(plain.augmented).toBeUndefined()
    expect(changed.document.data.statistics).toEqual(plain.document.data.statistics)
    const first = async ({ dataset, indices }: { dataset: Dataset; indices: Uint32Array }) => {
      const out = { image: new Float32Array(4 * 784), label: new Int32Array(4) }
      await dataset.read(indices.subarray(0, 4), out, 2)
      return out.image
    }
    const validation = (data: typeof plain) => data.validation as NonNullable<typeof plain.validation>
    expect(await first(validation(changed))).toEqual(await first(validation(plain)))
    expect(await first(changed.training)).toEqual(await first(plain.training))
    const seen = await first(changed.augmented ?? changed.training)
    expect(seen).not.toEqual(await first(plain.training))
    const elsewhere = await openRecipe(changed.recipe, () => undefined)
    expect(await first({ dataset: elsewhere, indices: changed.training.indices })).toEqual(seen)
  })

  it('can be looked at before training', async () => {
    const source = { kind: 'digits', params: { samples: 20 } }
    const preview = (more: object) => previewOf(source, () => undefined, { seed: 0, count: 4, ...more })
    const plain = await preview({})
    const changed = await preview({ augmentation: { cropArea: 0.2 } })
    expect(changed.samples[0]?.image).not.toEqual(plain.samples[0]?.image)
    expect(await preview({ augmentation: { cropArea: 0.2 } })).toEqual(changed)
  })

  const wrong: readonly [string, Partial<Augmentation>, readonly Field[], string][] = [
    ['a probability above 1', { flipVertical: 1.5 }, [field(3)], 'param.invalid'],
    ['less than a tenth of the area', { cropArea: 0.05 }, [field(3)], 'param.invalid'],
    ['a hue beyond half the circle', { hue: 0.6 }, [field(3)], 'param.invalid'],
    ['hue of grey images', { hue: 0.1 }, [field(1)], 'data.augment.grey'],
    ['a table', {}, [{ name: 'features', dtype: 'f32', shape: [4], role: 'input', display: 'table' }], 'data.augment.images'],
  ]
  it.each(wrong)('%s is told', (_what, given, fields, code) => {
    expect(() => augmentationFor(fields, given)).toThrow(expect.objectContaining({ diagnostics: [expect.objectContaining({ code })] }))
  })
})
