/**
 * @file What `forward` does with and without labels. In: the steps of the network. Out: those that its outputs need, and those that only the loss
 * needs, which stand behind `if label is None: return …`.
 */
import type { GraphNode } from '../../document/schema'
import { layers } from '../../layers/kit/registry'
import { isLoss, type Output } from './outputs'
import { keyOf, type Step } from './steps'

export interface Phases {
  readonly early: readonly Step[]
  readonly late: readonly Step[]
  readonly labels: readonly GraphNode[]
  /** Without labels there is something to give. */
  readonly mayEnd: boolean
}

const MARK = '\u0000'

/** Whether the call itself speaks of what this node gives; a mask may be for the penalty alone. */
export const isInCall = ({ args, call }: Step, id: string): boolean =>
  args.some((ref, at) => {
    if (ref?.node !== id) return false
    return call(
      'self',
      args.map((_, i) => (i === at ? MARK : 'x')),
    ).includes(MARK)
  })

export function phasesOf(all: readonly Step[], outputs: readonly Output[], data: readonly GraphNode[]): Phases {
  const labels = data.filter(
    (node) => layers.get(node.kind)?.role?.type === 'label' && all.some(({ args }) => args.some((ref) => ref?.node === node.id)),
  )
  const labelled = new Set(labels.map(({ id }) => id))
  const late = new Set<Step>()
  for (const step of all) {
    if (!isLoss(step) && !step.args.some((ref) => ref && labelled.has(ref.node))) continue
    labelled.add(step.node.id)
    late.add(step)
  }
  const told = new Set(outputs.map(({ ref }) => keyOf(ref)))
  for (const step of all.toReversed()) {
    const keys = new Set(step.outputs.map((port) => keyOf({ node: step.node.id, port })))
    const readers = all.filter(({ args }) => args.some((ref) => ref && keys.has(keyOf(ref))))
    if (readers.length > 0 && readers.every((reader) => late.has(reader)) && ![...keys].some((key) => told.has(key))) late.add(step)
  }
  const mayEnd = labels.length > 0 && all.some(isLoss) && outputs.length > 0 && !outputs.some(({ ref }) => labelled.has(ref.node))
  return { early: all.filter((step) => !late.has(step)), late: all.filter((step) => late.has(step)), labels, mayEnd }
}
