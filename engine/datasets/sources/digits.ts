/**
 * @file Hand-drawn-like digits, drawn on demand from strokes of our own: offline, seeded and endless.
 * In: seed, size and samples an epoch. Out: grey images in [0, 1] with their digit; the same (seed, epoch, index) is the same image.
 */
import { hash32, keyOf, Random } from '../../core/random'
import { int } from '../../layers/kit/params'
import { defineDataset } from '../dataset'
import { drawGlyph } from '../digits/draw'
import { type Glyph, glyphs } from '../digits/strokes'

export default defineDataset({
  kind: 'digits',
  title: { en: 'Drawn digits', zh: '手绘数字' },
  summary: {
    en: 'Digits 0 to 9 drawn from strokes with a trembling hand: fresh 28×28 images in every epoch, without end.',
    zh: '用略带抖动的笔画绘制的数字 0 到 9：每一轮都是全新的 28×28 图像，永不重复。',
  },
  onDisk: false,
  params: {
    samples: int({
      label: { en: 'Samples an epoch', zh: '每轮样本数' },
      help: { en: 'How many images one epoch has; every epoch draws new ones.', zh: '每一轮的图像数；每一轮都会重新绘制。' },
      default: 10_000,
      min: 20,
      max: 1_000_000,
    }),
    size: int({
      label: { en: 'Image size', zh: '图像大小' },
      help: { en: 'Height and width of the images in pixels.', zh: '图像的高和宽，以像素计。' },
      default: 28,
      min: 8,
      max: 256,
      advanced: true,
    }),
  },
  open: async (params, { seed, imageSize }) => {
    const size = imageSize ?? params.size
    const pixels = size * size
    const key = keyOf(seed, 'digits')
    return {
      fields: [
        { name: 'image', dtype: 'f32', shape: [1, size, size], role: 'input', display: 'image' },
        {
          name: 'label',
          dtype: 'i32',
          shape: [],
          role: 'target',
          classes: glyphs.length,
          classNames: glyphs.map((_, digit) => String(digit)),
          display: 'text',
        },
      ],
      length: params.samples,
      read(indices, out, epoch) {
        const { image, label } = out
        const epochKey = hash32(key, epoch)
        for (let i = 0; i < indices.length; i++) {
          const random = new Random(hash32(epochKey, indices[i] as number))
          const digit = random.below(glyphs.length)
          const variants = glyphs[digit] as readonly Glyph[]
          const glyph = variants[random.below(variants.length)] as Glyph
          if (label) label[i] = digit
          if (image instanceof Float32Array) drawGlyph(glyph, random, size, image, i * pixels)
        }
      },
    }
  },
})
