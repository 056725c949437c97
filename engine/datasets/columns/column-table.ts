/**
 * @file A data set as a table of columns, for whoever counts instead of trains. In: a data set's fields and samples. Out: a column for every class,
 * for every number of a row, and for text the token at each place with the one that follows. Pixels are no columns.
 */
import { InternalError } from '../../core/diagnostics'
import { sizeOf, type TensorData } from '../../core/tensor'
import type { Dataset, Field } from '../dataset'
import { type Column, type ColumnTable, columnOfNumbers, MOST_CATEGORIES } from './column'

const BATCH = 4096

/** Values of one column, of as many rows as there are samples and places. */
interface Reader {
  readonly field: Field
  readonly name: string
  /** Where in a sample its values begin, and how many there are of it. */
  readonly from: number
  readonly count: number
  readonly values: Float64Array
}

export async function columnsOf(dataset: Dataset): Promise<ColumnTable> {
  const { fields, length, contiguous } = dataset
  const places = fields.find((field) => field.role === 'target' && isSequence(field))?.shape[0]
  const readers = fields.flatMap((field) => readersOf(field, places, length))
  const wanted = [...new Set(readers.map(({ field }) => field))]
  for (let start = 0; start < length && wanted.length > 0; start += BATCH) {
    const count = Math.min(BATCH, length - start)
    const out = Object.fromEntries(
      wanted.map(({ name, dtype, shape }) => {
        const size = count * sizeOf(shape)
        return [name, dtype === 'f32' ? new Float32Array(size) : new Int32Array(size)]
      }),
    )
    const rows = Uint32Array.from({ length: count }, (_, i) => start + i)
    await dataset.read(rows, out, 0)
    for (const reader of readers) take(reader, out[reader.field.name], start, count)
  }
  const target = readers.find(({ field }) => field.role === 'target')
  return {
    length: length * (places ?? 1),
    columns: readers.map(({ field, name, values }) => columnFrom(field, name, values)),
    ...(target && { target: target.name }),
    rowsPerSample: places ?? 1,
    ...(contiguous && { contiguous }),
  }
}

const isSequence = ({ unit, shape }: Field): boolean => unit !== undefined && shape.length === 1

function readersOf(field: Field, places: number | undefined, length: number): readonly Reader[] {
  const { name, shape, display, columns } = field
  if (places !== undefined)
    return isSequence(field) && shape[0] === places
      ? [{ field, name, from: 0, count: places, values: new Float64Array(length * places) }]
      : []
  if (display === 'image' || field.unit !== undefined || shape.length > 1) return []
  const width = sizeOf(shape)
  return Array.from({ length: width }, (_, from) => ({
    field,
    name: columns?.[from] ?? (width === 1 ? name : `${name} ${from + 1}`),
    from,
    count: 1,
    values: new Float64Array(length),
  }))
}

function take({ field, from, count, values }: Reader, data: TensorData | undefined, start: number, samples: number): void {
  if (!data) throw new InternalError('columns', `the data set has read no “${field.name}”`)
  const width = sizeOf(field.shape)
  for (let sample = 0; sample < samples; sample++)
    for (let place = 0; place < count; place++) values[(start + sample) * count + place] = data[sample * width + from + place] as number
}

function columnFrom(field: Field, name: string, values: Float64Array): Column {
  if (field.classes === undefined) return columnOfNumbers(name, values)
  // Of a large vocabulary only what occurs counts.
  const classes = [...new Set(values)].sort((a, b) => a - b)
  if (classes.length > MOST_CATEGORIES) return { name }
  const places = new Map(classes.map((each, place) => [each, place]))
  const codes = Uint8Array.from(values, (value) => places.get(value) ?? 0)
  return { name, categories: { names: classes.map((each) => field.classNames?.[each] ?? String(each)), codes } }
}
