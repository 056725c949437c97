/** @file A wire with the shape that flows through it. In: a route worked out by the model. Out: SVG; the label is part of it, without a portal. */

import { memo } from 'react'
import type { Edge, EdgeProps } from 'reactflow'
import type { WireView } from './model'
import type { Route } from './route'

export type WireFlowEdge = Edge<{ wire: WireView }, 'wire'>

const HIT_WIDTH = 18
const BATCH = 'N×'
/** Width of a character of the label where the canvas is seen from further away (canvas.css). */
const FAR_CHARACTER = 7.8

export const ShapeEdge = memo(function ShapeEdge({ data, selected }: EdgeProps<WireFlowEdge>) {
  if (!data) return null
  const { route, label } = data.wire
  // Seen from further away, a label that would not fit goes without the batch.
  const isTight = label.length * FAR_CHARACTER + 10 > route.room
  return (
    <g className={selected ? 'wire is-selected' : 'wire'}>
      <path className="react-flow__edge-interaction" d={route.path} fill="none" strokeOpacity={0} strokeWidth={HIT_WIDTH} />
      <path className="wire-line" d={route.path} />
      {label !== '' && <Label route={route} className={isTight ? 'wire-label is-near' : 'wire-label'} text={label} />}
      {isTight && label.startsWith(BATCH) && <Label route={route} className="wire-label is-far" text={label.slice(BATCH.length)} />}
    </g>
  )
})

const Label = ({ route, className, text }: { route: Route; className: string; text: string }) => (
  <text className={className} x={route.label.x} y={route.label.y} textAnchor="middle" dominantBaseline="central">
    {text}
  </text>
)
