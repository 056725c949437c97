/**
 * @file 3×3 convolutions of stride 1 by minimal filtering: the image's tiles and the kernel go to their transforms, one matrix product for
 * every point of a tile, and the products go back to pixels (winograd-matrices.ts). The gradient of the image is the same with the kernel
 * flipped. In: where things lie. Out: phases.
 *
 * Measured against double precision, on normal numbers, 16 to 288 channels, in all three directions: F(4×4) errs by 0.9e-6 to 4e-6 of the
 * results' root mean square (the largest error by up to 1.3e-5 of the largest result), F(2×2) by 2e-7 to 6e-7, sums over the taps by 1e-7 to 3e-7.
 */
import type { ConvGeometry, ConvSite } from './conv-geometry'
import type { EmitContext, Phase } from './emitter'
import { depthBlocks } from './matmul'
import { joinPhases, unitFunction } from './phases'
import { paddedColumns, panelKinds } from './tile-panels'
import { emitProduct } from './tile-product'
import { blockPhase, perTileCount, tileBlocks, type UncutImage } from './winograd-blocks'
import { wholeFloats } from './winograd-lines'
import type { Winograd } from './winograd-matrices'
import { allocatePlanes, imageToPlanes, kernelToPlanes, type Planes, planesToImage } from './winograd-tiles'

/** An image to be convolved, and where the result goes. */
interface Convolution {
  readonly image: UncutImage
  readonly result: UncutImage
  /** Address of the kernel in panels whose columns are result channels and whose rows are (tap, image channel). */
  readonly kernel: number
  readonly flipped: boolean
  readonly bias?: number
}

/** The kernel packed with a column for each channel of the result. */
export const winogradForward = (site: ConvSite, winograd: Winograd, kernel: number): Phase[] =>
  convolution(site, winograd, { ...images(site.g, site.a, site.out, site.g.padding), kernel, flipped: false, bias: site.bias })

/** The kernel packed with a column for each channel of the image. */
export function winogradInputGradient(site: ConvSite, winograd: Winograd, kernel: number): Phase[] {
  const { g, a, out } = site
  const { height, width, outHeight, outWidth, channels, outChannels } = g
  const turned = {
    ...g,
    height: outHeight,
    width: outWidth,
    outHeight: height,
    outWidth: width,
    channels: outChannels,
    outChannels: channels,
  }
  return convolution(site, winograd, { ...images(turned, a, out, [2 - g.padding[0], 2 - g.padding[1]]), kernel, flipped: true })
}

function images(g: ConvGeometry, image: number, result: number, padding: UncutImage['padding']): { image: UncutImage; result: UncutImage } {
  const { batch, height, width, channels } = g
  return {
    image: { address: image, height, width, batch, channels, padding },
    result: { address: result, height: g.outHeight, width: g.outWidth, batch, channels: g.outChannels, padding: [0, 0] },
  }
}

function convolution({ context, label }: ConvSite, winograd: Winograd, { image, result, kernel, flipped, bias }: Convolution): Phase[] {
  const { batch } = image
  const products = winograd.points ** 2
  const { grid, perBlock, blocks } = tileBlocks(winograd, result, image.channels)
  const kernelPlanes = allocatePlanes(context, winograd, 1, paddedColumns(result.channels, context.variant) * image.channels)
  const imagePlanes = allocatePlanes(context, winograd, perBlock * batch, image.channels)
  const resultPlanes = allocatePlanes(context, winograd, perBlock * batch, result.channels)
  const packed = { address: kernel, kinds: panelKinds(result.channels, context.variant), channels: image.channels }
  const biases = bias === undefined ? undefined : pointBiases(context, winograd, bias, result.channels, label)
  const preparations = [...(biases?.phases ?? []), ...kernelToPlanes(context, winograd, packed, kernelPlanes, flipped, `${label}: kernel`)]
  const toPlanes = imageToPlanes(context, winograd, winograd.fromImage, { ...image, ...grid }, imagePlanes, perBlock, `${label}: tiles`)
  const toImage = planesToImage(context, winograd, { ...result, ...grid }, resultPlanes, perBlock, `${label}: untile`)
  const { pieces, steps } = depthBlocks(image.channels, 4)
  const product = perTileCount((tiles) =>
    emitProduct(context, {
      batch: {
        count: products,
        a: imagePlanes.planeBytes,
        b: kernelPlanes.planeBytes,
        c: resultPlanes.planeBytes,
        bias: 4 * result.channels,
      },
      a: imagePlanes.address,
      positions: [{ a: 0, cRow: 0, blocks: pieces.map((piece) => [piece]) }],
      rows: planeRows(tiles * batch, imagePlanes),
      steps,
      columns: result.channels,
      b: { form: 'panels', address: kernelPlanes.address, rows: image.channels },
      c: { form: 'rows', address: resultPlanes.address, rowBytes: resultPlanes.rowBytes },
      bias: biases?.address,
      label,
    }),
  )
  return [
    joinPhases(context.module, preparations, `${label}: kernel`),
    ...blocks.flatMap((tiles, block) => [
      blockPhase(context, toPlanes, block, blocks),
      product(tiles),
      blockPhase(context, toImage, block, blocks),
    ]),
  ]
}

/** Byte offsets of a plane's rows. */
const planeRows = (count: number, { rowBytes }: Planes): number[] => Array.from({ length: count }, (_, i) => i * rowBytes)

/** A bias for each product: the channels' biases at the point that adds to every pixel, zero elsewhere. */
function pointBiases(
  { module, scratch }: EmitContext,
  { points, biasPoint }: Winograd,
  bias: number,
  channels: number,
  label: string,
): { address: number; phases: readonly Phase[] } {
  const bytes = 4 * channels
  const address = scratch(points * points * bytes + 4 * wholeFloats)
  const func = unitFunction(module, [1], (f) => {
    f.i32(address)
      .i32(0)
      .i32(points * points * bytes)
      .memoryFill()
    f.i32(address + biasPoint * bytes)
      .i32(bias)
      .i32(bytes)
      .memoryCopy()
  })
  return { address, phases: [{ func, units: 1, cost: 100, label: `${label}: bias` }] }
}
