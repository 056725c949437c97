/**
 * @file A training step, measured kernel by kernel. In: times. Out: a strip in which every kernel is as wide as it is long, and a table of them;
 * both lead to the node.
 */

import { type ReactNode, useState } from 'react'
import type { GraphDocument } from '../../../../engine/document/schema'
import type { StepProfile } from '../../../../engine/protocol/messages'
import { showNode } from '../../../canvas/show-node'
import { Views } from '../../../controls/Views'
import { useText, useWords } from '../../../i18n/i18n'
import { useDocument } from '../../../store/document'
import { categoryOf, colourOf, graphAt } from '../../../store/graphs'
import { type ProfileOrder, type ProfileRow, profileRows } from './profile'
import { kernelWords } from './words'

const orders: readonly ProfileOrder[] = ['inOrder', 'slowest', 'byNode']

const timeText = (milliseconds: number): string => milliseconds.toFixed(milliseconds < 1 ? 3 : 2)

function colourAt(document: GraphDocument, origin: string | undefined): string {
  const parts = origin?.split('/') ?? []
  const node = graphAt(document, parts.slice(0, -1)).graph.nodes.find(({ id }) => id === parts.at(-1))
  return node ? colourOf(categoryOf(document, node)) : 'var(--faint)'
}

interface TimelineProps {
  readonly profile: StepProfile
  readonly isSelected: (origin: string) => boolean
  /** At the end of the bar. */
  readonly children: ReactNode
}

export function Timeline({ profile, isSelected, children }: TimelineProps) {
  const words = useWords(kernelWords)
  const text = useText()
  const document = useDocument((state) => state.document)
  const [order, setOrder] = useState<ProfileOrder>('inOrder')
  const total = profile.kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  const share = (row: ProfileRow): string => `${(100 * row.milliseconds) / total}%`
  const rows = profileRows(profile.kernels, order)
  const longest = Math.max(...rows.map(({ milliseconds }) => milliseconds))
  const chosen = (row: ProfileRow): boolean => row.origin !== undefined && isSelected(row.origin)
  const named = (row: ProfileRow): string => (row.label === '' ? words('outside') : row.label)
  return (
    <div className="timeline">
      <div className="code-bar kernels-head">
        <span className="mono">{words('total', { time: timeText(total), backend: text(profile.backend) })}</span>
        <Views ids={orders} chosen={order} label={words} choose={setOrder} />
        {children}
      </div>
      <div className="timeline-strip" aria-hidden>
        {profileRows(profile.kernels, 'inOrder').map((row) => (
          <i
            key={row.position}
            title={`${named(row)} · ${timeText(row.milliseconds)} ms`}
            className={chosen(row) ? 'timeline-piece is-selected' : 'timeline-piece'}
            style={{ width: share(row), background: colourAt(document, row.origin) }}
          />
        ))}
      </div>
      <ol className="timeline-rows">
        {rows.map((row) => (
          <li key={`${row.position} ${row.label}`} className={chosen(row) ? 'is-selected' : undefined}>
            <span className="timeline-label" title={named(row)}>
              {named(row)}
              {row.kernels > 1 && <small> ×{row.kernels}</small>}
            </span>
            <span className="timeline-time mono">{timeText(row.milliseconds)}</span>
            <span className="timeline-bar">
              <i
                className="timeline-fill"
                style={{ width: `${(100 * row.milliseconds) / longest}%`, background: colourAt(document, row.origin) }}
              />
            </span>
            {row.origin !== undefined && (
              <button
                type="button"
                className="link mono"
                title={words('showNode', { node: row.origin })}
                onClick={() => showNode(row.origin ?? '')}
              >
                {row.origin}
              </button>
            )}
          </li>
        ))}
      </ol>
    </div>
  )
}
