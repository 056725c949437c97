/** @file Moving through a lesson: back, on, play, and a mark for every step. In: the lesson's steps. Out: the present step changed. */
import { ChevronLeft, ChevronRight, Pause, Play, SkipBack } from 'lucide-react'
import { useEffect } from 'react'
import type { Lesson, LessonPhase } from '../../engine/insight/lesson-report'
import { useText, useWords } from '../i18n/i18n'
import { goTo, moveBy, play, useLesson } from './lesson-store'
import { lessonWords } from './words'

const PLAY_MS = 1800
const phases: readonly LessonPhase[] = ['forward', 'backward', 'update']

export function Transport({ lesson }: { lesson: Lesson }) {
  const words = useWords(lessonWords)
  const text = useText()
  const { at, isPlaying } = useLesson()
  const { steps } = lesson
  useEffect(() => {
    if (!isPlaying) return
    if (at === steps.length - 1) {
      play(false)
      return
    }
    const timer = setTimeout(() => moveBy(1), PLAY_MS)
    return () => clearTimeout(timer)
  }, [isPlaying, at, steps])
  return (
    <footer className="lesson-transport">
      <button
        type="button"
        className="btn icon"
        aria-label={words('first')}
        title={words('first')}
        disabled={at === 0}
        onClick={() => goTo(0)}
      >
        <SkipBack size={15} />
      </button>
      <button
        type="button"
        className="btn icon"
        aria-label={words('previous')}
        title={`${words('previous')} (←)`}
        disabled={at === 0}
        onClick={() => moveBy(-1)}
      >
        <ChevronLeft size={16} />
      </button>
      <button type="button" className="btn icon" aria-label={words(isPlaying ? 'pause' : 'play')} onClick={() => play(!isPlaying)}>
        {isPlaying ? <Pause size={14} /> : <Play size={14} />}
      </button>
      <button
        type="button"
        className="btn icon"
        aria-label={words('next')}
        title={`${words('next')} (→)`}
        disabled={at === steps.length - 1}
        onClick={() => moveBy(1)}
      >
        <ChevronRight size={16} />
      </button>
      <ol className="lesson-marks">
        {phases.map((phase) => {
          const own = steps.flatMap((step, index) => (step.phase === phase ? [{ step, index }] : []))
          if (own.length === 0) return null
          return (
            <li key={phase} style={{ flexGrow: own.length }}>
              <span className={`lesson-phase is-${phase}`}>{words(phase)}</span>
              <span className="lesson-dots">
                {own.map(({ step, index }) => (
                  <button
                    key={step.id}
                    type="button"
                    className={index === at ? 'lesson-mark is-present' : index < at ? 'lesson-mark is-past' : 'lesson-mark'}
                    aria-label={words('jump', { step: index + 1, title: text(step.title) })}
                    aria-current={index === at ? 'step' : undefined}
                    title={text(step.title)}
                    onClick={() => goTo(index)}
                  />
                ))}
              </span>
            </li>
          )
        })}
      </ol>
      <span className="lesson-position mono">{words('position', { step: at + 1, count: steps.length })}</span>
    </footer>
  )
}
