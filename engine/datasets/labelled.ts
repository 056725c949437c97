/**
 * @file Data of which only a share has labels, for semi-supervised learning (notes 004). In: a data set and that share. Out: the same samples with
 * two more fields, `labelled` and `unlabelled`, 1 and 0 or 0 and 1: masks that tell a loss which samples may teach it by their label. A sample
 * keeps its lot: the seed and its number decide.
 */
import { hash32, keyOf, toUnit } from '../core/random'
import type { TensorData } from '../core/tensor'
import type { Dataset, Field } from './dataset'

const mask = (name: string): Field => ({ name, dtype: 'f32', shape: [], role: 'input', display: 'table' })

/** Names of the fields that tell. */
export const masks: readonly string[] = ['labelled', 'unlabelled']

export function withLabelledShare(dataset: Dataset, share: number, seed: number): Dataset {
  const key = keyOf(seed, 'labelled')
  const fill = (indices: Uint32Array, { labelled, unlabelled }: Readonly<Record<string, TensorData>>) => {
    indices.forEach((index, i) => {
      const is = Number(toUnit(hash32(key, index)) < share)
      if (labelled) labelled[i] = is
      if (unlabelled) unlabelled[i] = 1 - is
    })
  }
  return {
    ...dataset,
    fields: [...dataset.fields, ...masks.map(mask)],
    read(indices, out, epoch) {
      fill(indices, out)
      return dataset.read(indices, out, epoch)
    },
    dispose: () => dataset.dispose?.(),
  }
}
