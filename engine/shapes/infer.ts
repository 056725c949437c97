/**
 * @file Shape inference over the whole graph. In: a document. Out: the type of every wire, the weights and counts of every node, and
 * every problem: a node that cannot be worked out says why, and those after it stay silent.
 */
import { type Diagnostic, type Fix, InternalError } from '../core/diagnostics'
import { limits } from '../core/limits'
import { own } from '../core/records'
import { formatShape, sizeOf, type TensorType } from '../core/tensor'
import { type FlatGraph, type FlatNode, flatten } from '../document/flatten'
import type { LayerRegistry } from '../document/ports'
import type { GraphDocument } from '../document/schema'
import { checkStructure } from '../document/structure'
import type { AnyLayer, Fail, WeightSpec } from '../layers/kit/define'
import { type FixSource, resolveFixes } from '../layers/kit/fixes'
import { nodeSettings } from '../layers/kit/node-settings'
import type { ParamSpec } from '../layers/kit/params'
import { completeParams, type ParamProblem, problemValues } from '../layers/kit/validate'
import { activationBytesOf, flopsOf, parameterCountOf } from './counts'
import { fieldOf, type Reach, reachOf } from './receptive-field'
import type { ShapedGraph, ShapedNode, Source } from './shaped-graph'
import { shareWeights } from './shared-weights'

export interface InferOptions {
  /** Default: the document's. */
  readonly batchSize?: number
  readonly layers?: LayerRegistry
}

export function inferShapes(document: GraphDocument, options: InferOptions = {}): ShapedGraph {
  const batchSize = options.batchSize ?? document.training.batchSize
  const structure = checkStructure(document, { layers: options.layers })
  // Too large to be opened.
  if (structure.some(({ code }) => code.startsWith('document.'))) {
    return { name: document.name, batchSize, nodes: [], types: new Map(), diagnostics: structure }
  }
  const flat = flatten(document, options.layers)
  const inference = new Inference(flat, batchSize)
  for (const node of flat.nodes) inference.visit(node)
  // An output that only a block's parameter can take away; drawn wires that end nowhere are known already.
  const missing = structure.some(({ code }) => code === 'graph.dangling-edge') ? [] : inference.missing
  const { nodes, diagnostics: unshared } = shareWeights(inference.nodes, flat.nodes)
  return {
    name: document.name,
    batchSize,
    nodes,
    types: inference.allTypes(),
    diagnostics: inOrder([...structure, ...flat.diagnostics, ...inference.diagnostics, ...unshared, ...missing], flat),
  }
}

type Types = Readonly<Record<string, TensorType>>

class Inference {
  readonly nodes: ShapedNode[] = []
  readonly diagnostics: Diagnostic[] = []
  /** Wires from outputs that the node before turned out not to have. */
  readonly missing: Diagnostic[] = []
  readonly #types = new Map<string, Types>()
  readonly #reaches = new Map<string, Reach>()
  readonly #layers: ReadonlyMap<string, AnyLayer>

  constructor(
    readonly flat: FlatGraph,
    readonly batchSize: number,
  ) {
    this.#layers = new Map(flat.nodes.map(({ path, layer }) => [path, layer]))
  }

