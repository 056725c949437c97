/**
 * @file What layers share that join several equal shapes element by element, and the fix that makes unequal ones meet.
 * In: the types of all wires. Out: their common type, or a diagnostic with a projection on the wires that do not fit.
 */
import { formatBatches, type Shape, sameShape, type TensorType } from '../../core/tensor'
import type { Fail } from './define'
import { expectDType } from './expect'
import type { LayerFix, LayerFixEdit } from './fixes'

/** The one shape of all wires, or undefined after `fail`. */
export function commonType(xs: readonly TensorType[], fail: Fail): TensorType | undefined {
  const [first, ...rest] = xs
  if (!first || !xs.every((x) => expectDType(x, 'f32', 'x', fail))) return undefined
  const odd = rest.find((x) => !sameShape(x.shape, first.shape))
  if (!odd) return { shape: first.shape, dtype: 'f32' }
  const fix = projection(xs.map((x) => x.shape))
  return fail({
    code: 'shape.mismatch',
    port: 'x',
    values: formatBatches(first.shape, odd.shape),
    fixes: fix ? [fix] : [],
  })
}

/**
 * Learned projections that give every wire the shape of one of them: 1×1 convolutions with a stride for images (the shortcut of a
 * residual block, He et al. 2015), dense layers otherwise. Of several possible shapes the widest is kept, so in a residual
 * block the shortcut is projected and not the main path.
 */
function projection(shapes: readonly Shape[]): LayerFix | undefined {
  const widestFirst = [...shapes].sort((a, b) => (b[1] ?? 0) - (a[1] ?? 0))
  for (const target of widestFirst) {
    const edits = shapes.flatMap((shape, index) => (sameShape(shape, target) ? [] : [project(shape, target, index)]))
    if (edits.every((edit) => edit !== undefined))
      return {
        title:
          target.length === 4
            ? { en: 'Insert a 1×1 convolution', zh: '插入 1×1 卷积层' }
            : { en: 'Insert a dense layer of the right width', zh: '插入宽度合适的全连接层' },
        edits,
      }
  }
  return undefined
}

function project(from: Shape, to: Shape, index: number): LayerFixEdit | undefined {
  if (from.length !== to.length) return undefined
  if (from.length === 4) {
    const [height, width] = [strideBetween(from[2], to[2]), strideBetween(from[3], to[3])]
    if (from[0] !== to[0] || height === undefined || width === undefined) return undefined
    const stride = height === width ? height : [height, width]
    const params = { numChannels: to[1], kernelSize: 1, ...(stride === 1 ? {} : { stride }) }
    return { type: 'insertBefore', port: 'x', index, kind: 'conv2d', params }
  }
  if (from.length < 2 || !sameShape(from.slice(0, -1), to.slice(0, -1))) return undefined
  return { type: 'insertBefore', port: 'x', index, kind: 'dense', params: { numHiddens: to.at(-1) } }
}

/** The smallest stride by which a 1×1 window takes `from` pixels to `to`. */
function strideBetween(from = 0, to = 0): number | undefined {
  for (let stride = 1; stride <= Math.max(from, 1); stride++) if (Math.floor((from - 1) / stride) + 1 === to) return stride
  return undefined
}
