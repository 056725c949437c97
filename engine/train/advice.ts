/**
 * @file Settings that can be obeyed, though hardly as they were meant: a share held out that is less than a sample, a batch larger than the data, a
 * schedule longer than the training, labels taken away from a network that does not ask which, numbers scaled that are not there.
 * In: data that is prepared, the plan and the number of steps. Out: warnings; training goes on.
 */

import type { DiagnosticCode } from '../core/diagnostic-catalogue'
import type { Diagnostic, DiagnosticValues } from '../core/diagnostics'
import type { Binding } from '../datasets/bind'
import { masks } from '../datasets/labelled'
import type { PreparedData } from '../datasets/prepare'
import { trainingSpecs } from '../document/training-specs'
import type { TrainingPlan } from './plan'

const warning = (code: DiagnosticCode, values: DiagnosticValues): Diagnostic => ({ code, severity: 'warning', values })

export function adviceOn(
  { document, fields, training, validation }: PreparedData,
  { rate }: TrainingPlan,
  bindings: readonly Binding[],
  steps: number,
): readonly Diagnostic[] {
  const { data, training: settings } = document
  const samples = training.indices.length
  const found: Diagnostic[] = []
  if (settings.validationSplit > 0 && !validation && !data.validation)
    found.push(warning('train.split.nothing', { got: settings.validationSplit, samples }))
  // The largest batch that can be asked for is how one asks for all samples.
  if (settings.batchSize > samples && settings.batchSize !== trainingSpecs.batchSize.max)
    found.push(warning('train.batch', { got: settings.batchSize, expected: samples }))
  const span = rate.schedule.span?.(rate.params)
  if (span !== undefined && span > steps)
    found.push(warning('train.schedule.long', { name: rate.schedule.title, got: span, expected: steps }))
  if ((data.labelledShare ?? 1) < 1 && !bindings.some(({ field }) => masks.includes(field.name)))
    found.push(warning('data.labelled.unused', { expected: masks.join(', ') }))
  if (data.scaleTarget && !fields.some(({ role, dtype }) => role === 'target' && dtype === 'f32'))
    found.push(warning('data.scale-target', {}))
  return found
}
