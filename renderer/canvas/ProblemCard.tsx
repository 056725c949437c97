/**
 * @file What is wrong with a node and the one click that mends it, beside the node while it is selected or pointed at; of readable size at every
 * zoom. In: the node's problems. Out: a card on React Flow's toolbar layer.
 */
import { useEffect, useRef, useState } from 'react'
import { NodeToolbar, Position, useStore } from 'reactflow'
import { messageOf } from '../../engine/core/diagnostic-message'
import { canvasWords } from '../i18n/canvas-words'
import { useLanguage, useWords } from '../i18n/i18n'
import { NODE_WIDTH } from '../layout/sizes'
import { applyFix } from '../store/actions'
import { useDocument } from '../store/document'
import { isUnfinished, type Problem } from '../store/problems'
import { showNode } from './show-node'

const SHOWN = 3
const CARD_WIDTH = 226
/** Time to get from the node to the card. */
const PATIENCE = 220

/** Hovering over a node or its card, with a little patience in between. */
export function useHover(): { isOver: boolean; enter: () => void; leave: () => void } {
  const [isOver, setOver] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  return {
    isOver,
    enter: () => {
      clearTimeout(timer.current)
      setOver(true)
    },
    leave: () => {
      clearTimeout(timer.current)
      timer.current = setTimeout(() => setOver(false), PATIENCE)
    },
  }
}

interface Props {
  readonly problems: readonly Problem[]
  /** Of the node, as the engine names it; what lies deeper is inside the block. */
  readonly path: string
  readonly x: number
  readonly hover: ReturnType<typeof useHover>
  readonly isSelected: boolean
}

export function ProblemCard({ problems, path, x, hover, isSelected }: Props) {
  const language = useLanguage()
  const say = useWords(canvasWords)
  const isAlone = useDocument((state) => state.nodes.length === 1)
  // Where the window ends there is no room to the right.
  const isNarrow = useStore((state) => (x + NODE_WIDTH) * state.transform[2] + state.transform[0] + CARD_WIDTH > state.width)
  const isError = problems.some((problem) => problem.severity === 'error' && !isUnfinished(problem))
  return (
    <NodeToolbar
      isVisible={(isSelected && isAlone) || hover.isOver}
      position={isNarrow ? Position.Bottom : Position.Right}
      align={isNarrow ? 'end' : 'center'}
      offset={12}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keeps the card open while the pointer is on it; the keyboard selects the node */}
      <div
        className={isError ? 'problem-card' : problems.every(isUnfinished) ? 'problem-card is-calm' : 'problem-card is-warning'}
        onMouseEnter={hover.enter}
        onMouseLeave={hover.leave}
      >
        {problems.slice(0, SHOWN).map((problem) => (
          <div key={`${problem.code} ${problem.nodeId} ${problem.port} ${problem.param}`} className="problem">
            <span>
              {problem.nodeId !== undefined && problem.nodeId !== path
                ? say('inside', { node: problem.nodeId.slice(path.length + 1), message: messageOf(problem, language) })
                : messageOf(problem, language)}
            </span>
            {problem.instances.length > 1 && (
              <small className="problem-count"> · {say('instances', { count: problem.instances.length })}</small>
            )}
            {problem.nodeId !== undefined && problem.nodeId !== path && (
              <button type="button" className="link" onClick={() => showNode(problem.nodeId ?? path)}>
                {say('showInside')}
              </button>
            )}
            {problem.fix && (
              <button type="button" className="link" onClick={() => applyFix(problem)}>
                {problem.fix.title[language]}
              </button>
            )}
          </div>
        ))}
      </div>
    </NodeToolbar>
  )
}
