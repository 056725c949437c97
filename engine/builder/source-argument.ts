/**
 * @file Which parameter of a data node stands beside its id in code: the shape of an input, the classes of a label.
 * In: a layer. Out: the parameter that the layer itself declares for it; undefined for layers that make something of their inputs.
 */
import type { AnyLayer } from '../layers/kit/define'

export function sourceArgument(layer: AnyLayer): string | undefined {
  switch (layer.role?.type) {
    case 'input':
      return layer.adjustable?.shape
    case 'label':
      return layer.adjustable?.classes
    default:
      return undefined
  }
}
