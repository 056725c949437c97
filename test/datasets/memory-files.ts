/** @file Files that exist only in memory, and samples read in one go. */
import { sizeOf, type TensorData } from '../../engine/core/tensor'
import type { Dataset, FileSource } from '../../engine/datasets/dataset'

export function memoryFiles(name: string, files: Readonly<Record<string, string | Uint8Array>>): FileSource {
  const bytes = new Map(
    Object.entries(files).map(([path, data]) => [path, typeof data === 'string' ? new TextEncoder().encode(data) : data]),
  )
  return {
    name,
    list: async () => [...bytes].map(([path, data]) => ({ path, size: data.length })),
    read: async (path, start = 0, end) => {
      const data = bytes.get(path)
      if (!data) throw new Error(`no file ${path}`)
      return data.slice(start, end)
    },
  }
}

export async function samplesOf(dataset: Dataset, indices: readonly number[], epoch = 0): Promise<Record<string, TensorData>> {
  const out = Object.fromEntries(
    dataset.fields.map(({ name, dtype, shape }) => {
      const length = indices.length * sizeOf(shape)
      return [name, dtype === 'f32' ? new Float32Array(length) : new Int32Array(length)]
    }),
  )
  await dataset.read(Uint32Array.from(indices), out, epoch)
  return out
}
