/**
 * @file Ensembles (notes 004, bagging; Breiman 1996): the same network several times, with weights of its own each time. In: a shaped graph.
 * Out: in training, copies that have nothing in common, data included, so that each learns from its own sample of the data; otherwise copies
 * that see the same data, and losses that look at the average of what the copies say.
 * The first copy keeps the nodes' own paths, the others begin with `$2/`, `$3/` …, as no node's path can.
 */
import type { Emit, Tensor } from '../ir/emit'
import { type AnyLayer, defineLayer } from '../layers/kit/define'
import type { ParamSpecs, ParamValues } from '../layers/kit/params'
import type { ShapedGraph, ShapedNode, Source } from './shaped-graph'

const PREFIX = '$'

/** Whether a node (or weight, or input) is not of the first copy. */
export const isReplica = (path: string): boolean => path.startsWith(PREFIX)

export const inReplica = (replica: number, path: string): string => (replica === 1 ? path : `${PREFIX}${replica}/${path}`)

/** What a person calls it, whichever copy it is in. */
export const originalPath = (path: string): string => path.replace(/^\$\d+\//, '')

/** Which copy a weight belongs to. */
export const replicaOf = (name: string): number => Number(/^\$(\d+)\//.exec(name)?.[1] ?? 1)

const isData = ({ layer }: ShapedNode): boolean => layer.role?.type === 'input' || layer.role?.type === 'label'
const isLoss = ({ layer }: ShapedNode): boolean => layer.role?.type === 'loss'

export function replicate(shaped: ShapedGraph, replicas: number, training: boolean): ShapedGraph {
  const numbers = Array.from({ length: replicas }, (_, i) => i + 1)
  if (training) return { ...shaped, nodes: numbers.flatMap((replica) => shaped.nodes.map((node) => copyOf(node, replica, () => false))) }
  const data = new Set(shaped.nodes.filter(isData).map(({ path }) => path))
  const isShared = (path: string) => data.has(path)
  const copies = numbers.flatMap((replica) =>
    shaped.nodes.filter((node) => !isLoss(node) && (replica === 1 || !isData(node))).map((node) => copyOf(node, replica, isShared)),
  )
  return { ...shaped, nodes: [...copies, ...shaped.nodes.filter(isLoss).flatMap((loss) => withAverages(loss, numbers, isShared))] }
}

function copyOf(node: ShapedNode, replica: number, isShared: (path: string) => boolean): ShapedNode {
  const named = (path: string) => (isShared(path) ? path : inReplica(replica, path))
  const { path, inputs, sharesWith, tie } = node
  return {
    ...node,
    path: named(path),
    inputs: mapSources(inputs, (source) => ({ ...source, node: named(source.node) })),
    ...(sharesWith !== undefined && { sharesWith: named(sharesWith) }),
    ...(tie && { tie: { ...tie, to: named(tie.to) } }),
  }
}

const mapSources = (inputs: ShapedNode['inputs'], map: (source: Source, port: string) => Source): ShapedNode['inputs'] =>
  Object.fromEntries(Object.entries(inputs).map(([port, sources]) => [port, sources.map((source) => map(source, port))]))

/** The loss, after a node for each of its inputs that the copies make. */
function withAverages(loss: ShapedNode, replicas: readonly number[], isShared: (path: string) => boolean): ShapedNode[] {
  const averages: ShapedNode[] = []
  const inputs = mapSources(loss.inputs, (source, port) => {
    if (isShared(source.node) || source.type.dtype !== 'f32') return source
    const path = `${PREFIX}average/${loss.path}.${port}`
    averages.push({
      path,
      layer: averageFor(loss, port),
      params: {},
      inputs: { x: replicas.map((replica) => ({ ...source, node: inReplica(replica, source.node) })) },
      outputs: { y: source.type },
      weights: {},
      frozen: false,
      rateMultiplier: 1,
      regularization: { l1: 0, l2: 0, decay: 0, biases: false },
      parameterCount: 0,
      flops: 0,
      activationBytes: 0,
    })
    return { node: path, port: 'y', type: source.type }
  })
  return [...averages, { ...loss, inputs }]
}

/** Probabilities are averaged where the loss knows how its input stands for them, numbers otherwise. */
function averageFor({ layer, params }: ShapedNode, port: string): AnyLayer {
  const role = layer.role?.type === 'loss' ? layer.role : undefined
  const combine = role && port in role.exposes ? role.combine : undefined
  const words = { en: 'Average of the ensemble', zh: '集成平均' }
  return defineLayer({
    kind: 'ensembleAverage',
    category: 'merge',
    idStem: 'average',
    title: words,
    summary: words,
    formula: String.raw`y = \frac{1}{k} \sum_i x_i`,
    reference: 'notes 004',
    inputs: { x: { about: words, variadic: true } },
    outputs: { y: { about: words } },
    params: {},
    shape: ({ x: [first] }) => first && { y: first },
    lower: (b, { x }) => ({ y: combine ? combine(b, x, params as ParamValues<ParamSpecs>) : meanOf(b, x) }),
    pytorch: () => ({ call: (_self, [x]) => `torch.stack(${x}).mean(0)` }),
    cases: [],
  })
}

const meanOf = (b: Emit, values: readonly Tensor[]): Tensor => {
  const [first, ...others] = values
  return b.div(
    others.reduce((sum, value) => b.add(sum, value), first as Tensor),
    values.length,
  )
}
