/**
 * @file Convolutions over (H, W, N, C) images: forward and gradient of the image as tile products without im2col, gradient of the kernel
 * beside. The batch's rows of one pixel lie at a constant stride, so a pixel is a position of a product, and the taps that fall inside the
 * image are the pieces of its sum. In: a conv kernel. Out: its phases.
 */
import type { ConvKernel } from '../../optimize/kernel'
import { type Draw, type Drawn, drawsOf } from './conv-draws'
import { type FramedImage, fewChannels, framedImage, framedOffset, joinedOffsets, joinedTaps } from './conv-frame'
import { type ConvGeometry, type ConvSite, geometryOf, isPointwise, outPixelBytes, pixelBytes, pixels, type Tap } from './conv-geometry'
import { kernelGradient } from './conv-kernel-gradient'
import { kernelPanels } from './conv-weights'
import { depthwise, depthwiseKernelGradient, isDepthwise } from './depthwise'
import type { EmitContext, Phase } from './emitter'
import { matmulPhases } from './matmul'
import { joinPhases } from './phases'
import { type Steps, stepCount } from './tile'
import { isPacked } from './tile-panels'
import { emitProduct, type Piece, type Position } from './tile-product'
import { winogradForward, winogradInputGradient } from './winograd'
import { winogradFor } from './winograd-choice'
import { winogradKernelGradient } from './winograd-kernel-gradient'

/** Below so many samples, the pixels of a row are joined to fill tiles, though taps in the padding are then multiplied too. */
const fewSamples = 4

export function emitConv(kernel: ConvKernel & { readonly origins?: readonly string[] }, context: EmitContext): Phase[] {
  const site: ConvSite = {
    context,
    g: geometryOf(kernel),
    a: context.address(kernel.a),
    b: context.address(kernel.b),
    out: context.address(kernel.out),
    bias: kernel.bias === undefined ? undefined : context.address(kernel.bias),
    packed: isPacked(kernel.panels, kernel.sizes.outChannels, context.variant),
    label: `${kernel.origins?.[0] ?? ''} ${kernel.direction === 'forward' ? 'forward' : kernel.direction === 'inputGrad' ? 'input gradient' : 'kernel gradient'}`,
  }
  if (isDepthwise(site.g)) return kernel.direction === 'kernelGrad' ? depthwiseKernelGradient(site) : depthwise(site, kernel.direction)
  if (kernel.direction === 'kernelGrad') {
    const winograd = winogradFor(context.variant, site.g)
    return winograd ? winogradKernelGradient(site, winograd) : kernelGradient(site)
  }
  if (isPointwise(site.g)) return pointwise(site, kernel.direction)
  return kernel.direction === 'forward' ? forward(site) : inputGradient(site)
}

/** 1×1, stride 1: the images are matrices (pixels and samples) × channels. */
function pointwise({ context, g, a, b, out, bias, packed, label }: ConvSite, direction: 'forward' | 'inputGrad'): Phase[] {
  const panels = packed ? ('right' as const) : undefined
  const plan = { a, b, out, batch: 1, m: g.height * g.width * g.batch, transposeA: false, panels, label }
  // The panels are those of a matrix (channels, outChannels); unpacked, the kernel is its transpose.
  return direction === 'forward'
    ? matmulPhases(context, { ...plan, bias, k: g.channels, n: g.outChannels, transposeB: !packed })
    : matmulPhases(context, { ...plan, k: g.outChannels, n: g.channels, transposeB: packed })
}

function forward(site: ConvSite): Phase[] {
  const { context, g, label } = site
  const { groupChannels, groupOutChannels } = g
  const { matrix, groupBytes, phases: pack } = kernelPanels(site, 'forward')
  const winograd = winogradFor(context.variant, g)
  if (winograd) return [...pack, ...winogradForward(site, winograd, matrix.address)]
  const joinsPixels = g.batch === 1 || g.stride[1] === 1
  const image = groupChannels < fewChannels || (g.batch < fewSamples && joinsPixels) ? framedImage(site) : undefined
  const { positions, rows, steps } = inBlocks(image ? framedPositions(g, image, joinsPixels, joinedTaps(g)) : sparsePositions(site))
  const preparations = [...pack, ...(image?.phases ?? [])]
  return [
    ...(preparations.length > 0 ? [joinPhases(context.module, preparations, `${label}: pack`)] : []),
    emitProduct(context, {
      batch: { count: g.groups, a: 4 * groupChannels, b: groupBytes, c: 4 * groupOutChannels, bias: 4 * groupOutChannels },
      a: image?.address ?? site.a,
      positions,
      rows,
      steps,
      columns: groupOutChannels,
      b: matrix,
      c: { form: 'rows', address: site.out, rowBytes: 4 * g.outChannels },
      bias: site.bias,
      label,
    }),
  ]
}

/** The left operand of a forward product. */
type Rows = { readonly positions: readonly Position[]; readonly rows: readonly number[]; readonly steps: Steps }

/** Products in one running sum. The error of a sum grows with its length, so long ones are made of parts. */
const partialSum = 256

