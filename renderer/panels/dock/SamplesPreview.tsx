/** @file Samples of a data set as people look at them: pictures with labels, rows of a table, points of the plane, stretches of a text. In: a preview. Out: those. */
import type { Field } from '../../../engine/datasets/dataset'
import { joined, type TokenUnit, tokensOf } from '../../../engine/datasets/text/tokens'
import type { DataPreview } from '../../../engine/protocol/messages'
import { useCanvas } from '../../charts/use-canvas'
import { useWords } from '../../i18n/i18n'
import { formatRow } from './format-row'
import { SampleImage } from './SampleImage'
import './samples-texts.css'
import { drawPoints, regionOf } from './scatter'
import { dockWords } from './words'

const COLUMNS = 7

function labelOf(sample: DataPreview['samples'][number], target: Field | undefined): string {
  const values = target && sample[target.name]
  if (!target || !values) return ''
  return target.classes === undefined
    ? formatRow(values, 3)
    : [...values].map((value) => target.classNames?.[value] ?? String(value)).join(' ')
}

export function SamplesPreview({ preview }: { preview: DataPreview }) {
  const { fields, samples } = preview
  const target = fields.find(({ role }) => role === 'target')
  const input = fields.find(({ role }) => role === 'input')
  if (!input) return null
  if (input.unit) return <Texts preview={preview} input={input} unit={input.unit} />
  if (input.display === 'points') return <Points preview={preview} input={input} target={target} />
  if (input.display === 'image')
    return (
      <div className="samples">
        {samples.map((sample, index) => {
          const label = labelOf(sample, target)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: samples have no other identity
            <figure key={index} title={label}>
              <SampleImage data={sample[input.name] ?? []} shape={input.shape} label={label} />
              <figcaption>{label}</figcaption>
            </figure>
          )
        })}
      </div>
    )
  return <Rows preview={preview} input={input} target={target} />
}

interface PartsProps {
  readonly preview: DataPreview
  readonly input: Field
  readonly target: Field | undefined
}

function Rows({ preview, input, target }: PartsProps) {
  const width = input.shape[0] ?? 1
  const shown = Math.min(COLUMNS, width)
  const columns = Array.from({ length: shown }, (_, index) => input.columns?.[index] ?? String(index + 1))
  return (
    <table className="rows">
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column}>{column}</th>
          ))}
          {width > shown && <th>… {width - shown}</th>}
          <th className="rows-target">{target?.columns?.[0] ?? target?.name}</th>
        </tr>
      </thead>
      <tbody>
        {preview.samples.map((sample, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: samples have no other identity
          <tr key={index}>
            {columns.map((column, at) => (
              <td key={column}>{formatRow([sample[input.name]?.[at] ?? 0], 1)}</td>
            ))}
            {width > shown && <td />}
            <td className="rows-target">{labelOf(sample, target)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Texts({ preview, input, unit }: Pick<PartsProps, 'preview' | 'input'> & { readonly unit: TokenUnit }) {
  return (
    <ul className="samples-texts">
      {preview.samples.map((sample, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: samples have no other identity
        <li key={index}>{joined(tokensOf(input.classNames ?? [], sample[input.name] ?? []), unit)}</li>
      ))}
    </ul>
  )
}

function Points({ preview, input, target }: PartsProps) {
  const words = useWords(dockWords)
  const { ref } = useCanvas((context, width, height) => {
    context.clearRect(0, 0, width, height)
    const points = preview.samples.flatMap((sample) => {
      const at = sample[input.name]
      if (!at || at.length < 2) return []
      return [{ x: at[0] as number, y: at[1] as number, label: Math.round(Number((target && sample[target.name]?.[0]) ?? 0)) }]
    })
    if (points.length > 0) drawPoints(context, width, height, points, regionOf(points))
  })
  return (
    <div className="plane">
      <canvas ref={ref} role="img" aria-label={words('preview')} />
    </div>
  )
}
