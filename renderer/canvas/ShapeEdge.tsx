/** @file A wire with the shape that flows through it. In: a route worked out by the model. Out: SVG; the label is part of it, without a portal. */

import { memo } from 'react'
import type { Edge, EdgeProps } from 'reactflow'
import type { WireView } from './model'
import type { Route } from './route'

export type WireFlowEdge = Edge<{ wire: WireView }, 'wire'>

const HIT_WIDTH = 18
const BATCH = 'N×'
/** Width of a character of the label, near and where the canvas is seen from further away (canvas/detail.css). */
const CHARACTER = { near: 6.3, far: 7.8 }
const MARGIN = { near: 2, far: 10 }

/** A label that would not fit goes without the batch. */
const fitted = (label: string, room: number, sight: 'near' | 'far'): string =>
  label.startsWith(BATCH) && label.length * CHARACTER[sight] + MARGIN[sight] > room ? label.slice(BATCH.length) : label

export const ShapeEdge = memo(function ShapeEdge({ data, selected }: EdgeProps<WireFlowEdge>) {
  if (!data) return null
  const { route, label } = data.wire
  const near = fitted(label, route.room, 'near')
  const far = fitted(label, route.room, 'far')
  return (
    <g className={selected ? 'wire is-selected' : 'wire'}>
      <path className="react-flow__edge-interaction" d={route.path} fill="none" strokeOpacity={0} strokeWidth={HIT_WIDTH} />
      <path className="wire-line" d={route.path} />
      {label !== '' && <Label route={route} className={near === far ? 'wire-label' : 'wire-label is-near'} text={near} />}
      {near !== far && <Label route={route} className="wire-label is-far" text={far} />}
    </g>
  )
})

const Label = ({ route, className, text }: { route: Route; className: string; text: string }) => (
  <text className={className} x={route.label.x} y={route.label.y} textAnchor="middle" dominantBaseline="central">
    {text}
  </text>
)
