/** @file With nothing selected: the network as a whole. In: the document. Out: the form of its training, its data in a line, its totals. */
import { useMemo } from 'react'
import type { NamedWeights } from '../../engine/builder/template'
import { datasets } from '../../engine/datasets/registry'
import { countsOf } from '../../engine/shapes/counts'
import { engine } from '../engine/client'
import { useText, useWords } from '../i18n/i18n'
import { inspectorWords } from '../i18n/inspector-words'
import { formatBytes, formatCount, formatLarge } from '../i18n/numbers'
import { LessonButton } from '../lesson/LessonButton'
import { useDocument } from '../store/document'
import { useShaped } from '../store/shaped'
import { Facts } from './Facts'
import { solutionsFor } from './solutions'
import { TrainingForm } from './TrainingForm'
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
  const { data } = document
  const counts = countsOf(shaped.graph)
  const forecast = useForecast()
  const solution = useMemo(() => solutionsFor(shaped.graph)[0], [shaped])
  const isSound = shaped.problems.every((problem) => problem.severity !== 'error')
  const source = datasets.get(data.source.kind)
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
      <LessonButton />
      <TrainingForm />
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
