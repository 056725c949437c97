/**
 * @file Opens the data set that a document names. In: its kind and settings, a seed and, for those on disk, the files.
 * Out: samples by index; a `DiagnosedError` names whatever is wrong with the settings or the files.
 */
import { DiagnosedError, diagnosedError } from '../core/diagnostics'
import type { ChoiceOf } from '../document/schema'
import { completeParams, problemValues } from '../layers/kit/validate'
import type { Dataset, OpenOptions } from './dataset'
import { datasets } from './registry'

/** The kind of data set that is named, and its settings, complete and sound; `hasFiles`: those it names are at hand. */
export function resolveChoice(choice: ChoiceOf, hasFiles: boolean) {
  const definition = datasets.get(choice.kind)
  if (!definition) throw diagnosedError('data.unknown', { got: choice.kind, expected: [...datasets.keys()].join(', ') })
  const { params, problems } = completeParams(definition.params, choice.params)
  if (problems.length > 0)
    throw new DiagnosedError(
      problems.map((problem) => ({ code: 'param.invalid', severity: 'error', param: problem.param, values: problemValues(problem) })),
    )
  if (definition.onDisk && !hasFiles) throw diagnosedError('data.missing', { got: String(params.path || choice.kind) })
  return { definition, params }
}

export async function openDataset(choice: ChoiceOf, options: OpenOptions): Promise<Dataset> {
  const { definition, params } = resolveChoice(choice, options.files !== undefined)
  const dataset = await definition.open(params, options)
  // Everything that follows may count on a first sample.
  if (dataset.length === 0) throw diagnosedError('data.empty', { file: String(params.path || choice.kind) })
  return dataset
}
