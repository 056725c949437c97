/** @file A joint table in one of its views. In: the table and the view. Out: what stands in a cell, and how strongly it is coloured. */
import type { InformationReport, Joint, Variable } from '../../../../engine/information/report'
import { formatBits } from '../../../../engine/information/shown'
import { formatCount } from '../../../i18n/numbers'
import { formatProbability } from './format'
import type { JointView } from './information-store'

export interface JointTable {
  readonly x: Variable
  readonly y: Variable
  readonly joint: Joint
}

export function jointTableOf({ x, y, joint }: InformationReport): JointTable | undefined {
  return y && joint ? { x, y, joint } : undefined
}

export interface Tint {
  /** 0 to 1 */
  readonly strength: number
  /** More rarely together than if they were independent. */
  readonly isBelow: boolean
}

export function textOfCell({ joint }: JointTable, cell: number, view: JointView): string {
  if (view === 'counts') return formatCount(joint.counts[cell] ?? 0)
  return view === 'probabilities' ? formatProbability(joint.probabilities[cell] ?? 0) : formatBits(joint.pointwise[cell] ?? 0)
}

/** Strength against the strongest cell; a pair that never comes stands out by its sign, not by its colour. */
export function tints({ joint }: JointTable, view: JointView): (cell: number) => Tint {
  const values = view === 'pointwise' ? joint.pointwise : joint.counts
  const most = values.reduce((largest, value) => (Number.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest), 0)
  return (cell) => {
    const value = values[cell] ?? 0
    return { strength: Number.isFinite(value) && most > 0 ? Math.abs(value) / most : 0, isBelow: value < 0 }
  }
}

/** Of the panel's colour, so that text stays readable upon it. */
export const MOST_COLOUR = 50
