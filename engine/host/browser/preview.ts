/** @file A few samples of a data set, to be looked at. In: a source and the files it names. Out: fields, length, samples spread over the whole set. */
import { sizeOf, type TensorData } from '../../core/tensor'
import { augment, augmentationFor } from '../../datasets/augment'
import type { FindFiles } from '../../datasets/prepare'
import { openSource } from '../../datasets/prepare'
import { spread } from '../../datasets/spread'
import type { ChoiceOf } from '../../document/schema'
import type { DataPreview, PreviewOptions } from '../../protocol/messages'

export async function previewOf(
  source: ChoiceOf,
  findFiles: FindFiles,
  { seed, count, imageSize, augmentation, epoch = 0 }: PreviewOptions,
): Promise<DataPreview> {
  const opened = await openSource(source, findFiles, { seed, imageSize })
  try {
    const { fields, length } = opened
    const dataset = augmentation ? augment(opened, augmentationFor(fields, augmentation), seed) : opened
    const indices = spread(length, count, seed)
    const shown = indices.length
    const out: Record<string, TensorData> = Object.fromEntries(
      fields.map(({ name, dtype, shape }) => [
        name,
        dtype === 'f32' ? new Float32Array(shown * sizeOf(shape)) : new Int32Array(shown * sizeOf(shape)),
      ]),
    )
    await dataset.read(indices, out, epoch)
    const samples = Array.from({ length: shown }, (_, i) =>
      Object.fromEntries(
        fields.map(({ name, shape }) => [name, (out[name] as TensorData).slice(i * sizeOf(shape), (i + 1) * sizeOf(shape))]),
      ),
    )
    return { fields, length, samples }
  } finally {
    opened.dispose?.()
  }
}
