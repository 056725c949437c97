/**
 * @file What the drawings of a lesson are made of (notes 001, 004): neurons with weights on their wires, and the graph of variables and operations,
 * which is the compiled program itself. In: a traced sample and the lesson's steps. Out: both, each number with the step from which it is known.
 */
import type { Op } from '../ir/program'
import type { ShapedNode } from '../shapes/shaped-graph'
import { weightsOwner } from './lesson-forward'
import type { LessonStep, LessonUnit, OperationNode, Revealed, UnitColumn, UnitDrawing, UnitWire } from './lesson-report'
import { type Notation, portOf, widthOf } from './notation'
import type { Traced } from './traced'

/** Step ids → their place; what no step says is known at the end. */
class Order {
  private readonly places: ReadonlyMap<string, number>

  constructor(private readonly steps: readonly LessonStep[]) {
    this.places = new Map(steps.map(({ id }, i) => [id, i]))
  }

  of(...ids: readonly string[]): number {
    const found = ids.flatMap((id) => this.places.get(id) ?? [])
    return found.length > 0 ? Math.min(...found) : this.steps.length
  }

  /** The first step back at or after this node, in the order of the way back. */
  backAt(node: string): number {
    const at = this.steps.findIndex((step) => step.phase === 'backward' && step.node === node)
    return at < 0 ? this.steps.length : at
  }
}

export function unitDrawing(traced: Traced, notation: Notation, steps: readonly LessonStep[]): UnitDrawing {
  const order = new Order(steps)
  const nodes = traced.shaped.nodes
  const merged = new Map(nodes.flatMap((node) => (notation.sumBefore(node) ? [[notation.sumBefore(node)?.path ?? '', node] as const] : [])))
  /** Node path → the node whose column draws its units. */
  const drawnAt = (path: string): string => [...merged].find(([, activation]) => activation.path === path)?.[0] ?? path
  const columns: UnitColumn[] = []
  const wires: UnitWire[] = []
  for (const node of nodes) {
    if (notation.sumBefore(node) || notation.partOf(node) === 'label') continue
    const activation = merged.get(node.path)
    columns.push(columnOf(traced, notation, order, node, activation))
    wires.push(...wiresTo(traced, notation, order, node, drawnAt))
  }
  return { columns, wires }
}

function columnOf(traced: Traced, notation: Notation, order: Order, node: ShapedNode, activation: ShapedNode | undefined): UnitColumn {
  const { path } = node
  const part = notation.partOf(node)
  const values = traced.value(path, portOf(node))
  const after = activation && traced.value(activation.path, portOf(activation))
  const delta = part === 'input' || part === 'loss' ? undefined : traced.delta(path, portOf(node))
  const deltaFrom = order.of(...errorSteps(notation, path, activation))
  const shown = (value: number | undefined, from: number): Revealed | undefined => (value === undefined ? undefined : { value, from })
  const units = [...values].map((value, i): LessonUnit => {
    const known = order.of(`forward ${path}`)
    return {
      id: `${path}:${i}`,
      name: notation.value(path, values.length > 1 || part !== 'loss' ? i : undefined),
      ...(part === 'affine' && { z: shown(value, known) }),
      // What nothing follows is its own activation: it need not stand there twice.
      ...(after ? { a: shown(after[i], order.of(`forward ${activation?.path}`)) } : part !== 'affine' && { a: shown(value, known) }),
      ...(delta && { delta: shown(delta[i], deltaFrom) }),
    }
  })
  const layer = notation.layer(path)
  return {
    nodes: activation ? [path, activation.path] : [path],
    title: layer === undefined ? { en: path, zh: path } : { en: `layer ${layer}`, zh: `第 ${layer} 层` },
    units,
  }
}

/** Steps that may tell the gradient at a node's output. */
const errorSteps = (notation: Notation, path: string, activation: ShapedNode | undefined): readonly string[] => [
  ...(activation ? [`backward ${activation.path}`] : []),
  `error ${path}`,
  ...notation.readersOf(path).flatMap((reader) => [`backward ${reader.path}`, `backward ${reader.path} ${path}`]),
]

