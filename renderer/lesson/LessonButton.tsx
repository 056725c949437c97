/** @file The way into a lesson, where the open network is small enough for one. In: its shapes. Out: a button, or nothing. */
import { GraduationCap } from 'lucide-react'
import { sizeOf } from '../../engine/core/tensor'
import { lessonLimits } from '../../engine/insight/lesson-report'
import { useRun } from '../engine/run-store'
import { useWords } from '../i18n/i18n'
import { useShaped } from '../store/shaped'
import { openLesson } from './lesson-store'
import { lessonWords } from './words'

export function LessonButton() {
  const words = useWords(lessonWords)
  const { graph, problems } = useShaped()
  const ready = useRun((state) => state.engine === 'ready')
  const isSmall = graph.nodes.every(({ outputs }) =>
    Object.values(outputs).every(({ shape }) => sizeOf(shape) <= lessonLimits.units * graph.batchSize),
  )
  if (!isSmall || graph.nodes.length === 0 || problems.some(({ severity }) => severity === 'error')) return null
  return (
    <button type="button" className="btn is-wide solution" title={words('lessonHint')} disabled={!ready} onClick={() => void openLesson()}>
      <GraduationCap size={14} aria-hidden />
      {words('lesson')}
    </button>
  )
}
