/**
 * @file One form for all documents that mean the same. In: any valid document. Out: nodes in forward order, wires in the order of the
 * ports they end at, keys in a fixed order, values that equal their defaults gone. Normalising twice changes nothing, and what is
 * written to a file reads back as the same normalised document.
 */

import { own } from '../core/records'
import type { AnyLayer } from '../layers/kit/define'
import { type ParamSpec, type Variant, type VariantSpec, variantOf } from '../layers/kit/params'
import { layers as allLayers } from '../layers/kit/registry'
import { augmentationSpecs } from './augmentation-specs'
import { forwardOrder } from './order'
import { type Blocks, blockNamed, type LayerRegistry, nodeKinds, portsOf } from './ports'
import type {
  Block,
  ChoiceOf,
  DataSettings,
  DocumentParam,
  Graph,
  GraphDocument,
  GraphEdge,
  GraphNode,
  Layout,
  TrainingSettings,
} from './schema'
import { normalizeFields, normalizeGroups } from './training-groups'
import { normalizeWeightSettings } from './weight-settings'

export function normalizeDocument(document: GraphDocument, layers: LayerRegistry = allLayers): GraphDocument {
  const { blocks } = document
  const sortedBlocks = Object.entries(blocks).toSorted(byName)
  return {
    format: document.format,
    version: document.version,
    name: document.name,
    ...(document.description && { description: document.description }),
    ...normalizeGraph(document, blocks, layers),
    blocks: Object.fromEntries(sortedBlocks.map(([name, block]) => [name, normalizeBlock(block, blocks, layers)])),
    data: normalizeData(document.data),
    training: normalizeTraining(document.training),
  }
}

const normalizeBlock = (block: Block, blocks: Blocks, layers: LayerRegistry): Block => ({
  title: block.title,
  params: Object.fromEntries(Object.entries(block.params).map(([name, value]) => [name, withoutMinusZero(value)])),
  ...normalizeGraph(block, blocks, layers),
})

function normalizeGraph(graph: Graph, blocks: Blocks, layers: LayerRegistry): Graph {
  const nodes = inForwardOrder(graph)
  return {
    nodes: nodes.map((node) => normalizeNode(node, blocks, layers)),
    edges: inPortOrder(graph.edges, nodes, blocks, layers),
    layout: normalizeLayout(graph.layout, nodes),
  }
}

/** A block's inputs first and its outputs last; nodes on circles, which have no forward order, at the end as they stand. */
function inForwardOrder(graph: Graph): GraphNode[] {
  const { order } = forwardOrder(graph)
  const placed = new Set(order)
  const nodes = [...order.flatMap((index) => graph.nodes[index] ?? []), ...graph.nodes.filter((_, index) => !placed.has(index))]
  const portsInOrder = (kind: string) => graph.nodes.filter((node) => node.kind === kind)
  return [
    ...portsInOrder(nodeKinds.blockInput),
    ...nodes.filter(({ kind }) => kind !== nodeKinds.blockInput && kind !== nodeKinds.blockOutput),
    ...portsInOrder(nodeKinds.blockOutput),
  ]
}

function inPortOrder(edges: readonly GraphEdge[], nodes: readonly GraphNode[], blocks: Blocks, layers: LayerRegistry): GraphEdge[] {
  const rankOf = new Map(
    nodes.map((node, index) => {
      const ports = portsOf(node, blocks, layers)?.inputs ?? []
      return [node.id, { index, ports: new Map(ports.map(({ name }, at) => [name, at])) }]
    }),
  )
  const last = Number.MAX_SAFE_INTEGER
  const nodeRank = ({ to }: GraphEdge) => rankOf.get(to.node)?.index ?? last
  const portRank = ({ to }: GraphEdge) => rankOf.get(to.node)?.ports.get(to.port) ?? last
  return edges
    .toSorted((a, b) => nodeRank(a) - nodeRank(b) || portRank(a) - portRank(b))
    .map(({ from, to }) => ({ from: { node: from.node, port: from.port }, to: { node: to.node, port: to.port } }))
}

function normalizeNode(node: GraphNode, blocks: Blocks, layers: LayerRegistry): GraphNode {
  const { id, kind } = node
  if (kind === nodeKinds.blockInput || kind === nodeKinds.blockOutput) return { id, kind, params: {} }
  const block = kind === nodeKinds.block ? blockNamed(blocks, node.block) : undefined
  return {
    id,
    kind,
    ...(node.block !== undefined && kind === nodeKinds.block && { block: node.block }),
    ...(node.title && { title: node.title }),
    params: block ? normalizeInstanceParams(node.params, block) : normalizeLayerParams(node.params, layers.get(kind)),
    ...(node.bypass !== undefined && node.bypass !== false && { bypass: node.bypass }),
    ...normalizeWeightSettings(node),
  }
}

type Params = Readonly<Record<string, DocumentParam>>

const normalizeInstanceParams = (params: Params, block: Block): Record<string, DocumentParam> =>
  pick(Object.keys(block.params), params, (value, name) => (value === own(block.params, name) ? undefined : value))

