/** @file The present step in words, in symbols, and in numbers. In: a step. Out: a card; after the last step of the update, a button that applies it. */
import { Check } from 'lucide-react'
import type { LessonStep, LessonTable } from '../../engine/insight/lesson-report'
import { useText, useWords } from '../i18n/i18n'
import { Formula } from '../inspector/Formula'
import { applyUpdate, useLesson } from './lesson-store'
import { Line, Num, Tex } from './Numbers'
import { lessonWords } from './words'

export function StepCard({ step }: { step: LessonStep }) {
  const words = useWords(lessonWords)
  const text = useText()
  const hasUpdate = useLesson(({ lesson }) => lesson?.next !== undefined)
  const isLast = useLesson(({ lesson, at }) => lesson !== undefined && at === lesson.steps.length - 1)
  return (
    <article className="lesson-card" aria-live="polite" data-testid="lesson-step" data-step={step.id}>
      <header>
        <span className={`lesson-phase is-${step.phase}`}>{words(step.phase)}</span>
        <h2>{text(step.title)}</h2>
        {step.equation !== undefined && (
          <span className="lesson-equation mono" title={words('equation', { number: step.equation })}>
            ({step.equation})
          </span>
        )}
      </header>
      <p>{text(step.explanation)}</p>
      <h3 className="section-head">{words('symbols')}</h3>
      <Formula key={`${step.id} formula`} tex={step.formula} label={text(step.title)} />
      {step.detail !== undefined && <Formula key={`${step.id} detail`} tex={step.detail} label={text(step.title)} />}
      <h3 className="section-head">{words('numbers')}</h3>
      {step.lines.length > 0 && (
        <ol className="lesson-lines">
          {step.lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
            <li key={`${step.id} ${index}`}>
              <Line line={line} />
            </li>
          ))}
        </ol>
      )}
      {step.table && <Table table={step.table} />}
      {step.more > 0 && <p className="lesson-more">{words('more', { count: step.more })}</p>}
      {isLast && !hasUpdate && <p>{words('noUpdate')}</p>}
      {isLast && hasUpdate && (
        <button type="button" className="btn go lesson-apply" title={words('applyHint')} onClick={() => void applyUpdate()}>
          <Check size={14} aria-hidden />
          {words('apply')}
        </button>
      )}
    </article>
  )
}

const headings = ['old', 'gradient', 'rate', 'change', 'new'] as const

function Table({ table }: { table: LessonTable }) {
  const words = useWords(lessonWords)
  return (
    <table className="lesson-table">
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">{words('parameter')}</span>
          </th>
          {headings.map((heading) => (
            <th key={heading} scope="col">
              {words(heading)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map(({ name, values }) => (
          <tr key={name}>
            <th scope="row">
              <Tex tex={name} />
            </th>
            {headings.map((heading, index) => (
              <td key={heading} className={heading === 'new' ? 'is-new' : undefined}>
                <Num value={values[index] ?? Number.NaN} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
