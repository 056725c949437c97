/** @file A network in miniature. In: a document. Out: its graph drawn as it will open, boxes in the colours of their layers. */
import { memo, useMemo } from 'react'
import type { GraphDocument } from '../../engine/document/schema'
import { arrange } from '../layout/arrange'
import { COLUMN_PITCH, NODE_WIDTH } from '../layout/sizes'
import { categoryOf, colourOf } from '../store/graphs'

const WIDTH = 232
const HEIGHT = 84
const LANE = 96
const BOX_HEIGHT = 56

export const Thumbnail = memo(function Thumbnail({ document }: { document: GraphDocument }) {
  const { boxes, wires, view } = useMemo(() => draw(document), [document])
  return (
    <svg className="thumbnail" viewBox={view} preserveAspectRatio="xMidYMid meet" aria-hidden="true">
      {wires.map((wire) => (
        <path key={wire} d={wire} />
      ))}
      {boxes.map((box) => (
        <rect key={box.id} x={box.x} y={box.y} width={NODE_WIDTH} height={BOX_HEIGHT} rx={12} fill={box.colour} />
      ))}
    </svg>
  )
})

function draw(document: GraphDocument) {
  const at = arrange({
    nodes: document.nodes.map((node) => node.id),
    edges: document.edges.map((edge) => [edge.from.node, edge.to.node] as const),
    window: { width: WIDTH * 3, height: HEIGHT * 3 },
  })
  const boxes = document.nodes.map((node) => ({
    id: node.id,
    x: at[node.id]?.x ?? 0,
    y: (at[node.id]?.y ?? 0) * 0.8,
    colour: colourOf(categoryOf(document, node)),
  }))
  const byId = new Map(boxes.map((box) => [box.id, box]))
  const wires = document.edges.flatMap(({ from, to }) => {
    const source = byId.get(from.node)
    const target = byId.get(to.node)
    if (!source || !target) return []
    const x1 = source.x + NODE_WIDTH
    const y1 = source.y + BOX_HEIGHT / 2
    const x2 = target.x
    const y2 = target.y + BOX_HEIGHT / 2
    if (x2 > x1) return [`M${x1} ${y1}C${x1 + 30} ${y1} ${x2 - 30} ${y2} ${x2} ${y2}`]
    const middle = (y1 + y2) / 2
    return [
      `M${x1} ${y1}C${x1 + 46} ${y1} ${x1 + 46} ${middle} ${x1} ${middle}L${x2} ${middle}C${x2 - 46} ${middle} ${x2 - 46} ${y2} ${x2} ${y2}`,
    ]
  })
  const left = Math.min(0, ...boxes.map((box) => box.x)) - 40
  const top = Math.min(0, ...boxes.map((box) => box.y)) - 14
  // Small networks are not blown up: a box is never wider than a quarter of the picture.
  const width = Math.max(4 * COLUMN_PITCH, Math.max(0, ...boxes.map((box) => box.x + NODE_WIDTH)) - left + 40)
  const height = Math.max(LANE * 2, Math.max(0, ...boxes.map((box) => box.y + BOX_HEIGHT)) - top + 14)
  const contentWidth = Math.max(0, ...boxes.map((box) => box.x + NODE_WIDTH)) - left + 40
  const contentHeight = Math.max(0, ...boxes.map((box) => box.y + BOX_HEIGHT)) - top + 14
  const view = `${left - (width - contentWidth) / 2} ${top - (height - contentHeight) / 2} ${width} ${height}`
  return { boxes, wires: [...new Set(wires)], view }
}
