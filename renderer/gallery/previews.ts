/**
 * @file What the gallery shows of each template. In: the template registry. Out: its document with default parameters and its counts, worked out once,
 * when the gallery is first opened.
 */

import { sections, type Template } from '../../engine/builder/template'
import type { GraphDocument } from '../../engine/document/schema'
import { countsOf } from '../../engine/shapes/counts'
import { inferShapes } from '../../engine/shapes/infer'
import { templates } from '../../templates/registry'

export interface Preview {
  readonly template: Template
  readonly document: GraphDocument
  readonly parameterCount: number
  readonly layerCount: number
}

let all: readonly Preview[] | undefined

function previews(): readonly Preview[] {
  all ??= [...templates.values()].map((template) => {
    const document = template.create()
    const shaped = inferShapes(document)
    return { template, document, parameterCount: countsOf(shaped).parameterCount, layerCount: shaped.nodes.length }
  })
  return all
}

/** By section, small networks first. */
export const shelves = () =>
  (Object.keys(sections) as (keyof typeof sections)[])
    .map((key) => ({
      key,
      title: sections[key],
      previews: previews()
        .filter((preview) => preview.template.section === key)
        .sort((a, b) => a.parameterCount - b.parameterCount),
    }))
    .filter((shelf) => shelf.previews.length > 0)