  visit(node: FlatNode): void {
    const { path, layer } = node
    const { params, problems: given } = completeParams(layer.params, node.given)
    const problems = [...given, ...completeParams(nodeSettings, settingsOf(node)).problems]
    for (const problem of problems) {
      const fix = correction(path, layer.params[problem.param], problem)
      this.#report({
        code: 'param.invalid',
        severity: 'error',
        nodeId: path,
        param: problem.param,
        values: problemValues(problem),
        ...(fix && { fix }),
      })
    }
    const inputs = this.#sourcesOf(node)
    if (!inputs || problems.length > 0) return

    const carried = carry(layer, inputs)
    const outputs = guarded(path, () => layer.shape(carried, params, this.#failOf(node), { batchSize: this.batchSize }))
    if (!outputs || !this.#fits(path, Object.values<TensorType>(outputs))) return
    const weights: Record<string, WeightSpec> = guarded(path, () => layer.weights?.(carried, params) ?? {})
    if (!this.#fits(path, Object.values(weights))) return

    const reach = reachOf(
      layer,
      params,
      Object.values(inputs)
        .flat()
        .map(({ node: from, type }) => ({ type, reach: this.#reaches.get(from) })),
      outputs,
    )
    this.#types.set(path, outputs)
    if (reach) this.#reaches.set(path, reach)
    this.nodes.push({
      path,
      layer,
      params,
      inputs,
      outputs,
      weights,
      frozen: node.frozen,
      rateMultiplier: node.rateMultiplier,
      regularization: node.regularization,
      ...(node.tie && { tie: node.tie }),
      parameterCount: parameterCountOf(weights),
      flops: flopsOf(layer, carried, params, outputs),
      activationBytes: activationBytesOf(outputs),
      ...(reach && { receptiveField: fieldOf(reach) }),
    })
  }

  /** The types of layers, and of what hands them on. */
  allTypes(): Map<string, Types> {
    const types = new Map(this.#types)
    for (const [path, ports] of this.flat.carried) {
      const known = Object.entries(ports).flatMap(([port, source]) => {
        const type = source && own(this.#types.get(source.node), source.port)
        return type ? [[port, type] as const] : []
      })
      types.set(path, Object.fromEntries(known))
    }
    return types
  }

  /** By port; undefined when a wire is missing or carries nothing known. */
  #sourcesOf({ path, layer, inputs }: FlatNode): Record<string, Source[]> | undefined {
    const sources: Record<string, Source[]> = {}
    for (const port of Object.keys(layer.inputs)) {
      const wires = own(inputs, port) ?? []
      const known = wires.flatMap(({ source }) => {
        const types = source && this.#types.get(source.node)
        const type = source && own(types, source.port)
        if (types && !type)
          this.missing.push({
            code: 'graph.dangling-edge',
            severity: 'error',
            nodeId: path,
            port,
            values: { got: `${source.node}.${source.port}` },
          })
        return source && type ? [{ ...source, type }] : []
      })
      const { optional, variadic } = layer.inputs[port]
      const needed = optional ? 0 : variadic ? 2 : 1
      if (known.length < wires.length || known.length < needed) return undefined
      sources[port] = known
    }
    return sources
  }

  #failOf({ path, inputs }: FlatNode): Fail {
    return ({ fixes = [], ...problem }) => {
      const neighbours = Object.fromEntries(
        Object.entries(inputs).map(([port, wires]) => [
          port,
          wires.map(({ wire }): FixSource => ({ ...wire, layer: this.#layers.get(wire.node) })),
        ]),
      )
      const fix = resolveFixes(fixes, path, neighbours)
      this.#report({ ...problem, severity: 'error', nodeId: path, ...(fix && { fix }) })
      return undefined
    }
  }

  #fits(path: string, tensors: readonly Pick<TensorType, 'shape'>[]): boolean {
    for (const { shape } of tensors) {
      if (!shape.every((extent) => Number.isSafeInteger(extent) && extent > 0)) {
        throw new InternalError('shapes', `the shape rule gives ${formatShape(shape)}`, path)
      }
    }
    const tooLarge = tensors.find(({ shape }) => sizeOf(shape) > limits.tensorElements)
    if (!tooLarge) return true
    this.#report({
      code: 'shape.size',
      severity: 'error',
      nodeId: path,
      values: { got: formatShape(tooLarge.shape), expected: limits.tensorElements },
    })
    return false
  }

  #report(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic)
  }
}

/** As the specifications call them. */
const settingsOf = ({ rateMultiplier, regularization: { l1, l2, decay }, tie }: FlatNode) => ({
  rateMultiplier,
  l1Penalty: l1,
  l2Penalty: l2 + decay,
  ...(tie && { tieStrength: tie.strength }),
})

/** Sets the parameter to a value that would do; nothing where there is no such parameter. */
function correction(node: string, spec: ParamSpec | undefined, { param, instead }: ParamProblem): Fix | undefined {
  if (!spec || instead === undefined) return undefined
  const shown = Array.isArray(instead) ? instead.join(', ') : String(instead)
  return {
    title: { en: `Set ${spec.label.en} to ${shown}`, zh: `将${spec.label.zh}设为 ${shown}` },
    edits: [{ type: 'setParam', node, param, value: instead }],
  }
}

/** Types as the layer's functions want them: one for a port, a list for a variadic one, none for an optional one without a wire. */
export function carry(layer: AnyLayer, inputs: Readonly<Record<string, readonly Source[]>>): Parameters<AnyLayer['shape']>[0] {
  const carried: Record<string, TensorType | readonly TensorType[]> = {}
  for (const [port, sources] of Object.entries(inputs)) {
    const [first] = sources
    if (layer.inputs[port].variadic) carried[port] = sources.map(({ type }) => type)
    else if (first) carried[port] = first.type
  }
  return carried
}

/** A layer's rule that throws is a defect; it is told which node it happened on. */
function guarded<T>(path: string, rule: () => T): T {
  try {
    return rule()
  } catch (error) {
    throw new InternalError('shapes', error instanceof Error ? error.message : String(error), path)
  }
}

/** Problems in the order in which a person meets the nodes; those of no opened node first. */
function inOrder(diagnostics: readonly Diagnostic[], flat: FlatGraph): Diagnostic[] {
  const rank = new Map(flat.nodes.map(({ path }, index) => [path, index]))
  const rankOf = ({ nodeId }: Diagnostic) => (nodeId === undefined ? -1 : (rank.get(nodeId) ?? -1))
  return diagnostics.toSorted((a, b) => rankOf(a) - rankOf(b))
}
