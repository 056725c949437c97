/**
 * @file The gradient of a 3×3 kernel of stride 1 by minimal filtering: for every point of a tile, a product of the transformed image and the
 * transformed gradient of the result, summed over all tiles and samples, then back to nine taps. In: a convolution. Out: phases.
 */
import type { ConvSite } from './conv-geometry'
import { kernelGradientPanels } from './conv-weights'
import type { Phase } from './emitter'
import { joinPhases } from './phases'
import { paddedColumns, panelKinds } from './tile-panels'
import { emitProduct } from './tile-product'
import { blockPhase, perTileCount, tileBlocks } from './winograd-blocks'
import type { Winograd } from './winograd-matrices'
import { allocatePlanes, imageToPlanes, planesToKernel } from './winograd-tiles'

/** Rows of both operands in one running sum: what the first cache holds, and short enough for small errors. */
const blockDepth = 128
/** Rows of the kernel's gradient that a unit does with a block of one panel. */
const unitRows = 192

export function winogradKernelGradient(site: ConvSite, winograd: Winograd): Phase[] {
  const { context, g, a, b, label } = site
  const { variant, module } = context
  const { batch, channels, outChannels } = g
  const products = winograd.points ** 2
  const padding = [0, 0] as const
  const ungridded = { address: b, height: g.outHeight, width: g.outWidth, batch, channels: outChannels, padding }
  const { grid, perBlock, blocks } = tileBlocks(winograd, ungridded, channels)
  const imagePlanes = allocatePlanes(context, winograd, perBlock * batch, channels)
  const gradientPlanes = allocatePlanes(context, winograd, perBlock * batch, outChannels)
  const sums = allocatePlanes(context, winograd, 1, paddedColumns(outChannels, variant) * channels)
  const image = { ...grid, address: a, height: g.height, width: g.width, batch, channels, padding: g.padding }
  const gradient = { ...ungridded, ...grid }
  const { fromImage, fromResult } = winograd
  const imageTiles = imageToPlanes(context, winograd, fromImage, image, imagePlanes, perBlock, `${label}: tiles`)
  const gradientTiles = imageToPlanes(context, winograd, fromResult, gradient, gradientPlanes, perBlock, `${label}: gradient tiles`)
  const product = (tiles: number, accumulate: boolean): Phase => {
    const depth = tiles * batch
    const stride = imagePlanes.rowBytes
    const sections = Array.from({ length: Math.ceil(depth / blockDepth) }, (_, i) => i * blockDepth)
    const whole = { count: Math.min(blockDepth, depth), stride }
    return emitProduct(context, {
      batch: { count: products, a: imagePlanes.planeBytes, b: gradientPlanes.planeBytes, c: sums.planeBytes, bias: 0 },
      a: imagePlanes.address,
      positions: [{ a: 0, cRow: 0, blocks: sections.map((first) => [{ a: first * stride, bRow: first }]) }],
      rows: Array.from({ length: channels }, (_, c) => 4 * c),
      steps: sections.map((first) => (depth - first >= whole.count ? whole : { count: depth - first, stride })),
      columns: outChannels,
      b: { form: 'rows', address: gradientPlanes.address, rowBytes: gradientPlanes.rowBytes },
      c: { form: 'panels', address: sums.address, rows: channels },
      accumulate,
      unitRows,
      label,
    })
  }
  const first = perTileCount((tiles) => product(tiles, false))
  const further = perTileCount((tiles) => product(tiles, true))

  const result = kernelGradientPanels(site, 1)
  const packed = { address: result.matrix.address, kinds: panelKinds(outChannels, variant), channels }
  return [
    ...blocks.flatMap((tiles, block) => [
      blockPhase(context, imageTiles, block, blocks),
      blockPhase(context, gradientTiles, block, blocks),
      (block === 0 ? first : further)(tiles),
    ]),
    joinPhases(module, planesToKernel(context, winograd, packed, sums, `${label}: taps`), `${label}: taps`),
    ...result.phases,
  ]
}
