/**
 * @file Images changed at random, so that a network sees more than there is (notes 002 §9): flips, crops, changes of brightness, contrast, saturation
 * and hue. In: a data set and what may change. Out: a data set whose images are other ones in every epoch. The seed, the epoch and the number
 * of the sample decide what becomes of it, so that whichever thread reads it gets the same bits.
 */
import { DiagnosedError, diagnosedError } from '../core/diagnostics'
import { keyOf, Random } from '../core/random'
import { sizeOf, type TensorData } from '../core/tensor'
import { type Augmentation, augmentationSpecs } from '../document/augmentation-specs'
import type { DataSettings } from '../document/schema'
import { completeParams, problemValues } from '../layers/kit/validate'
import { adjustContrast, adjustSaturation, multiplied, rotateHue } from './colour'
import type { Dataset, Field } from './dataset'
import { cropped, flipped } from './image'

/** Attempts at a part that fits; then the image stays whole. */
const TRIES = 10

type Image = Field & { readonly shape: readonly [number, number, number] }

const isImage = (field: Field): field is Image =>
  field.role === 'input' && field.display === 'image' && field.dtype === 'f32' && field.shape.length === 3

/** All values; a `DiagnosedError` where one is out of its range or the data has no such images. */
export function augmentationFor(fields: readonly Field[], given: NonNullable<DataSettings['augmentation']>): Augmentation {
  const { params, problems } = completeParams(augmentationSpecs, given)
  if (problems.length > 0)
    throw new DiagnosedError(
      problems.map((problem) => ({ code: 'param.invalid', severity: 'error', param: problem.param, values: problemValues(problem) })),
    )
  const images = fields.filter(isImage)
  if (images.length === 0) throw diagnosedError('data.augment.images', { got: fields.map(({ name }) => name).join(', ') })
  const grey = images.find(({ shape: [channels] }) => channels !== 3)
  if (grey && params.saturation + params.hue > 0) throw diagnosedError('data.augment.grey', { got: grey.name, channels: grey.shape[0] })
  return params
}

export function augment(dataset: Dataset, settings: Augmentation, seed: number): Dataset {
  const images = dataset.fields.filter(isImage)
  const apply = (indices: Uint32Array, out: Readonly<Record<string, TensorData>>, epoch: number) => {
    for (const { name, shape } of images) {
      const data = out[name]
      if (!(data instanceof Float32Array)) continue
      const size = sizeOf(shape)
      indices.forEach((index, i) => {
        const random = new Random(keyOf(seed, `augmentation ${epoch} ${index}`))
        const pixels = data.subarray(i * size, (i + 1) * size)
        pixels.set(changed(pixels, shape, settings, random))
      })
    }
  }
  return {
    fields: dataset.fields,
    length: dataset.length,
    read(indices, out, epoch) {
      const fetching = dataset.read(indices, out, epoch)
      if (fetching) return fetching.then(() => apply(indices, out, epoch))
      apply(indices, out, epoch)
    },
    dispose: () => dataset.dispose?.(),
  }
}

function changed(pixels: Float32Array, shape: Image['shape'], settings: Augmentation, random: Random): Float32Array {
  const { brightness, contrast, saturation, hue } = settings
  const [flipX, flipY] = [random.uniform() < settings.flipHorizontal, random.uniform() < settings.flipVertical]
  const factor = (most: number) => random.uniform(1 - most, 1 + most)
  const [bright, distinct, coloured, turned] = [factor(brightness), factor(contrast), factor(saturation), random.uniform(-hue, hue)]
  // Colours leave the range that images have by nature no more than they do.
  const most = pixels.reduce((a, x) => Math.max(a, x), 1)
  const limited = (image: Float32Array) => image.map((x) => Math.min(most, Math.max(0, x)))
  let image = flipX || flipY ? flipped(pixels, shape, flipX, flipY) : pixels
  if (settings.cropArea < 1) image = cropped(image, shape, partOf(shape, settings, random))
  if (brightness > 0) image = limited(multiplied(image, bright))
  if (contrast > 0) image = limited(adjustContrast(image, shape[0], distinct))
  if (saturation > 0) image = limited(adjustSaturation(image, coloured))
  if (hue > 0) image = rotateHue(image, turned)
  return image
}

export interface Part {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/** Shares of the area are uniform, aspects uniform in their logarithm, so that wide parts are as frequent as tall ones. */
function partOf([, height, width]: Image['shape'], { cropArea, cropAspect }: Augmentation, random: Random): Part {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const area = height * width * random.uniform(cropArea, 1)
    const aspect = Math.exp(random.uniform(-Math.log(cropAspect), Math.log(cropAspect)))
    const part = { height: Math.max(1, Math.round(Math.sqrt(area / aspect))), width: Math.max(1, Math.round(Math.sqrt(area * aspect))) }
    if (part.height <= height && part.width <= width)
      return { ...part, top: random.below(height - part.height + 1), left: random.below(width - part.width + 1) }
  }
  return { top: 0, left: 0, height, width }
}
