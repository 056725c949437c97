/**
 * @file The graph of variables and operations (notes 004): the compiled program itself, each value above and its gradient below. In: the lesson's
 * operations and the present step. Out: what is known by then; what the present node computes stands out.
 */
import { useEffect, useMemo, useRef, useState } from 'react'
import type { OperationNode } from '../../engine/insight/lesson-report'
import { useWords } from '../i18n/i18n'
import { arrangeInWorker } from '../layout/layout-client'
import type { Point, Rect } from '../layout/sizes'
import { Num } from './Numbers'
import { layoutInputOf, sheetOf } from './operation-layout'
import { useBox } from './use-box'
import { lessonWords } from './words'

interface Props {
  readonly operations: readonly OperationNode[]
  readonly at: number
  /** Path of the node at work. */
  readonly node: string
}

/** Numbers of a tensor that fit a box. */
const SHOWN = 2
const SMALLEST = 0.6

/** Corners of the boxes; the worker that lays out the canvas does this too. */
function useCorners(operations: readonly OperationNode[], width: number, height: number): Readonly<Record<string, Point>> | undefined {
  const [corners, setCorners] = useState<Readonly<Record<string, Point>>>()
  // Another sample has other numbers, but the same graph.
  const shape = JSON.stringify(operations.map(({ id, operands }) => [id, operands]))
  const latest = useRef(operations)
  latest.current = operations
  // biome-ignore lint/correctness/useExhaustiveDependencies: laid out anew when the graph or its room changes
  useEffect(() => {
    if (width === 0) return
    let current = true
    void arrangeInWorker(layoutInputOf(latest.current, width, height)).then((found) => current && setCorners(found))
    return () => {
      current = false
    }
  }, [shape, width, height])
  return corners
}

export function OperationDrawing({ operations, at, node }: Props) {
  const words = useWords(lessonWords)
  const { ref, width, height } = useBox()
  const corners = useCorners(operations, width, height)
  const sheet = useMemo(() => corners && sheetOf(operations, corners), [operations, corners])
  const scale = sheet ? Math.max(SMALLEST, Math.min(1.1, width / sheet.width, height / sheet.height)) : 1
  const known = new Map(operations.map(({ id, from }) => [id, from <= at]))
  return (
    <div className="lesson-operations" ref={ref} title={words('valueAndGradient')} data-testid="lesson-operations">
      {sheet && (
        <div className="lesson-operations-room" style={{ width: sheet.width * scale, height: sheet.height * scale }}>
          <div className="lesson-operations-sheet" style={{ width: sheet.width, height: sheet.height, transform: `scale(${scale})` }}>
            <svg width={sheet.width} height={sheet.height} aria-hidden>
              {sheet.wires.map(({ key, to, path }) => (
                <path key={key} className={known.get(to) ? 'lesson-edge is-known' : 'lesson-edge'} d={path} />
              ))}
            </svg>
            {operations.map((operation) => {
              const box = sheet.boxes.get(operation.id)
              return box && <Operation key={operation.id} operation={operation} at={at} box={box} isFocus={operation.node === node} />
            })}
          </div>
        </div>
      )}
    </div>
  )
}

interface OperationProps {
  readonly operation: OperationNode
  readonly at: number
  readonly box: Rect
  readonly isFocus: boolean
}

function Operation({ operation, at, box, isFocus }: OperationProps) {
  const { type, label, node, shape, values, from, deltas, deltasFrom } = operation
  const isKnown = from <= at
  return (
    <div
      className={`lesson-operation is-${type}${isKnown ? '' : ' is-ahead'}${isFocus ? ' is-focus' : ''}`}
      style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
      title={`${label}${node === '' ? '' : ` · ${node}`}${shape.length > 0 ? ` · ${shape.join('×')}` : ''}`}
    >
      <b className="mono">{label}</b>
      {isKnown && <Values values={values} />}
      {deltas.length > 0 && deltasFrom <= at && <Values values={deltas} isGradient />}
    </div>
  )
}

const Values = ({ values, isGradient = false }: { values: readonly number[]; isGradient?: boolean }) => (
  <span className={isGradient ? 'lesson-values is-gradient' : 'lesson-values'}>
    {isGradient && '∂ '}
    {values.slice(0, SHOWN).map((value, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: elements have no identity but their place
      <Num key={index} value={value} />
    ))}
    {values.length > SHOWN && ' …'}
  </span>
)
