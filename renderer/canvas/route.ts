/**
 * @file The way of a wire. In: its two ends and the boxes of all nodes. Out: an SVG path and where its label sits. Straight on to the right;
 * around what lies between; and back to the left through the gap between two rows, like the return at the end of a line of text.
 */
import { type Point, type Rect, STRIP_HEIGHT } from '../layout/sizes'

export interface Route {
  readonly path: string
  readonly label: Point
  /** Length of the straight part that a label may take. */
  readonly room: number
}

export interface RouteEnds {
  readonly from: Point
  readonly to: Point
  /** Boxes of the two nodes; they do not count as obstacles. */
  readonly source: Rect
  readonly target: Rect
}

/** Horizontal runs already given to other wires, so that two do not lie on each other. */
export interface Lane {
  readonly y: number
  readonly left: number
  readonly right: number
  /** Wires from one port may share a lane. */
  readonly owner: string
}

const CLEARANCE = 12
const LANE_STEP = 9
const LIFT = 22

export function routeWire(ends: RouteEnds, obstacles: readonly Rect[], lanes: Lane[], owner: string): Route {
  const { from, to } = ends
  if (to.x - from.x < 24) return backward(ends, obstacles, lanes, owner)
  const between = obstacles.filter((box) => box !== ends.source && box !== ends.target && crosses(from, to, box))
  return between.length === 0 ? forward(from, to) : around(ends, between, obstacles, lanes, owner)
}

const round = (value: number): number => Math.round(value * 10) / 10

function forward(from: Point, to: Point): Route {
  const bend = Math.max(28, Math.min(90, (to.x - from.x) * 0.4))
  const level = Math.abs(to.y - from.y) < 14
  return {
    path: `M${from.x} ${round(from.y)}C${from.x + bend} ${round(from.y)} ${to.x - bend} ${round(to.y)} ${to.x} ${round(to.y)}`,
    label: { x: (from.x + to.x) / 2, y: level ? (from.y + to.y) / 2 - 11 : (from.y + to.y) / 2 },
    room: to.x - from.x,
  }
}

function backward({ from, to, source, target }: RouteEnds, obstacles: readonly Rect[], lanes: Lane[], owner: string): Route {
  const left = Math.min(from.x, to.x)
  const right = Math.max(from.x, to.x)
  // The two nodes themselves count as they are drawn, not with the room kept for their pictures: between them a wire may be tight.
  const [above, below] = source.y <= target.y ? [compact(source), compact(target)] : [compact(target), compact(source)]
  const gap = below.y - above.y - above.height
  const lift = target.y > source.y ? target.y - LIFT : target.y + target.height + LIFT
  const isBetween = lift > above.y + above.height && lift < below.y
  const wanted = isBetween ? lift : gap > 8 ? below.y - gap / 2 : below.y + below.height + LIFT
  const boxes = obstacles.map((box) => (box === source || box === target ? compact(box) : box))
  const y = round(freeLane(wanted, left, right, boxes, lanes, owner))
  return {
    path: `M${from.x} ${round(from.y)}C${from.x + 34} ${round(from.y)} ${from.x + 34} ${y} ${from.x} ${y}L${to.x} ${y}C${to.x - 30} ${y} ${to.x - 30} ${round(to.y)} ${to.x} ${round(to.y)}`,
    label: { x: (from.x + to.x) / 2, y },
    room: Math.abs(to.x - from.x),
  }
}

const compact = (room: Rect): Rect => ({ ...room, y: room.y + STRIP_HEIGHT / 2, height: room.height - STRIP_HEIGHT })

function around({ from, to }: RouteEnds, between: readonly Rect[], obstacles: readonly Rect[], lanes: Lane[], owner: string): Route {
  const top = Math.min(...between.map((box) => box.y)) - CLEARANCE
  const bottom = Math.max(...between.map((box) => box.y + box.height)) + CLEARANCE
  const middle = (from.y + to.y) / 2
  const wanted = Math.abs(top - middle) <= Math.abs(bottom - middle) ? top : bottom
  const y = round(freeLane(wanted, from.x + 30, to.x - 30, obstacles, lanes, owner))
  return {
    path: `M${from.x} ${round(from.y)}C${from.x + 24} ${round(from.y)} ${from.x + 12} ${y} ${from.x + 38} ${y}L${to.x - 38} ${y}C${to.x - 12} ${y} ${to.x - 24} ${round(to.y)} ${to.x} ${round(to.y)}`,
    label: { x: (from.x + to.x) / 2, y },
    room: Math.abs(to.x - from.x),
  }
}

/** The height nearest to the wanted one at which a horizontal run meets neither a box nor another wire's run; it is then taken. */
function freeLane(wanted: number, left: number, right: number, obstacles: readonly Rect[], lanes: Lane[], owner: string): number {
  const boxes = obstacles.filter((box) => box.x < right && box.x + box.width > left)
  const free = (y: number): boolean =>
    boxes.every((box) => y <= box.y - 5 || y >= box.y + box.height + 5) &&
    lanes.every((lane) => lane.owner === owner || Math.abs(lane.y - y) >= LANE_STEP - 1 || lane.left >= right || lane.right <= left)
  let y = wanted
  for (let step = 1; step < 120 && !free(y); step++) y = wanted + (step % 2 ? -1 : 1) * Math.ceil(step / 2) * LANE_STEP
  lanes.push({ y, left, right, owner })
  return y
}

/** Does the straight line between two ends pass through a box (a little larger than it is)? */
function crosses(from: Point, to: Point, box: Rect): boolean {
  const left = Math.max(from.x, box.x)
  const right = Math.min(to.x, box.x + box.width)
  if (left >= right) return false
  const at = (x: number): number => from.y + ((x - from.x) / (to.x - from.x)) * (to.y - from.y)
  const low = Math.min(at(left), at(right))
  const high = Math.max(at(left), at(right))
  return high > box.y + 6 && low < box.y + box.height - 6
}