function wiresTo(
  traced: Traced,
  notation: Notation,
  order: Order,
  node: ShapedNode,
  drawnAt: (path: string) => string,
): readonly UnitWire[] {
  const { path } = node
  const width = widthOf(node)
  const name = `${weightsOwner(node)}.${node.layer.affine?.kernel}`
  return Object.values(node.inputs)
    .flat()
    .filter((source) => notation.partOf(traced.node(source.node)) !== 'label')
    .flatMap((source): UnitWire[] => {
      const from = drawnAt(source.node)
      const count = widthOf(traced.node(source.node))
      if (notation.partOf(node) === 'affine') {
        const [w, gradient, next] = [traced.weight(name), trainable(traced, name), traced.update?.next(name)]
        return [...w].map((weight, i) => ({
          id: `${name}:${i}`,
          from: `${from}:${Math.floor(i / width)}`,
          to: `${path}:${i % width}`,
          weight,
          ...(gradient && { gradient: { value: gradient[i] as number, from: order.of(`weight ${path}`) } }),
          ...(gradient && next && { next: { value: next[i] as number, from: order.of(`update ${name}`) } }),
        }))
      }
      // One to one where every unit has its own, else each with each.
      return node.layer.pointwise && count === width
        ? Array.from({ length: count }, (_, i) => ({ id: `${from}>${path}:${i}`, from: `${from}:${i}`, to: `${path}:${i}` }))
        : Array.from({ length: count * width }, (_, i) => ({
            id: `${from}>${path}:${i}`,
            from: `${from}:${Math.floor(i / width)}`,
            to: `${path}:${i % width}`,
          }))
    })
}

const trainable = (traced: Traced, name: string): Float64Array | undefined =>
  traced.parameters.includes(name) ? traced.gradient(name) : undefined

const nameOf = (op: Op): string => {
  if (op.op === 'input') return op.name
  if (op.op === 'unary' || op.op === 'binary' || op.op === 'reduce') return op.name
  return op.op
}

/**
 * The way forward as the compiler has it. Broadcasts and reshapes, which change no number, are stepped over; constants stand in the label of what
 * reads them: `mul(·, 0.5)`.
 */
export function operationGraph(traced: Traced, notation: Notation, steps: readonly LessonStep[]): readonly OperationNode[] {
  const order = new Order(steps)
  const traces = new Map(traced.values.map((one) => [one.id, one]))
  const { values } = traced.program
  const through = (id: number): number => {
    const instruction = values[id]
    const isMovement = instruction?.op.op === 'broadcast' || instruction?.op.op === 'reshape'
    return isMovement ? through(instruction.inputs[0] as number) : id
  }
  const constantAt = (id: number): number | undefined => {
    const op = values[id]?.op
    return op?.op === 'constant' ? op.value : undefined
  }
  const needed = new Set<number>()
  const visit = (id: number): void => {
    if (needed.has(id) || constantAt(id) !== undefined) return
    needed.add(id)
    for (const operand of values[id]?.inputs ?? []) visit(through(operand))
  }
  visit(through(traced.program.outputs.find(({ name }) => name === 'loss')?.value ?? 0))
  return [...needed]
    .sort((a, b) => a - b)
    .flatMap((id): OperationNode[] => {
      const instruction = values[id]
      if (!instruction) return []
      const { op, origin, shape } = instruction
      const operands = instruction.inputs.map(through)
      const constants = operands.map(constantAt)
      const given = constants.map((value) => (value === undefined ? '·' : String(Number(value.toPrecision(4)))))
      const trace = traces.get(id)
      const type = op.op !== 'input' ? 'operation' : op.role === 'state' ? 'parameter' : 'input'
      return [
        {
          id,
          type,
          label: nameOf(op) + (constants.some((value) => value !== undefined) ? `(${given.join(', ')})` : ''),
          node: origin,
          shape,
          operands: operands.filter((_, i) => constants[i] === undefined),
          values: [...(trace?.value ?? [])],
          from: type === 'parameter' ? 0 : order.of(`forward ${origin}`),
          deltas: [...(trace?.delta ?? [])],
          deltasFrom: backFrom(order, notation, traced, origin),
        },
      ]
    })
}

/** Gradients inside a node are known when the way back has reached it. */
function backFrom(order: Order, notation: Notation, traced: Traced, origin: string): number {
  const node = traced.shaped.nodes.find(({ path }) => path === origin)
  if (!node) return order.backAt(origin)
  const reached = [origin, ...notation.readersOf(origin).map(({ path }) => path)].map((path) => order.backAt(path))
  return Math.min(...reached)
}
