/**
 * @file Kernels that are not loops: products, convolutions, pools, indexing. In: one instruction. Out: its kernel on owners.
 */
import { InternalError } from '../../core/diagnostics'
import { type Shape, sizeOf } from '../../core/tensor'
import { kernelBehind, matrixBehind, type Panels } from '../../ir/packing'
import type { ConvWindow, Instruction, PoolWindow, ValueId } from '../../ir/program'
import { imageExtents } from '../../ir/window'
import type { ConvKernel, ConvSizes, PlainBody, PoolKernel } from '../kernel'
import type { Opaque, Storage } from './graph'

/** The kernel of a value that loops cannot compute. */
export function opaqueOf(id: ValueId, storage: Storage): Opaque {
  const value = storage.at(id)
  const owners = value.inputs.map((input) => storage.whole(input))
  const body = bodyOf(id, value, owners, storage)
  return { kind: 'opaque', body, reads: [...new Set(owners)], writes: [id] }
}

function bodyOf(out: ValueId, value: Instruction, [x, y]: readonly number[], storage: Storage): PlainBody {
  const { op } = value
  const [a, b] = [x as number, y as number]
  const shapeOf = (input: number) => storage.at(value.inputs[input] as ValueId).shape
  switch (op.op) {
    case 'matmul': {
      const { transposeA, transposeB } = op
      const panels = op.panels && { of: op.panels.of, width: op.panels.width }
      const shape = op.panels?.of === 'result' ? matrixBehind(value.shape, op.panels).shape : value.shape
      const rank = shape.length
      const [m, n] = shape.slice(-2) as [number, number]
      const k = shapeOf(0)[transposeA ? rank - 2 : rank - 1] as number
      const batch = sizeOf(shape.slice(0, -2))
      return { kind: 'matmul', a, b, out, batch, m, k, n, transposeA, transposeB, ...(panels ? { panels } : {}) }
    }
    case 'conv2d':
      return { ...convOf(op, shapeOf(0), shapeOf(1), value.shape), direction: 'forward', a, b, out }
    case 'conv2dInputGrad':
      return { ...convOf(op, value.shape, shapeOf(1), shapeOf(0)), direction: 'inputGrad', a, b, out }
    case 'conv2dKernelGrad':
      return { ...convOf(op, shapeOf(0), value.shape, shapeOf(1)), direction: 'kernelGrad', a, b, out }
    case 'maxPool2dGrad':
      return { kind: 'pool', variant: 'maxBackward', index: a, x: b, out, sizes: poolSizes(value.shape, shapeOf(1)), window: op.window }
    case 'maxPool2dTake':
      return { kind: 'pool', variant: 'maxTake', index: a, x: b, out, sizes: poolSizes(shapeOf(1), value.shape), window: op.window }
    case 'avgPool2d':
      return { kind: 'pool', variant: 'averageForward', x: a, out, sizes: poolSizes(shapeOf(0), value.shape), window: op.window }
    case 'avgPool2dGrad':
      return { kind: 'pool', variant: 'averageBackward', x: a, out, sizes: poolSizes(value.shape, shapeOf(0)), window: op.window }
    case 'gather': {
      const [rows = 1, ...row] = shapeOf(0)
      return { kind: 'gather', table: a, indices: b, out, rows, count: sizeOf(shapeOf(1)), width: sizeOf(row) }
    }
    case 'scatterAdd': {
      const [rows = 1, ...row] = value.shape
      return { kind: 'scatterAdd', indices: a, updates: b, out, rows, count: sizeOf(shapeOf(0)), width: sizeOf(row) }
    }
    case 'argMax': {
      const shape = shapeOf(0)
      const outer = sizeOf(shape.slice(0, op.axis))
      const inner = sizeOf(shape.slice(op.axis + 1))
      return { kind: 'argMax', x: a, out, outer, extent: shape[op.axis] as number, inner }
    }
    default:
      throw new InternalError('fuse', `${op.op} has no kernel of its own`, value.origin)
  }
}

/** Shapes in HWNC; the kernel is (O, C/groups, KH, KW), perhaps packed. */
function convOf(
  { window, panels }: { readonly window: ConvWindow; readonly panels?: Panels },
  image: Shape,
  kernel: Shape,
  result: Shape,
): Pick<ConvKernel, 'kind' | 'sizes' | 'window' | 'panels'> {
  const sizes = convSizes(image, panels ? kernelBehind(kernel, panels).shape : kernel, result)
  return { kind: 'conv', sizes, window, ...(panels ? { panels: { width: panels.width } } : {}) }
}

function convSizes(image: Shape, kernel: Shape, result: Shape): ConvSizes {
  const { batch, channels, height, width } = imageExtents(image, 'HWNC')
  const out = imageExtents(result, 'HWNC')
  return {
    batch,
    channels,
    height,
    width,
    outChannels: out.channels,
    kernelHeight: kernel[2] as number,
    kernelWidth: kernel[3] as number,
    outHeight: out.height,
    outWidth: out.width,
  }
}

function poolSizes(image: readonly number[], result: readonly number[]): PoolKernel['sizes'] {
  const out = imageExtents(result, 'HWNC')
  return { ...imageExtents(image, 'HWNC'), outHeight: out.height, outWidth: out.width }
}

/**
 * The kernel of a max pool: its maxima, and which tap held each, where either is wanted. The first of the two values gives the
 * kernel, the second none. Where only the taps are wanted, the maxima go into storage that nobody reads.
 */
export function poolOf(id: ValueId, storage: Storage): Opaque | undefined {
  const value = storage.at(id)
  const window = windowOf(value)
  if (!window) throw new InternalError('fuse', `${value.op.op} is no max pool`, value.origin)
  const twin = storage.program.values.findIndex(
    (other, at) => at !== id && storage.owned.has(at) && other.inputs[0] === value.inputs[0] && sameWindow(windowOf(other), window),
  )
  if (twin >= 0 && twin < id) return undefined
  const isIndex = value.op.op === 'maxPool2dIndex'
  const index = isIndex ? id : twin >= 0 ? twin : undefined
  const maxima = isIndex ? (twin >= 0 ? twin : storage.copyOf(id)) : id
  storage.owned.add(maxima)
  const x = storage.whole(value.inputs[0] as ValueId)
  const sizes = poolSizes(storage.at(value.inputs[0] as ValueId).shape, value.shape)
  const body: PoolKernel = { kind: 'pool', variant: 'maxForward', x, ...(index === undefined ? {} : { index }), out: maxima, sizes, window }
  return { kind: 'opaque', body, reads: [x], writes: index === undefined ? [maxima] : [maxima, index] }
}

/** The window of a max pool or of its index; undefined for anything else. */
function windowOf({ op }: Instruction): PoolWindow | undefined {
  return op.op === 'maxPool2d' || op.op === 'maxPool2dIndex' ? op.window : undefined
}

const sameWindow = (a: PoolWindow | undefined, b: PoolWindow | undefined) => a !== undefined && JSON.stringify(a) === JSON.stringify(b)
