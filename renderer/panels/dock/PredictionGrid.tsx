/**
 * @file What the network says of a fixed set of samples. In: the newest predictions. Out: pictures (or rows) with class and confidence; what is
 * wrong is marked by colour, a cross and the right answer.
 */
import type { Prediction } from '../../../engine/protocol/messages'
import { useRun } from '../../engine/run-store'
import { useWords } from '../../i18n/i18n'
import { formatRow } from './format-row'
import { verdictOf } from './prediction'
import { SampleImage } from './SampleImage'
import { dockWords } from './words'

interface Props {
  readonly limit: number
}

export function PredictionGrid({ limit }: Props) {
  const words = useWords(dockWords)
  const predictions = useRun((state) => state.predictions)
  const fields = useRun((state) => state.insight?.fields)
  if (predictions.length === 0 || !fields)
    return (
      <div className="empty">
        <b>{words('noPredictions')}</b>
        <span>{words('noPredictionsHint')}</span>
      </div>
    )
  const target = fields.find(({ role }) => role === 'target')
  const image = fields.find(({ display, role }) => display === 'image' && role === 'input')
  const shown = predictions.slice(0, limit)
  return image ? (
    <div className="predictions">
      {shown.map((prediction, index) => {
        const verdict = verdictOf(prediction, target)
        const wrong = verdict.right === false
        const name = wrong ? words('wrong', { predicted: verdict.predicted, target: verdict.target ?? '' }) : verdict.predicted
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the samples are a fixed set in a fixed order
          <figure key={index} className={wrong ? 'is-wrong' : undefined} title={name}>
            <SampleImage data={prediction.inputs[image.name] ?? []} shape={image.shape} label={name} />
            <figcaption>
              {verdict.predicted}
              {wrong ? ` ✗ ${verdict.target}` : verdict.confidence === undefined ? '' : ` ${Math.round(verdict.confidence * 100)}%`}
            </figcaption>
          </figure>
        )
      })}
    </div>
  ) : (
    <PredictionTable predictions={shown} />
  )
}

function PredictionTable({ predictions }: { predictions: readonly Prediction[] }) {
  const words = useWords(dockWords)
  const fields = useRun((state) => state.insight?.fields) ?? []
  const target = fields.find(({ role }) => role === 'target')
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>
            {fields
              .filter(({ role }) => role === 'input')
              .map(({ name }) => name)
              .join(', ')}
          </th>
          <th>{words('predicted')}</th>
          <th>{words('truth')}</th>
        </tr>
      </thead>
      <tbody>
        {predictions.map((prediction, index) => {
          const verdict = verdictOf(prediction, target)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the samples are a fixed set in a fixed order
            <tr key={index} className={verdict.right === false ? 'is-wrong' : undefined}>
              <td>
                {Object.values(prediction.inputs)
                  .map((data) => formatRow(data, 4))
                  .join(' | ')}
              </td>
              <td>
                {verdict.predicted}
                {verdict.confidence === undefined ? '' : ` ${Math.round(verdict.confidence * 100)}%`}
              </td>
              <td>
                {verdict.right === false && '✗ '}
                {verdict.target}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
