/**
 * @file The network as Python classes. In: a document and its shaped graph. Out: a class for each block, one for the network whose `forward` gives its
 * outputs, and with labels the loss too; and under which name each weight stands in its `state_dict`.
 */
import { DiagnosedError, type Diagnostic } from '../../core/diagnostics'
import { blocksInOrderOfUse } from '../../document/block-order'
import { nodeKinds } from '../../document/ports'
import type { GraphDocument, GraphNode } from '../../document/schema'
import type { ParamSpecs, ParamValues } from '../../layers/kit/params'
import { layers } from '../../layers/kit/registry'
import type { ShapedGraph, ShapedNode } from '../../shapes/shaped-graph'
import { type Body, classesOf, classText } from './classes'
import { Forward } from './forward'
import { PythonNames, pascal, snake } from './names'
import { isLoss, outputsOf } from './outputs'
import { isInCall, phasesOf } from './phases'
import { hasStarts } from './starts'
import { blockInput, instancesIn, keyOf, type Network, type Place, pytorchOf, resultsOf, type Step, Steps } from './steps'

export interface PythonNetwork {
  readonly className: string
  /** Classes, those that others need first. */
  readonly definitions: readonly string[]
  /** `conv1`, `group1a.conv1`: where the module of each shaped node with weights stands in the network's. */
  readonly attributes: ReadonlyMap<string, string>
  /** What PyTorch calls each weight of its module, by our name. */
  readonly weights: ReadonlyMap<string, string>
  /** Arguments of `forward`, those that may be left out last. */
  readonly inputs: readonly string[]
  /** How many of them may not be left out. */
  readonly required: number
  readonly outputs: readonly string[]
  readonly hasLoss: boolean
}

/** What a weight is called in functions of `model`. */
export const weightsIn =
  ({ attributes, weights }: PythonNetwork) =>
  ({ path }: { readonly path: string }, weight: string): string =>
    `model.${attributes.get(path)}.${weights.get(`${path}.${weight}`) ?? weight}`

const isData = (node: GraphNode): boolean => ['input', 'label'].includes(layers.get(node.kind)?.role?.type ?? '')

export function pythonNetwork(document: GraphDocument, shaped: ShapedGraph): PythonNetwork {
  const faults = shaped.nodes.filter(({ path, layer }) => layer.role && path.includes('/')).map(misplaced)
  if (faults.length > 0) throw new DiagnosedError(faults)
  return new Drawing(document, shaped).draw()
}

/** `forward` hands tensors through blocks; what comes from outside and what ends in the loss stands in the network itself. */
const misplaced = ({ path }: ShapedNode): Diagnostic => ({ code: 'export.in-block', severity: 'error', nodeId: path, values: {} })

class Drawing {
  readonly #network: Network
  readonly #classNames: PythonNames
  readonly #root: Place
  /** What makes each instance of a block, by its path. */
  readonly #instances = new Map<string, string>()
  /** Expressions of penalties inside instances, from the place around: `penalty`, `inner.penalty`. */
  readonly #penalties = new Map<string, readonly string[]>()
  readonly #attributes = new Map<string, string>()
  readonly #definitions = new Set<string>()
  readonly #namesIn = new Map<string, string>()

  constructor(
    readonly document: GraphDocument,
    readonly shaped: ShapedGraph,
  ) {
    this.#network = { shaped: new Map(shaped.nodes.map((node) => [node.path, node])), blocks: document.blocks }
    this.#root = { graph: document, prefix: '', values: {} }
    this.#classNames = new PythonNames()
  }

