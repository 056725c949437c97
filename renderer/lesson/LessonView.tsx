/**
 * @file The lesson (notes 001, 004): a small network stepped through node by node, with the drawing on the left and the present step on the right.
 * In: the open document. Out: forward, backward and update, by keys, buttons, marks or by itself.
 */
import { useEffect } from 'react'
import type { Lesson } from '../../engine/insight/lesson-report'
import { Canvas } from '../canvas/Canvas'
import { viewport } from '../canvas/viewport'
import { isTyping } from '../commands/typing'
import { useWords } from '../i18n/i18n'
import { ProblemList } from '../panels/Problems'
import { revealNode, select, useDocument } from '../store/document'
import { shapedOf } from '../store/shaped'
import { LessonBar } from './LessonBar'
import './lesson.css'
import { closeLesson, goTo, moveBy, play, reloadLesson, useLesson } from './lesson-store'
import { OperationDrawing } from './OperationDrawing'
import { StepCard } from './StepCard'
import { Transport } from './Transport'
import { UnitDrawing } from './UnitDrawing'
import { lessonWords } from './words'

const END = Number.MAX_SAFE_INTEGER

const keys: Readonly<Record<string, () => void>> = {
  ArrowRight: () => moveBy(1),
  ArrowLeft: () => moveBy(-1),
  Home: () => goTo(0),
  End: () => goTo(END),
  ' ': () => play(!useLesson.getState().isPlaying),
  Escape: closeLesson,
}

/** Before the editor's own keys see them. A button that has the focus keeps its space bar. */
function listen(event: KeyboardEvent): void {
  const act = keys[event.key]
  if (!act || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
  if (event.key === ' ' && event.target instanceof Element && event.target.closest('button')) return
  event.preventDefault()
  act()
}

export function LessonView() {
  const words = useWords(lessonWords)
  const { lesson, problems, isWorking } = useLesson()
  useEffect(() => {
    window.addEventListener('keydown', listen, true)
    // Moving a node about changes the document, but not what is taught.
    let taught = shapedOf(useDocument.getState().document)
    const stop = useDocument.subscribe(({ document }) => {
      const shaped = shapedOf(document)
      if (shaped === taught) return
      taught = shaped
      void reloadLesson()
    })
    return () => {
      window.removeEventListener('keydown', listen, true)
      stop()
    }
  }, [])
  return (
    <section className="lesson" role="dialog" data-state="open" aria-label={words('lesson')}>
      <LessonBar lesson={lesson} />
      {lesson ? (
        <Opened lesson={lesson} />
      ) : (
        <div className="empty">
          {problems.length > 0 ? (
            <>
              <b>{words('none')}</b>
              <ProblemList problems={problems} />
              <span>{words('noneHint')}</span>
            </>
          ) : (
            <b role="status">{isWorking ? words('working') : words('none')}</b>
          )}
        </div>
      )}
    </section>
  )
}

function Opened({ lesson }: { lesson: Lesson }) {
  const { at, drawing } = useLesson()
  const step = lesson.steps[at]
  if (!step) return null
  return (
    <>
      <div className="lesson-body">
        <div className="lesson-drawing">
          {drawing === 'layers' && <LayerDrawing node={step.node} />}
          {drawing === 'units' && <UnitDrawing drawing={lesson.units} at={at} units={step.units} wires={step.wires} />}
          {drawing === 'operations' && <OperationDrawing operations={lesson.operations} at={at} node={step.node} />}
        </div>
        <StepCard key={step.id} step={step} />
      </div>
      <Transport lesson={lesson} />
    </>
  )
}

/** The canvas itself: one node a layer, the present one selected. */
function LayerDrawing({ node }: { node: string }) {
  useEffect(() => {
    revealNode(node)
    const [id] = useDocument.getState().nodes
    const frame = requestAnimationFrame(() => id !== undefined && viewport()?.reveal(id))
    return () => cancelAnimationFrame(frame)
  }, [node])
  useEffect(() => () => select([]), [])
  return <Canvas />
}
