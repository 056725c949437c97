/**
 * @file The data a person is about to use. In: the document's data, choices, files. Out: a draft, and its application to the document: shapes and
 * classes follow the data, all in one undoable step.
 */
import type { Diagnostic } from '../../../engine/core/diagnostics'
import { adaptDocument } from '../../../engine/datasets/bind'
import type { Field } from '../../../engine/datasets/dataset'
import { imageSizeOf } from '../../../engine/datasets/prepare'
import type { ChoiceOf, DataSettings, GraphDocument } from '../../../engine/document/schema'
import { transact, useDocument } from '../../store/document'

/** To what features are scaled. */
const ranges = { unit: { low: 0, high: 1 }, symmetric: { low: -1, high: 1 } } as const
export type Scaling = 'none' | 'standardize' | keyof typeof ranges

/** A range that code has chosen is shown as the nearest of those a person can choose. */
function scalingOf({ standardize, minMax }: DataSettings): Scaling {
  if (minMax) return minMax.low < 0 ? 'symmetric' : 'unit'
  return standardize ? 'standardize' : 'none'
}

export interface DataDraft {
  readonly source: ChoiceOf
  readonly validation?: ChoiceOf
  readonly scaling: Scaling
  /** Where numbers are predicted. */
  readonly scaleTarget?: boolean
  readonly labelledShare?: number
  /** Height and width to which images are brought; undefined: as they are. */
  readonly imageSize?: number
  readonly augmentation?: DataSettings['augmentation']
}

export const draftOf = (document: GraphDocument): DataDraft => ({
  source: document.data.source,
  validation: document.data.validation,
  scaling: scalingOf(document.data),
  scaleTarget: document.data.scaleTarget,
  labelledShare: document.data.labelledShare,
  imageSize: imageSizeOf(document),
  augmentation: document.data.augmentation,
})

/** Whether using the draft would change the document. */
export const differs = (a: DataDraft, b: DataDraft): boolean => JSON.stringify(a) !== JSON.stringify(b)

/** Files are named by the `path` setting. */
export const pathOf = ({ params }: ChoiceOf): string | undefined =>
  typeof params.path === 'string' && params.path !== '' ? params.path : undefined

/** Problems that keep the data from being used; nothing has changed then. */
export function applyData(draft: DataDraft, fields: readonly Field[]): readonly Diagnostic[] {
  const { document } = useDocument.getState()
  const { document: adapted, diagnostics } = adaptDocument(document, fields)
  if (diagnostics.length > 0) return diagnostics
  transact({ en: 'Use other data', zh: '更换数据' }, (root) => {
    root.nodes = structuredClone(adapted.nodes)
    // Statistics belong to the data they were measured on.
    root.data = structuredClone({
      source: draft.source,
      ...(draft.validation && { validation: draft.validation }),
      standardize: draft.scaling === 'standardize',
      ...(draft.scaling in ranges && { minMax: ranges[draft.scaling as keyof typeof ranges] }),
      ...(draft.scaleTarget && { scaleTarget: true }),
      ...(draft.labelledShare !== undefined && { labelledShare: draft.labelledShare }),
      ...(draft.augmentation && { augmentation: draft.augmentation }),
    })
  })
  return []
}
