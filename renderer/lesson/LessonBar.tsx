/** @file The head of a lesson: which lesson, which sample, which weights, which drawing. In: what there is to choose from. Out: what was chosen. */

import { X } from 'lucide-react'
import type { Lesson, LessonSample } from '../../engine/insight/lesson-report'
import { templates } from '../../templates/registry'
import { Views } from '../controls/Views'
import { useRun } from '../engine/run-store'
import { useText, useWords } from '../i18n/i18n'
import { openDocument } from '../store/document'
import { useShaped } from '../store/shaped'
import { formatNumber } from './format'
import {
  chooseSample,
  chooseWeights,
  closeLesson,
  drawings,
  exactSolution,
  openLesson,
  useLesson,
  type WeightsChoice,
} from './lesson-store'
import { Num } from './Numbers'
import { lessonWords } from './words'

/** What templates offer as lessons. */
const offers = [...templates.values()].flatMap((template) =>
  (template.lessons ?? []).map((lesson) => ({ ...lesson, template, key: `${template.id} ${lesson.weights}` })),
)

async function begin(key: string, text: ReturnType<typeof useText>): Promise<void> {
  const offer = offers.find((one) => one.key === key)
  if (!offer) return
  const { template } = offer
  openDocument({ ...template.create(), name: text(template.title), description: text(template.summary) })
  await openLesson(offer.weights, key)
}

export function LessonBar({ lesson }: { lesson: Lesson | undefined }) {
  const words = useWords(lessonWords)
  const text = useText()
  const { drawing, offer } = useLesson()
  return (
    <header className="lesson-bar">
      <h2>{words('lesson')}</h2>
      <select
        className="field lesson-offers"
        aria-label={words('which')}
        value={offer ?? ''}
        onChange={({ target }) => void begin(target.value, text)}
      >
        {offer === undefined && <option value="">{words('thisNetwork')}</option>}
        {offers.map(({ key, title }) => (
          <option key={key} value={key}>
            {text(title)}
          </option>
        ))}
      </select>
      {lesson && <SampleChoice samples={lesson.samples} chosen={lesson.sample} />}
      <WeightsChoices />
      {lesson && (
        <span className="lesson-loss">
          {words('loss')} <Num value={lesson.loss} />
        </span>
      )}
      <span className="grow" />
      {/* biome-ignore lint/a11y/useSemanticElements: a row of switches, not a form */}
      <div className="lesson-drawings" role="group" aria-label={words('drawing')}>
        <Views
          ids={drawings}
          chosen={drawing}
          label={words}
          hint={(id) => words(`${id}Hint`)}
          choose={(id) => useLesson.setState({ drawing: id })}
        />
      </div>
      <button type="button" className="btn icon plain" aria-label={words('close')} title={`${words('close')} (Esc)`} onClick={closeLesson}>
        <X size={16} />
      </button>
    </header>
  )
}

const nameOf = ({ inputs, targets }: LessonSample): string => {
  const listed = (values: readonly number[]): string =>
    values.length > 4 ? `${values.slice(0, 3).map(formatNumber).join(', ')}, …` : values.map(formatNumber).join(', ')
  return `(${listed(inputs)}) → ${listed(targets)}`
}

function SampleChoice({ samples, chosen }: { samples: readonly LessonSample[]; chosen: number }) {
  const words = useWords(lessonWords)
  return (
    <label>
      {words('sample')}
      <select className="field" value={chosen} onChange={({ target }) => void chooseSample(Number(target.value))}>
        {samples.map((sample, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: samples have no identity but their place
          <option key={index} value={index}>
            {nameOf(sample)}
          </option>
        ))}
      </select>
    </label>
  )
}

function WeightsChoices() {
  const words = useWords(lessonWords)
  const { weights, updates } = useLesson()
  const hasRun = useRun(({ progress }) => progress !== undefined)
  // Follows the document.
  useShaped()
  const hasExact = exactSolution() !== undefined
  return (
    <label>
      {words('weights')}
      <select className="field" value={weights} onChange={({ target }) => void chooseWeights(target.value as WeightsChoice)}>
        <option value="fresh">{words('fresh')}</option>
        {hasExact && <option value="exact">{words('exact')}</option>}
        {hasRun && <option value="run">{words('run')}</option>}
        {weights === 'own' && <option value="own">{words('own', { count: updates })}</option>}
      </select>
    </label>
  )
}
