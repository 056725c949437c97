/**
 * @file Parameters of blocks. In: a document and where one is in it. Out: names with their present values, resolved from the outermost instance
 * inwards; and specifications for a form, derived from the defaults' types.
 */
import type { Block, GraphDocument } from '../../engine/document/schema'
import { bool, float, int, type ParamSpec, type ParamSpecs, text } from '../../engine/layers/kit/params'
import { isRef } from '../controls/param-text'
import { graphAt } from '../store/graphs'

/** What the parameters of the opened block are in the instance one came through; undefined at the top. */
export function blockParamsAt(document: GraphDocument, path: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  let outer: Readonly<Record<string, unknown>> | undefined
  for (let depth = 0; depth < path.length; depth++) {
    const node = graphAt(document, path.slice(0, depth)).graph.nodes.find((one) => one.id === path[depth])
    const block = node?.block === undefined ? undefined : document.blocks[node.block]
    if (!node || !block) return outer
    const within: Readonly<Record<string, unknown>> = outer ?? {}
    outer = Object.fromEntries(
      Object.entries(block.params).map(([name, fallback]) => {
        const given = node.params[name]
        return [name, given === undefined ? fallback : isRef(given) ? within[given.$param] : given]
      }),
    )
  }
  return outer
}

const same = (word: string) => ({ en: word, zh: word })

/** A whole number stays one; names are the block's own and have no translation. */
export const specsOf = (block: Block): ParamSpecs =>
  Object.fromEntries(Object.entries(block.params).map(([name, value]): [string, ParamSpec] => [name, specOf(name, value)]))

function specOf(name: string, value: string | number | boolean): ParamSpec {
  const label = same(name)
  if (typeof value === 'boolean') return bool({ label, default: value })
  if (typeof value === 'string') return text({ label, default: value })
  return Number.isInteger(value) ? int({ label, default: value }) : float({ label, default: value })
}
