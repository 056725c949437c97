/**
 * @file Convolutions over (H, W, N, C) images as products without im2col. A 1×1 window at stride 1 is a plain matrix product. Where operands
 * are staged in workgroup memory, the kernel is first laid out as [tap][channel][column], so that neighbouring threads read neighbours.
 * In: a conv kernel. Out: its dispatches.
 */
import type { ConvKernel } from '../../optimize/kernel'
import { forwardProduct, inputGradientProducts, type KernelSteps, kernelGradientProduct, walkingProduct } from './conv-window'
import type { Dispatch, GpuContext } from './emitter'
import { lineOfWorkgroups, workgroupNumber } from './grid'
import { matrixProduct } from './matmul'
import { bindOperands, withSizes } from './operands'
import { emitProducts, isNarrow } from './tile'
import type { Product } from './tile-product'

/** So few channels are walked along the rows of the window instead. */
const fewChannels = 3

const actions = { forward: 'forward', inputGrad: 'input gradient', kernelGrad: 'kernel gradient' } as const

export function emitConv(conv: ConvKernel & { readonly origins?: readonly string[] }, context: GpuContext): Dispatch[] {
  const { direction, sizes, out, bias } = conv
  const label = `${conv.origins?.[0] ?? ''} ${actions[direction]}`
  const result = { buffer: out, elements: elementsOfResult(conv), bias, biasLength: sizes.outChannels }
  if (isPointwise(conv)) return emitProducts([pointwise(conv, label)], result, context)
  if (direction === 'kernelGrad') return emitProducts([kernelGradientProduct(conv, label)], result, context)
  const staged = context.tiles.some(({ depth }) => depth > 0)
  const walks = !staged && conv.window.groups === 1 && sizes.channels < sizes.kernelWidth && sizes.channels <= fewChannels
  const productsOf = (steps: KernelSteps): readonly Product[] =>
    direction === 'inputGrad'
      ? inputGradientProducts(conv, steps, label)
      : [walks ? walkingProduct(conv, steps, label) : forwardProduct(conv, steps, label)]
  const steps = stepsOf(conv)
  const products = productsOf(steps)
  const [product] = products
  if (!product || !staged || isNarrow(product)) return emitProducts(products, result, context)
  const packed = packedSteps(conv, product)
  return [pack(conv, steps, packed, product, `${label}: pack`, context), ...emitProducts(productsOf(packed), result, context, 1)]
}

function elementsOfResult({ direction, sizes, window }: ConvKernel): number {
  if (direction === 'forward') return sizes.outHeight * sizes.outWidth * sizes.batch * sizes.outChannels
  if (direction === 'inputGrad') return sizes.height * sizes.width * sizes.batch * sizes.channels
  return (sizes.outChannels * sizes.channels * sizes.kernelHeight * sizes.kernelWidth) / window.groups
}

const isPointwise = ({ sizes, window: { stride, padding, groups } }: ConvKernel): boolean =>
  [sizes.kernelHeight, sizes.kernelWidth, ...stride, groups].every((one) => one === 1) && padding.every((none) => none === 0)

/** The images are matrices (pixels and samples) × channels, the kernel is (out channels) × channels. */
function pointwise({ direction, a, b, out, bias, sizes }: ConvKernel, label: string): Product {
  const pixels = sizes.height * sizes.width * sizes.batch
  const { channels, outChannels } = sizes
  const product = { out, batch: 1, transposeA: false, transposeB: false }
  if (direction === 'forward')
    return matrixProduct({ ...product, a, b, bias, m: pixels, k: channels, n: outChannels, transposeB: true }, label)
  if (direction === 'inputGrad') return matrixProduct({ ...product, a, b, m: pixels, k: outChannels, n: channels }, label)
  return matrixProduct({ ...product, a: b, b: a, m: outChannels, k: pixels, n: channels, transposeA: true }, label)
}

/** The kernel as it lies: (O, I, KH, KW). */
function stepsOf({ direction, b, sizes, window }: ConvKernel): KernelSteps {
  const taps = sizes.kernelHeight * sizes.kernelWidth
  const outChannel = (sizes.channels / window.groups) * taps
  return {
    storage: { buffer: b },
    tap: 1,
    ...(direction === 'forward' ? { depth: taps, column: outChannel } : { depth: outChannel, column: taps }),
    group: (sizes.outChannels / window.groups) * outChannel,
  }
}

/** The kernel as [group][tap][depth][column]. */
function packedSteps({ sizes }: ConvKernel, { columns, inner, items }: Product): KernelSteps {
  const taps = sizes.kernelHeight * sizes.kernelWidth
  return {
    storage: { workspace: 0, bytes: 4 * items * taps * inner * columns },
    tap: inner * columns,
    depth: columns,
    column: 1,
    group: taps * inner * columns,
  }
}

function pack(
  conv: ConvKernel,
  from: KernelSteps,
  to: KernelSteps,
  { columns, inner, items }: Product,
  label: string,
  context: GpuContext,
): Dispatch {
  const elements = items * to.group
  const names = ['elements', 'columns', 'inner', 'taps', 'tapStep', 'depthStep', 'columnStep', 'groupStep']
  const sizes = [elements, columns, inner, conv.sizes.kernelHeight * conv.sizes.kernelWidth, from.tap, from.depth, from.column, from.group]
  const operands = bindOperands({ a: from.storage, out: to.storage }, sizes.length, context)
  const threads = 64
  const text = `@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = ${workgroupNumber()} * ${threads} + i32(local);
  if (i >= $elements) { return; }
  let row = i / $columns;
  let tap = row / $inner;
  let item = tap / $taps;
  let at = (i - row * $columns) * $columnStep + (row - tap * $inner) * $depthStep + (tap - item * $taps) * $tapStep + item * $groupStep;
  ${operands.store('out', 'i', operands.load('a', 'at'))}
}
`
  return {
    label,
    code: `${operands.header}${withSizes(text, names)}`,
    storages: operands.storages,
    sizes,
    workgroups: lineOfWorkgroups(Math.ceil(elements / threads), context.limits.workgroupsPerDimension),
  }
}
