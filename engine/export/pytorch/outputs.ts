/**
 * @file What the network's `forward` gives. In: the steps of the document's own graph. Out: the outputs that lowering gives the program, in the same
 * order and under the same names: what losses look at, and what no wire reads.
 */
import type { Blocks } from '../../document/ports'
import { instancesIn, keyOf, type Network, type Place, type Ref, resultsOf, type Step, Steps } from './steps'

export interface Output {
  readonly name: string
  readonly ref: Ref
}
interface Claim extends Output {
  readonly path: string
  readonly order: number
}

export const isLoss = ({ layer }: Step): boolean => layer?.role?.type === 'loss'

export function outputsOf(steps: Steps, all: readonly Step[]): readonly Output[] {
  const claims: Claim[] = []
  const claim = (name: string, path: string, ref: Ref, order: number) => claims.push({ name, path, ref, order })
  const read = new Set(all.flatMap(({ args }) => args.flatMap((ref) => (ref ? [keyOf(ref)] : []))))
  for (const [order, step] of all.entries()) {
    const { node, layer, outputs } = step
    if (layer?.role?.type === 'loss')
      for (const [port, name] of Object.entries<string>(layer.role.exposes)) {
        const [ref] = steps.sources(node, port)
        if (ref && !claims.some((other) => other.name === name && keyOf(other.ref) === keyOf(ref))) claim(name, node.id, ref, order)
      }
    const told = outputs.filter((port) => !(isLoss(step) && port === 'loss'))
    for (const port of told) {
      const ref = { node: node.id, port }
      if (read.has(keyOf(ref))) continue
      const flat = flatOf(steps.place, ref, steps.network, steps.network.blocks)
      const ports = Object.keys(steps.network.shaped.get(flat.node)?.outputs ?? {})
      claim(ports.length > 1 ? keyOf(flat) : flat.node, flat.node, ref, order)
    }
  }
  const taken = all.some(isLoss) ? ['loss'] : []
  const wanted = (name: string) => claims.filter((other) => other.name === name).length + taken.filter((other) => other === name).length
  return claims
    .toSorted((a, b) => a.order - b.order)
    .map(({ name, path, ref }) => ({ name: wanted(name) > 1 ? `${path}.${name}` : name, ref }))
}

/** The layer, by its path, whose output an instance of a block hands on. */
function flatOf(place: Place, ref: Ref, network: Network, blocks: Blocks): Ref {
  const inner = instancesIn(place, blocks).find(({ node }) => node.id === ref.node)
  if (!inner) return { node: place.prefix + ref.node, port: ref.port }
  const steps = new Steps(inner, network, () => '')
  const at = inner.graph.nodes.filter(({ kind }) => kind === 'blockOutput').findIndex(({ id }) => id === ref.port)
  const source = resultsOf(steps)[at]
  return source ? flatOf(inner, source, network, blocks) : { node: place.prefix + ref.node, port: ref.port }
}
