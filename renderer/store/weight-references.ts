/**
 * @file Nodes that name another one whose weights they share or are tied to. In: such settings and what nodes are called now. Out: the same,
 * following the names, so that renaming, pasting, packing and unpacking leave weights shared.
 */
import type { WeightSettings } from '../../engine/document/schema'

/** `rename` gives the new path of a node of the same graph, or nothing where it keeps its name. */
export function follow(settings: WeightSettings, rename: (id: string) => string | undefined): void {
  for (const key of ['sharesWith', 'tiedTo'] as const) {
    const [first = '', ...inner] = settings[key]?.split('/') ?? []
    const now = rename(first)
    if (now !== undefined) settings[key] = [now, ...inner].join('/')
  }
}

/** What holds for all of an instance, at a node that was inside it: what the node itself says goes first. */
export function inherited(instance: WeightSettings, node: WeightSettings & { readonly id: string }): WeightSettings {
  const { frozen, rateMultiplier, l1Penalty, l2Penalty, sharesWith } = instance
  return {
    ...(frozen && { frozen }),
    ...(rateMultiplier !== undefined && { rateMultiplier: rateMultiplier * (node.rateMultiplier ?? 1) }),
    ...(l1Penalty !== undefined && { l1Penalty: node.l1Penalty ?? l1Penalty }),
    ...(l2Penalty !== undefined && { l2Penalty: node.l2Penalty ?? l2Penalty }),
    ...(sharesWith !== undefined && node.sharesWith === undefined && { sharesWith: `${sharesWith}/${node.id}` }),
  }
}