function normalizeLayerParams(params: Params, layer: AnyLayer | undefined): Record<string, DocumentParam> {
  const specs: Readonly<Record<string, ParamSpec>> = layer?.params ?? {}
  return pick(Object.keys(specs), params, (value, name) => {
    const spec = own(specs, name)
    const shortest = spec?.type === 'int2d' && isSquare(value) ? value[0] : spec?.type === 'variant' ? shortestVariant(spec, value) : value
    const usual = spec?.type === 'int2d' && isSquare(spec.default) ? spec.default[0] : spec?.default
    return equal(shortest, usual) ? undefined : shortest
  })
}

/** The values in the order of `names`, then whatever else there is; those that `map` drops are left out. */
function pick(
  names: readonly string[],
  params: Params,
  map: (value: DocumentParam, name: string) => DocumentParam | undefined,
): Record<string, DocumentParam> {
  const ordered = new Set([...names, ...Object.keys(params)])
  const kept = [...ordered].flatMap((name) => {
    const given = own(params, name)
    const value = given === undefined ? undefined : map(withoutMinusZero(given), name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(kept)
}

/** Settings in the order of their specification, those that equal their defaults gone; without any, the kind alone. */
function shortestVariant(spec: VariantSpec, value: DocumentParam): DocumentParam {
  if (!isVariant(value)) return value
  const { kind, given } = variantOf(value)
  const settings = own(spec.settings, kind) ?? {}
  const names = new Set([...Object.keys(settings), ...Object.keys(given)])
  const kept = [...names].flatMap((name) => {
    const setting = own(given, name)
    return setting === undefined || setting === own(settings, name)?.default ? [] : [[name, setting] as const]
  })
  return kept.length === 0 ? kind : { kind, ...Object.fromEntries(kept) }
}

const isVariant = (value: DocumentParam): value is Exclude<Variant, string> =>
  typeof value === 'object' && !Array.isArray(value) && 'kind' in value

const isSquare = (value: unknown): value is [number, number] => Array.isArray(value) && value.length === 2 && value[0] === value[1]

const equal = (a: unknown, b: unknown): boolean =>
  a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => item === b[index]))

/** JSON has only one zero. */
function withoutMinusZero<V extends DocumentParam>(value: V): V
function withoutMinusZero(value: DocumentParam): DocumentParam {
  if (Array.isArray(value)) return value.map((item) => item + 0)
  if (isVariant(value)) {
    const given = Object.entries(variantOf(value).given).map(([name, item]) => [name, typeof item === 'number' ? item + 0 : item] as const)
    return { kind: value.kind, ...Object.fromEntries(given) }
  }
  return typeof value === 'number' ? value + 0 : value
}

const normalizeLayout = (layout: Layout, nodes: readonly GraphNode[]): Layout =>
  Object.fromEntries(
    nodes.flatMap(({ id }) => {
      const position = own(layout, id)
      return position ? [[id, { x: position.x + 0, y: position.y + 0 }]] : []
    }),
  )

const normalizeChoice = ({ kind, params }: ChoiceOf): ChoiceOf => ({
  kind,
  params: Object.fromEntries(
    Object.entries(params)
      .toSorted(byName)
      .map(([name, value]) => [name, withoutMinusZero(value)]),
  ),
})

const normalizeData = (data: DataSettings): DataSettings => ({
  source: normalizeChoice(data.source),
  ...(data.validation && { validation: normalizeChoice(data.validation) }),
  standardize: data.standardize,
  ...(data.minMax && { minMax: { low: data.minMax.low + 0, high: data.minMax.high + 0 } }),
  ...(data.scaleTarget && { scaleTarget: true }),
  ...(data.labelledShare !== undefined && { labelledShare: data.labelledShare + 0 }),
  ...(data.augmentation && { augmentation: normalizeFields(data.augmentation, augmentationSpecs) }),
  ...(data.statistics && { statistics: normalizeStatistics(data.statistics) }),
  ...(data.targetStatistics && { targetStatistics: normalizeStatistics(data.targetStatistics) }),
})

const normalizeStatistics = ({ mean, deviation }: NonNullable<DataSettings['statistics']>) => ({
  mean: withoutMinusZero(mean),
  deviation: withoutMinusZero(deviation),
})

/** What is absent is off. */
const normalizeTraining = (training: TrainingSettings): TrainingSettings => ({
  optimizer: normalizeChoice(training.optimizer),
  batchSize: training.batchSize,
  epochs: training.epochs,
  seed: training.seed,
  shuffle: training.shuffle,
  validationSplit: training.validationSplit,
  ...(training.replacement && { replacement: true }),
  ...(training.schedule && { schedule: normalizeChoice(training.schedule) }),
  ...(training.warmup && { warmup: training.warmup }),
  ...(training.clipNorm !== undefined && { clipNorm: training.clipNorm + 0 }),
  ...(training.averaging !== undefined && { averaging: training.averaging + 0 }),
  ...(training.l2 && { l2: training.l2 }),
  ...(training.l1 && { l1: training.l1 }),
  ...(training.decay && { decay: true }),
  ...(training.penalizeBiases && { penalizeBiases: true }),
  ...(training.weightNoise && { weightNoise: training.weightNoise }),
  ...normalizeGroups(training),
  ...(training.precision === 'f16' && { precision: 'f16' }),
  ...(training.watchCurvature && { watchCurvature: true }),
})

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0)