/** The same positions, their pieces shared out over blocks of about `partialSum` products. */
function inBlocks({ positions, rows, steps }: Rows): Omit<Rows, 'steps'> & { readonly steps: readonly Steps[] } {
  const most = positions.reduce((largest, { blocks: [pieces] }) => Math.max(largest, pieces?.length ?? 0), 0)
  const perBlock = Math.max(1, Math.round(partialSum / stepCount(steps)))
  const count = Math.max(1, Math.ceil(most / perBlock))
  // Positions with the same pieces keep sharing them.
  const shared = new Map<Position['blocks'], Position['blocks']>()
  const split = positions.map(({ a, cRow, blocks }) => {
    const [pieces = []] = blocks
    const known = shared.get(blocks) ?? Array.from({ length: count }, (_, i) => pieces.slice(i * perBlock, (i + 1) * perBlock))
    shared.set(blocks, known)
    return { a, cRow, blocks: known }
  })
  return { positions: split, rows, steps: new Array<Steps>(count).fill(steps) }
}

/** Every output pixel with a piece for each tap that lies inside the image. */
const sparsePositions = ({ g }: ConvSite): Rows => ({
  positions: positionsOf(g, drawsOf(g, 'window'), pixelBytes(g), g.groupChannels),
  rows: sampleRows(g.batch, g.channels),
  steps: { count: g.groupChannels, stride: 4 },
})

/** Every pixel of the image with a piece for each tap under which a window had it. */
const sparseAdjointPositions = (g: ConvGeometry): Rows => ({
  positions: positionsOf(g, drawsOf(g, 'gradient'), outPixelBytes(g), g.groupOutChannels),
  rows: sampleRows(g.batch, g.outChannels),
  steps: { count: g.groupOutChannels, stride: 4 },
})

/** Offsets relative to the first piece, so that pixels with the same taps share a list. */
function positionsOf({ batch }: ConvGeometry, draws: readonly Draw[], bytes: number, tapRows: number): Position[] {
  const blocks = new Map<readonly Drawn[], Position['blocks']>()
  return draws.map(({ first, list }, index) => {
    const known = blocks.get(list) ?? [list.map(({ tap, step }): Piece => ({ a: step * bytes, bRow: tap * tapRows }))]
    blocks.set(list, known)
    return { a: first * bytes, cRow: index * batch, blocks: known }
  })
}

function inputGradient(site: ConvSite): Phase[] {
  const { context, g, label } = site
  const { groupChannels, groupOutChannels } = g
  const { matrix, groupBytes, phases: pack } = kernelPanels(site, 'inputGrad')
  const winograd = winogradFor(context.variant, g)
  if (winograd) return [...pack, ...winogradInputGradient(site, winograd, matrix.address)]
  const adjoint = g.batch < fewSamples ? adjointOf(g) : undefined
  const image = adjoint && framedImage({ ...site, g: adjoint })
  const alone = adjoint?.taps.map((tap) => [tap]) ?? []
  const product = inBlocks(adjoint && image ? framedPositions(adjoint, image, true, alone) : sparseAdjointPositions(g))
  const preparations = [...pack, ...(image?.phases ?? [])]
  return [
    ...(preparations.length > 0 ? [joinPhases(context.module, preparations, `${label}: pack`)] : []),
    emitProduct(context, {
      batch: { count: g.groups, a: 4 * groupOutChannels, b: groupBytes, c: 4 * groupChannels, bias: 0 },
      a: image?.address ?? site.a,
      ...product,
      columns: groupChannels,
      b: matrix,
      c: { form: 'rows', address: site.out, rowBytes: 4 * g.channels },
      label,
    }),
  ]
}

/** With stride 1 the gradient of the image is a convolution of the result's gradient, its taps the other way round. */
function adjointOf(g: ConvGeometry): ConvGeometry | undefined {
  const last = g.taps.at(-1)
  if (!last || g.stride.some((step) => step !== 1) || g.padding[0] > last.y || g.padding[1] > last.x) return undefined
  return {
    ...g,
    height: g.outHeight,
    width: g.outWidth,
    outHeight: g.height,
    outWidth: g.width,
    channels: g.outChannels,
    outChannels: g.channels,
    groupChannels: g.groupOutChannels,
    groupOutChannels: g.groupChannels,
    taps: g.taps.map(({ index, y, x }) => ({ index, y: last.y - y, x: last.x - x })).reverse(),
    padding: [last.y - g.padding[0], last.x - g.padding[1]],
  }
}

/** Byte offsets of the samples of one pixel. */
const sampleRows = (batch: number, channels: number): number[] => Array.from({ length: batch }, (_, n) => 4 * n * channels)

/**
 * Output pixels of a framed image, all with the same pieces. Where neighbours are evenly spaced a whole output row is one position, so
 * that small batches fill tiles too.
 */
function framedPositions(g: ConvGeometry, image: FramedImage, joinsPixels: boolean, runs: readonly (readonly Tap[])[]): Rows {
  const [first] = runs
  const steps = !first || first.length === 1 ? { count: g.groupChannels, stride: 4 } : joinedOffsets(g, image, first)
  const blocks = [runs.map(([tap]) => ({ a: tap ? framedOffset(g, image, tap) : 0, bRow: (tap?.index ?? 0) * g.groupChannels }))]
  const joined = joinsPixels ? g.outWidth : 1
  const positions = pixels(g.outHeight, g.outWidth / joined).map(({ y, x, index }) => ({
    a: framedOffset(g, image, { y: y * g.stride[0], x: x * g.stride[1] }),
    cRow: index * joined * g.batch,
    blocks,
  }))
  const samples = sampleRows(g.batch, g.channels)
  const rows = Array.from({ length: joined }, (_, x) => samples.map((sample) => x * g.stride[1] * pixelBytes(g) + sample)).flat()
  return { positions, rows, steps }
}
