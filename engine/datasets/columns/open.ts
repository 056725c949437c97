/**
 * @file Opens the data that a choice names as a table of columns. In: kind and settings, a seed, a way to reach the files. Out: its columns; a
 * `DiagnosedError` names whatever is wrong with settings or files.
 */
import type { ChoiceOf } from '../../document/schema'
import { resolveChoice } from '../open'
import { type FindFiles, openSource } from '../prepare'
import type { ColumnTable } from './column'
import { columnsOf } from './column-table'

export async function openColumns(choice: ChoiceOf, findFiles: FindFiles, seed: number): Promise<ColumnTable> {
  const { path } = choice.params
  const files = typeof path === 'string' && path !== '' ? await findFiles(path) : undefined
  const { definition, params } = resolveChoice(choice, files !== undefined)
  if (definition.columns) return definition.columns(params, { seed, ...(files && { files }) })
  const dataset = await openSource(choice, findFiles, { seed })
  try {
    return await columnsOf(dataset)
  } finally {
    dataset.dispose?.()
  }
}
