/** @file A profiled step put in an order to be read. In: kernels with their times. Out: rows. Pure. */
import type { StepProfile } from '../../../../engine/protocol/messages'

type KernelTime = StepProfile['kernels'][number]

export type ProfileOrder = 'inOrder' | 'slowest' | 'byNode'

export interface ProfileRow {
  /** Position in the step, or of the node's first kernel. */
  readonly position: number
  readonly label: string
  /** Path of the node it is for; absent for what belongs to none. */
  readonly origin?: string
  readonly milliseconds: number
  readonly kernels: number
}

const rowOf = ({ label, origins, milliseconds }: KernelTime, position: number): ProfileRow => {
  const [origin] = origins
  return { position, label, milliseconds, kernels: 1, ...(origin === undefined ? {} : { origin }) }
}

export function profileRows(times: readonly KernelTime[], order: ProfileOrder): readonly ProfileRow[] {
  const rows = times.map(rowOf)
  if (order === 'inOrder') return rows
  const listed = order === 'byNode' ? perNode(rows) : rows
  return [...listed].sort((a, b) => b.milliseconds - a.milliseconds)
}

function perNode(rows: readonly ProfileRow[]): readonly ProfileRow[] {
  const nodes = new Map<string | undefined, ProfileRow>()
  for (const row of rows) {
    const known = nodes.get(row.origin)
    nodes.set(
      row.origin,
      known
        ? { ...known, milliseconds: known.milliseconds + row.milliseconds, kernels: known.kernels + 1 }
        : { ...row, label: row.origin ?? '' },
    )
  }
  return [...nodes.values()]
}