  draw(): PythonNetwork {
    const places = new Map<string, (Place & { readonly node: GraphNode })[]>()
    const visit = (place: Place) => {
      this.#nameModules(place)
      for (const instance of instancesIn(place, this.document.blocks)) {
        const { block = '' } = instance.node
        places.set(block, [...(places.get(block) ?? []), instance])
        visit(instance)
      }
    }
    visit(this.#root)
    const classes = blocksInOrderOfUse(this.document.blocks).flatMap(([id, { title }]) => {
      const instances = places.get(id) ?? []
      const bodies = instances.map((place) => this.#bodyOf(place, title, pascal(id)))
      const { definitions, instances: constructors } = classesOf(bodies, this.#classNames)
      for (const [at, { prefix }] of instances.entries()) this.#instances.set(prefix.slice(0, -1), constructors[at] ?? '')
      return definitions
    })
    const className = this.#classNames.claim(pascal(this.document.name))
    const { definition, ...facts } = this.#main(className)
    const weights = new Map(
      this.shaped.nodes.flatMap((node) =>
        Object.entries(pytorchOf(node).weights ?? {}).map(([ours, { name }]) => [`${node.path}.${ours}`, name] as const),
      ),
    )
    return { className, definitions: [...this.#definitions, ...classes, definition], attributes: this.#attributes, weights, ...facts }
  }

  /** Of everything in a place, so that other places can speak of it. */
  #nameModules({ graph, prefix }: Place): void {
    const names = PythonNames.ofModule()
    const outer = this.#attributes.get(prefix.slice(0, -1))
    for (const { id } of graph.nodes) {
      const name = names.claim(snake(id))
      this.#namesIn.set(prefix + id, name)
      this.#attributes.set(prefix + id, outer === undefined ? name : `${outer}.${name}`)
    }
  }

  #moduleOf(place: Place): (step: Step) => string {
    return ({ node }) => `self.${this.#namesIn.get(place.prefix + node.id)}`
  }

  #stepsOf(place: Place): { steps: Steps; all: readonly Step[] } {
    const steps = new Steps(place, this.#network, (path) => this.#instances.get(path) ?? '')
    const all = steps.all()
    for (const { definitions, layer } of all)
      for (const definition of definitions) {
        this.#definitions.add(definition.trimEnd())
        for (const [, name = ''] of definition.matchAll(/^(?:class|def) (\w+)/gm)) if (layer) this.#classNames.claim(name)
      }
    return { steps, all }
  }

  #inits(place: Place, steps: readonly Step[]): string[] {
    const name = this.#moduleOf(place)
    return steps.flatMap((step) => (step.module === undefined ? [] : [`${name(step)} = ${step.module}`]))
  }

  #bodyOf(place: Place, title: string, className: string): Body {
    const { steps, all } = this.#stepsOf(place)
    const inputs = place.graph.nodes.filter(({ kind }) => kind === nodeKinds.blockInput)
    const names = new PythonNames()
    const given = new Map(inputs.map(({ id }) => [keyOf(blockInput(id)), names.claim(snake(id))]))
    const results = resultsOf(steps)
    const forward = new Forward({ given, results: results.flatMap((ref) => ref ?? []), moduleOf: this.#moduleOf(place) }, all)
    forward.write(all)
    const penalties = [...forward.penalties(), ...this.#innerPenalties(place, all)]
    if (penalties.length > 0) {
      forward.lines.push(`self.penalty = ${penalties.join(' + ')}`)
      this.#penalties.set(place.prefix.slice(0, -1), ['penalty'])
    }
    return {
      ...{ title, className, args: [...given.values()] },
      inits: this.#inits(place, all),
      lines: forward.returning(results),
      known: this.#known(place),
    }
  }

  #innerPenalties(place: Place, steps: readonly Step[]): string[] {
    const name = this.#moduleOf(place)
    return steps.flatMap((step) => (this.#penalties.get(place.prefix + step.node.id) ?? []).map((inner) => `${name(step)}.${inner}`))
  }

  /** What a constructor's arguments may be called: the block's own parameters, then what comes in. */
  #known({ prefix, values, graph }: Place): [string, string][] {
    const literal = (value: unknown) => (typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value))
    const inputs = graph.nodes.filter(({ kind }) => kind === nodeKinds.blockInput)
    const extents = inputs.flatMap(({ id }): [string, string][] => {
      const shape = this.shaped.types.get(prefix + id)?.y?.shape ?? []
      return shape.length > 2 ? [['inChannels', `${shape[1]}`]] : [['inFeatures', `${shape[1]}`]]
    })
    return [...Object.entries(values).map(([name, value]): [string, string] => [name, literal(value)]), ...extents]
  }

  #main(className: string): Pick<PythonNetwork, 'inputs' | 'required' | 'outputs' | 'hasLoss'> & { readonly definition: string } {
    const { steps, all } = this.#stepsOf(this.#root)
    const outputs = outputsOf(steps, all)
    const losses = all.filter(isLoss)
    const names = new PythonNames()
    const data = this.document.nodes.filter(isData)
    const given = new Map(data.map(({ id }) => [fedBy(id), names.claim(snake(id))]))
    const { late, early, labels, mayEnd } = phasesOf(all, outputs, data)

    const lossRefs = losses.map(({ node }) => ({ node: node.id, port: 'loss' }))
    const wanted = new Map(outputs.map(({ name, ref }) => [keyOf(ref), snake(name)] as const).filter(([key]) => !given.has(key)))
    for (const step of all.toReversed()) handBack(step, wanted, given)
    for (const ref of lossRefs) wanted.set(keyOf(ref), lossRefs.length === 1 ? 'loss' : snake(ref.node))
    const results = [...outputs.map(({ ref }) => ref), ...lossRefs]
    const forward = new Forward({ given, results, wanted, moduleOf: this.#moduleOf(this.#root) }, [...early, ...late])
    const told = () => outputs.map(({ ref }) => forward.variable(ref))
    forward.write(early)
    const [label] = labels
    if (mayEnd && label) forward.lines.push(`if ${given.get(fedBy(label.id))} is None:`, `    return ${told().join(', ')}`)
    forward.write(late)
    if (losses.length > 0) forward.lines.push(...totalOf(losses, forward, this.#innerPenalties(this.#root, all)))
    forward.lines.push(`return ${[...told(), ...(losses.length > 0 ? ['loss'] : [])].join(', ')}`)

    const isNeeded = ({ id }: GraphNode) =>
      !mayEnd || early.some((step) => isInCall(step, id)) || outputs.some(({ ref }) => ref.node === id)
    const inputs = [...data.filter(isNeeded), ...data.filter((node) => !isNeeded(node))]
    const args = inputs.map((node) => `${given.get(fedBy(node.id))}${isNeeded(node) ? '' : '=None'}`)
    const definition = classText({
      name: className,
      about: this.document.description ?? this.document.name,
      parameters: [],
      inits: [...this.#inits(this.#root, all), ...this.#sharing(), ...(hasStarts(this.shaped) ? ['initialize(self)'] : [])],
      args,
      lines: forward.lines,
    })
    return {
      definition,
      inputs: inputs.map(({ id }) => id),
      required: inputs.filter(isNeeded).length,
      outputs: outputs.map(({ name }) => name),
      hasLoss: losses.length > 0,
    }
  }

  /** Modules that have their weights in common. */
  #sharing(): string[] {
    return this.shaped.nodes.flatMap((node) => {
      if (node.sharesWith === undefined) return []
      const [own, other] = [this.#attributes.get(node.path), this.#attributes.get(node.sharesWith)]
      return Object.values(pytorchOf(node).weights ?? {}).map(({ name }) => `self.${own}.${name} = self.${other}.${name}`)
    })
  }
}

/** What only hands its argument on leaves its name to it. */
function handBack(step: Step, wanted: Map<string, string>, given: ReadonlyMap<string, string>): void {
  const [port = ''] = step.outputs
  const key = keyOf({ node: step.node.id, port })
  const name = wanted.get(key)
  const source = step.args.find((ref) => ref && isInCall(step, ref.node))
  if (name === undefined || !source || wanted.has(keyOf(source)) || given.has(keyOf(source))) return
  if (step.call('', ['x', ...step.args.slice(1).map(() => 'y')]) !== 'x' || step.args[0] !== source) return
  wanted.delete(key)
  wanted.set(keyOf(source), name)
}

const fedBy = (id: string): string => keyOf({ node: id, port: 'y' })

/** The loss as a sum of what it is made of. */
function totalOf(losses: readonly Step[], forward: Forward, innerPenalties: readonly string[]): string[] {
  const terms = losses.map(({ node, layer, shaped }) => {
    const weight = layer?.role?.type === 'loss' && shaped ? layer.role.weight(shaped.params as ParamValues<ParamSpecs>) : 1
    const variable = forward.variable({ node: node.id, port: 'loss' })
    return weight === 1 ? variable : `${weight} * ${variable}`
  })
  const total = [...terms, ...forward.penalties(), ...innerPenalties].join(' + ')
  return total === 'loss' ? [] : [`loss = ${total}`]
}
