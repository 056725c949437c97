/**
 * @file The wire in the hand. In: where it starts and what is under the pointer. Out: a line; and where the wire may not be, the reason, before
 * one lets go.
 */
import { createPortal } from 'react-dom'
import { type ConnectionLineComponentProps, useReactFlow } from 'reactflow'
import { messageOf } from '../../engine/core/diagnostic-message'
import { canvasWords } from '../i18n/canvas-words'
import { useLanguage, useWords } from '../i18n/i18n'
import { useDocument } from '../store/document'
import { endsOf, refusalOf, replacedBy } from './connections'
import type { LayerFlowNode } from './LayerNode'

export function PendingWire({ fromX, fromY, toX, toY, fromHandle, toHandle, fromPosition }: ConnectionLineComponentProps<LayerFlowNode>) {
  const language = useLanguage()
  const say = useWords(canvasWords)
  const document = useDocument((state) => state.document)
  const path = useDocument((state) => state.path)
  const screen = useReactFlow().flowToScreenPosition({ x: toX, y: toY })
  const bend = (fromPosition === 'left' ? -1 : 1) * Math.max(28, Math.min(90, Math.abs(toX - fromX) * 0.4))
  const ends = toHandle ? endsOf(fromHandle, toHandle) : undefined
  const problem = ends && refusalOf(document, ends.from, ends.to)
  const old = ends && !problem ? replacedBy(document, path, ends.from, ends.to) : undefined
  const note = problem ? messageOf(problem, language) : old ? say('replaces', { node: old }) : undefined
  const state = !toHandle ? '' : problem || !ends ? ' is-refused' : ' is-accepted'
  return (
    <g className={`wire is-pending${state}`}>
      <path className="wire-line" d={`M${fromX} ${fromY}C${fromX + bend} ${fromY} ${toX - bend} ${toY} ${toX} ${toY}`} />
      <circle cx={toX} cy={toY} r={4} />
      {note &&
        createPortal(
          <div className={problem ? 'refusal' : 'refusal is-note'} role="status" style={{ left: screen.x, top: screen.y + 16 }}>
            {note}
          </div>,
          globalThis.document.body,
        )}
    </g>
  )
}
