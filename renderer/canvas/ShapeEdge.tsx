/** @file A wire with the shape that flows through it. In: a route worked out by the model. Out: SVG; the label is part of it, without a portal. */

import { memo } from 'react'
import type { Edge, EdgeProps } from 'reactflow'
import type { WireView } from './model'
import type { Route } from './route'
import type { WireLabel } from './wire-labels'

export type WireFlowEdge = Edge<{ wire: WireView }, 'wire'>

const HIT_WIDTH = 18

export const ShapeEdge = memo(function ShapeEdge({ data, selected }: EdgeProps<WireFlowEdge>) {
  if (!data) return null
  const { route, labels } = data.wire
  return (
    <g className={selected ? 'wire is-selected' : 'wire'}>
      <path className="react-flow__edge-interaction" d={route.path} fill="none" strokeOpacity={0} strokeWidth={HIT_WIDTH} />
      <path className="wire-line" d={route.path} />
      <Label route={route} sight="near" label={labels.near} />
      <Label route={route} sight="far" label={labels.far} />
    </g>
  )
})

/** A label without room shows only while its wire is pointed at or selected. */
const Label = ({ route, sight, label: { text, fits } }: { route: Route; sight: 'near' | 'far'; label: WireLabel }) =>
  text === '' ? null : (
    <text
      className={fits ? `wire-label is-${sight}` : `wire-label is-${sight} is-tight`}
      x={route.label.x}
      y={route.label.y}
      textAnchor="middle"
      dominantBaseline="central"
    >
      {text}
    </text>
  )
