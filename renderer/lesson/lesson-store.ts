/**
 * @file The lesson that is open: which sample, which weights, which step, which drawing. In: choices. Out: a small store, filled by the engine; every
 * number in it is the engine's.
 */
import { create } from 'zustand'
import type { NamedWeights } from '../../engine/builder/template'
import type { Diagnostic } from '../../engine/core/diagnostics'
import type { Lesson } from '../../engine/insight/lesson-report'
import { engine } from '../engine/client'
import { solutionsFor } from '../inspector/solutions'
import { useDocument } from '../store/document'
import { shapedOf } from '../store/shaped'

export const drawings = ['layers', 'units', 'operations'] as const
export type DrawingKind = (typeof drawings)[number]
/** `own`: after updates that were applied here. */
export type WeightsChoice = 'fresh' | 'run' | 'exact' | 'own'

interface LessonState {
  readonly isOpen: boolean
  readonly lesson: Lesson | undefined
  readonly problems: readonly Diagnostic[]
  readonly isWorking: boolean
  /** Index of the present step. */
  readonly at: number
  readonly isPlaying: boolean
  readonly drawing: DrawingKind
  /** Undefined: the engine chooses. */
  readonly sample: number | undefined
  /** The lesson of a template that was chosen. */
  readonly offer: string | undefined
  readonly weights: WeightsChoice
  /** Everything that is kept, after the updates applied so far. */
  readonly own: Readonly<Record<string, Float64Array>> | undefined
  readonly updates: number
}

const beginning = { at: 0, isPlaying: false, sample: undefined, offer: undefined, own: undefined, updates: 0 } as const

export const useLesson = create<LessonState>(() => ({
  isOpen: false,
  lesson: undefined,
  problems: [],
  isWorking: false,
  drawing: 'units',
  weights: 'fresh',
  ...beginning,
}))

/** The solution that is known for the open document. */
export const exactSolution = (): NamedWeights | undefined => solutionsFor(shapedOf(useDocument.getState().document).graph)[0]

let asked = 0

/** Asks the engine for what is chosen; the step stays where it is as far as there are so many. */
async function load(): Promise<void> {
  const mine = ++asked
  const { sample, weights, own, updates } = useLesson.getState()
  const { document } = useDocument.getState()
  useLesson.setState({ isWorking: true })
  const state = weights === 'own' ? (own ?? 'fresh') : weights === 'exact' ? (exactSolution() ?? 'fresh') : weights
  const outcome = await engine.lesson({ document, weights: state, sample, step: updates + 1 })
  if (mine !== asked) return
  useLesson.setState(({ at }) => ({
    isWorking: false,
    ...(outcome?.ok
      ? { lesson: outcome.value, problems: [], at: Math.min(at, outcome.value.steps.length - 1), sample: outcome.value.sample }
      : { lesson: undefined, problems: outcome?.diagnostics ?? [], at: 0 }),
  }))
}

export async function openLesson(weights: WeightsChoice = 'fresh', offer?: string): Promise<void> {
  useLesson.setState({ ...beginning, isOpen: true, lesson: undefined, problems: [], weights, offer })
  await load()
}

export const closeLesson = (): void => useLesson.setState({ isOpen: false, isPlaying: false })

/** The document has changed under an open lesson: begins anew with what still holds. */
export async function reloadLesson(): Promise<void> {
  if (!useLesson.getState().isOpen) return
  useLesson.setState(({ weights }) => ({ ...beginning, weights: weights === 'own' ? 'fresh' : weights }))
  await load()
}

export function goTo(step: number): void {
  const { lesson } = useLesson.getState()
  if (lesson) useLesson.setState({ at: Math.max(0, Math.min(step, lesson.steps.length - 1)) })
}

export const moveBy = (count: number): void => goTo(useLesson.getState().at + count)

export function play(isPlaying: boolean): void {
  const { at, lesson } = useLesson.getState()
  // From the end it begins again.
  if (isPlaying && lesson && at === lesson.steps.length - 1) goTo(0)
  useLesson.setState({ isPlaying })
}

export async function chooseSample(sample: number): Promise<void> {
  useLesson.setState({ sample })
  await load()
}

export async function chooseWeights(weights: WeightsChoice): Promise<void> {
  useLesson.setState({ weights, ...(weights !== 'own' && { own: undefined, updates: 0 }) })
  await load()
}

/** The new weights hold from now on; the next sample begins at its first step. */
export async function applyUpdate(): Promise<void> {
  const { lesson, updates } = useLesson.getState()
  if (!lesson?.next) return
  useLesson.setState({
    own: lesson.next,
    weights: 'own',
    updates: updates + 1,
    at: 0,
    sample: (lesson.sample + 1) % lesson.samples.length,
  })
  await load()
}
