/**
 * @file How fast the editor knows the new shapes after an edit. In: nothing. Out: milliseconds of shape inference over whole networks.
 */
import { inferShapes } from '../../../engine/shapes/infer'
import { documentOf } from '../peers/netloom-documents'
import { median } from '../statistics'

export function measureShapes(): readonly { readonly case: string; readonly milliseconds: number }[] {
  return ['lenet', 'resnet18', 'googlenet'].map((name) => {
    const times: number[] = []
    for (let i = 0; i < 40; i++) {
      // An edit makes a new document: nothing remembered from the last one helps.
      const document = documentOf(name, 16)
      const started = performance.now()
      inferShapes(document)
      times.push(performance.now() - started)
    }
    return { case: name, milliseconds: median(times.slice(10)) }
  })
}
