/**
 * @file What the information pane looks at. In: choices. Out: a small store: which data, which columns and how they are counted, which view of the joint
 * table. Columns belong to the data they were chosen of, and are forgotten with it.
 */
import { create } from 'zustand'
import type { ChoiceOf } from '../../../../engine/document/schema'
import type { VariableRequest } from '../../../../engine/information/report'
import { useDocument } from '../../../store/document'

export const jointViews = ['counts', 'probabilities', 'pointwise'] as const
export type JointView = (typeof jointViews)[number]

export interface Asked {
  readonly x: VariableRequest
  readonly y: VariableRequest
}

interface InformationState {
  /** What a document is put aside for, by that document's key. */
  readonly other: { readonly documentKey: string; readonly choice: ChoiceOf } | undefined
  /** Tables given to look at, by the path that names them. */
  readonly lent: readonly { readonly path: string; readonly name: string }[]
  /** Counts the tables given: one of the same name may be another. */
  readonly version: number
  readonly columns: { readonly of: string; readonly asked: Asked }
  readonly view: JointView
}

/** The engine's own choice of columns. */
export const anything: Asked = { x: { bins: 'auto' }, y: { bins: 'auto' } }

export const useInformationStore = create<InformationState>(() => ({
  other: undefined,
  lent: [],
  version: 0,
  columns: { of: '', asked: anything },
  view: 'counts',
}))

const keyOf = (source: ChoiceOf): string => JSON.stringify(source)

/** What was asked of this data; anything, where nothing was. */
export const askedOf = ({ columns }: Pick<InformationState, 'columns'>, source: ChoiceOf): Asked =>
  columns.of === keyOf(source) ? columns.asked : anything

export const ask = (source: ChoiceOf, asked: Asked): void => useInformationStore.setState({ columns: { of: keyOf(source), asked } })

/** Undefined: at the document's own data. */
export const lookAt = (choice: ChoiceOf | undefined): void =>
  useInformationStore.setState({ other: choice && { documentKey: useDocument.getState().key, choice } })

/** The data looked at instead of the document's own; another document begins with its own. */
export function useOther(): ChoiceOf | undefined {
  const key = useDocument((state) => state.key)
  const other = useInformationStore((state) => state.other)
  return other?.documentKey === key ? other.choice : undefined
}

/** A table that has been handed to the engine under this path. */
export const addLent = (path: string, name: string): void =>
  useInformationStore.setState(({ lent, version }) => ({
    lent: [...lent.filter((one) => one.path !== path), { path, name }],
    version: version + 1,
  }))
