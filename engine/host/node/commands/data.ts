/** @file `netloom data`: what a data set holds. In: a built-in id or a path. Out: its fields, and with `--preview` some samples. */
import type { Command } from 'commander'
import { formatShape, sizeOf, type TensorData } from '../../../core/tensor'
import type { Dataset, Field } from '../../../datasets/dataset'
import { openSource } from '../../../datasets/prepare'
import { joined, tokensOf } from '../../../datasets/text/tokens'
import { dataArgument } from '../data-argument'
import { findFiles } from '../files'
import type { Io } from '../io'
import { type DataOptions, seedNumber, whole, withData } from '../options'

interface PreviewOptions extends DataOptions {
  readonly preview?: boolean
  readonly count: number
  readonly json?: boolean
  readonly seed: number
}

const SHADES = ' .:-=+*#%@'

async function samplesOf(dataset: Dataset, count: number): Promise<Readonly<Record<string, TensorData>>> {
  const entries = dataset.fields.map(({ name, dtype, shape }) => {
    const length = count * sizeOf(shape)
    return [name, dtype === 'f32' ? new Float32Array(length) : new Int32Array(length)] as const
  })
  const out = Object.fromEntries(entries)
  await dataset.read(
    Uint32Array.from({ length: count }, (_, i) => i),
    out,
    0,
  )
  return out
}

/** The first channel in characters, darker where there is more. */
function draw(values: TensorData, [, height = 1, width = 1]: readonly number[]): string {
  const plane = Array.from(values.subarray(0, height * width))
  const low = plane.reduce((least, value) => Math.min(least, value))
  const scale = (SHADES.length - 1) / (plane.reduce((most, value) => Math.max(most, value)) - low || 1)
  const lines = Array.from({ length: height }, (_, y) =>
    plane
      .slice(y * width, (y + 1) * width)
      .map((value) => SHADES[Math.round((value - low) * scale)])
      .join(''),
  )
  return `\n${lines.join('\n')}\n`
}

function show(field: Field, values: TensorData): string {
  if (field.unit && field.classNames) return JSON.stringify(joined(tokensOf(field.classNames, values), field.unit))
  if (field.display === 'image') return draw(values, field.shape)
  if (field.classNames && values.length === 1) return field.classNames[values[0] as number] ?? String(values[0])
  return Array.from(values, (value) => Number(value.toPrecision(4))).join(' ')
}

async function data(id: string, options: PreviewOptions, io: Io): Promise<void> {
  const settings = await dataArgument({ ...options, data: id }, {})
  if (!settings) return
  const dataset = await openSource(settings.source, findFiles, { seed: options.seed })
  const count = options.preview ? Math.min(options.count, dataset.length) : 0
  const samples = await samplesOf(dataset, count)
  const slice = ({ name, shape }: Field, i: number) => (samples[name] as TensorData).subarray(i * sizeOf(shape), (i + 1) * sizeOf(shape))
  if (options.json) {
    const preview = Array.from({ length: count }, (_, i) =>
      Object.fromEntries(dataset.fields.map((field) => [field.name, [...slice(field, i)]])),
    )
    io.out(`${JSON.stringify({ ...settings, length: dataset.length, fields: dataset.fields, ...(options.preview && { preview }) })}\n`)
  } else {
    io.out(`${dataset.length} samples\n`)
    for (const { name, shape, dtype, role, classes } of dataset.fields)
      io.out(`${role.padEnd(7)} ${name} ${formatShape(shape)} ${dtype}${classes ? `, ${classes} classes` : ''}\n`)
    for (let i = 0; i < count; i++)
      io.out(`\n${dataset.fields.map((field) => `${field.name}: ${show(field, slice(field, i))}`).join('\n')}\n`)
  }
  dataset.dispose?.()
}

export const addData = (program: Command, io: Io): void => {
  const command = withData(program.command('data <id>').description('what a data set holds'))
  command
    .option('--preview', 'show some samples')
    .option('--count <n>', 'how many', whole(1), 4)
    .option('--seed <n>', 'seed of a data set that is made', seedNumber, 0)
    .option('--json', 'machine-readable output on stdout')
    .action((id: string, options: PreviewOptions) => data(id, options, io))
}
