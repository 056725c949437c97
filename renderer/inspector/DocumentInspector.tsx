/** @file With nothing selected: the network as a whole. In: the document. Out: its training settings, its data in a line, its totals. */
import { useMemo } from 'react'
import type { NamedWeights } from '../../engine/builder/template'
import { datasets } from '../../engine/datasets/registry'
import type { TrainingSettings } from '../../engine/document/schema'
import { optimizers } from '../../engine/optimizers/registry'
import { countsOf } from '../../engine/shapes/counts'
import { ParamForm } from '../controls/ParamForm'
import { engine } from '../engine/client'
import { useText, useWords } from '../i18n/i18n'
import { inspectorWords } from '../i18n/inspector-words'
import { formatBytes, formatCount, formatLarge } from '../i18n/numbers'
import { changeSettings } from '../store/actions'
import { useDocument } from '../store/document'
import { useShaped } from '../store/shaped'
import { Facts } from './Facts'
import { Formula } from './Formula'
import { trainingSpecs } from './settings-specs'
import { solutionsFor } from './solutions'
import { type Forecast, useForecast } from './use-forecast'

/** Starts a run from the given weights and holds it at once, so that what they predict can be looked at. */
async function load(weights: NamedWeights): Promise<void> {
  await engine.train(weights)
  await engine.pause()
}

const memoryOf = ({ bytes, limitBytes }: Forecast, say: ReturnType<typeof useWords<typeof inspectorWords.words>>): string =>
  bytes <= limitBytes ? formatBytes(bytes) : say('tooMuch', { need: formatBytes(bytes), limit: formatBytes(limitBytes) })

export function DocumentInspector() {
  const say = useWords(inspectorWords)
  const text = useText()
  const document = useDocument((state) => state.document)
  const shaped = useShaped()
  const { training, data } = document
  const optimizer = optimizers.get(training.optimizer.kind)
  const counts = countsOf(shaped.graph)
  const forecast = useForecast()
  const solution = useMemo(() => solutionsFor(shaped.graph)[0], [shaped])
  const isSound = shaped.problems.every((problem) => problem.severity !== 'error')
  const source = datasets.get(data.source.kind)
  const changeTraining = (key: string, change: (training: TrainingSettings) => void): void =>
    changeSettings(inspectorWords.words.training, `training ${key}`, (draft) => change(draft.training))
  return (
    <>
      <div className="inspector-title">
        <span className="inspector-heading">{document.name}</span>
      </div>
      {document.description && <p className="inspector-help is-first">{document.description}</p>}
      {solution && isSound && (
        <button type="button" className="btn is-wide solution" title={say('solutionHint')} onClick={() => void load(solution)}>
          {say('solution')}
        </button>
      )}
      <h3 className="section-head">{say('training')}</h3>
      <div className="form">
        <label htmlFor="optimizer">{say('optimizer')}</label>
        <select
          id="optimizer"
          className="field"
          value={training.optimizer.kind}
          onChange={(event) => {
            const kind = event.target.value
            changeTraining('optimizer', (draft) => {
              // The learning rate of one optimiser is not that of another: its own defaults come with it.
              draft.optimizer = { kind, params: {} }
            })
          }}
        >
          {[...optimizers.values()].map((one) => (
            <option key={one.kind} value={one.kind}>
              {text(one.title)}
            </option>
          ))}
        </select>
      </div>
      <div className="form-gap" />
      {optimizer && (
        <ParamForm
          key={optimizer.kind}
          specs={optimizer.params}
          values={training.optimizer.params}
          onChange={(name, value) =>
            changeTraining(name, (draft) => {
              if (value === optimizer.params[name]?.default) delete draft.optimizer.params[name]
              else draft.optimizer.params[name] = value as never
            })
          }
        />
      )}
      <div className="form-gap" />
      <ParamForm
        specs={trainingSpecs}
        values={training}
        onChange={(name, value) =>
          changeTraining(name, (draft) => {
            Object.assign(draft, { [name]: value })
          })
        }
      />
      {optimizer && <Formula tex={optimizer.formula} label={text(optimizer.title)} />}
      <h3 className="section-head">{say('totals')}</h3>
      <Facts
        facts={[
          { label: say('source'), value: source ? text(source.title) : data.source.kind },
          { label: say('nodes'), value: formatCount(shaped.graph.nodes.length) },
          { label: say('parameters'), value: formatCount(counts.parameterCount) },
          { label: say('flops', { batch: shaped.graph.batchSize }), value: formatLarge(counts.flopsForward) },
          { label: say('activation'), value: formatBytes(counts.activationBytes) },
          { label: say('trainingMemory'), value: forecast && memoryOf(forecast, say) },
        ]}
      />
    </>
  )
}
