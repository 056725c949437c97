/**
 * @file Training settings against their specifications: those of the document itself, without those of its optimiser and its schedule.
 * In: the settings. Out: what is out of its range, by name.
 */
import type { Diagnostic } from '../core/diagnostics'
import { completeParams, type ParamProblem, problemValues } from '../layers/kit/validate'
import type { TrainingSettings } from './schema'
import { groupNames, trainingGroups } from './training-groups'
import { trainingSpecs } from './training-specs'

export const paramDiagnostic = (problem: ParamProblem): Diagnostic => ({
  code: 'param.invalid',
  severity: 'error',
  param: problem.param,
  values: problemValues(problem),
})

type Name = keyof typeof trainingSpecs
const names = Object.keys(trainingSpecs) as readonly Name[]

/** Of the settings that stand by themselves, these; by default all. */
export function checkSettings(training: TrainingSettings, which: readonly Name[] = names): readonly Diagnostic[] {
  return completeParams(trainingSpecs, Object.fromEntries(which.map((name) => [name, training[name]]))).problems.map(paramDiagnostic)
}

export function checkTraining(training: TrainingSettings): readonly Diagnostic[] {
  const grouped = groupNames.flatMap((name) => completeParams(trainingGroups[name].specs, training[name] ?? {}).problems)
  return [...checkSettings(training), ...grouped.map(paramDiagnostic)]
}
