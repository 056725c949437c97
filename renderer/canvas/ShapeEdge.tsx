/** @file A wire with the shape that flows through it. In: a route worked out by the model. Out: SVG; the label is part of it, without a portal. */
import type { Edge, EdgeProps } from 'reactflow'
import { memo } from 'react'
import type { WireView } from './model'

export type WireFlowEdge = Edge<{ wire: WireView }, 'wire'>

const HIT_WIDTH = 18

export const ShapeEdge = memo(function ShapeEdge({ data, selected }: EdgeProps<WireFlowEdge>) {
  if (!data) return null
  const { route, label } = data.wire
  return (
    <g className={selected ? 'wire is-selected' : 'wire'}>
      <path className="react-flow__edge-interaction" d={route.path} fill="none" strokeOpacity={0} strokeWidth={HIT_WIDTH} />
      <path className="wire-line" d={route.path} />
      {label !== '' && (
        <text className="wire-label" x={route.label.x} y={route.label.y} textAnchor="middle" dominantBaseline="central">
          {label}
        </text>
      )}
    </g>
  )
})
