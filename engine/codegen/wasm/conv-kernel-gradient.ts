/**
 * @file The gradient of a convolution's kernel over (H, W, N, C) images. Rows of the product are kernel elements (tap, channel), columns
 * are output channels, and the sum runs over output pixels and samples, block by block. In: a site. Out: phases that
 * pack, multiply, unpack.
 */
import { type FramedImage, fewChannels, framedImage, framedOffset, joinedOffsets, joinedTaps } from './conv-frame'
import { type ConvGeometry, type ConvSite, imagePixel, pixelBytes, pixels } from './conv-geometry'
import { kernelGradientPanels } from './conv-weights'
import type { Phase } from './emitter'
import { joinPhases } from './phases'
import { type Steps, tileRows } from './tile'
import { once, packPanels, panelsBytes } from './tile-pack'
import { type Matrix, panelKinds } from './tile-panels'
import { emitProduct, evenTiles, type Piece, type Position, wantedUnits } from './tile-product'

/** Depth of a block of the kernel gradient: what of both operands the first cache holds. */
const blockDepth = 128
/** Rows of a kernel gradient that a unit does with a block of one panel. */
const unitRows = 192
/** Below so many kernel elements, packing the gradient into panels costs more than it saves. */
const rowsWorthPacking = 128
/** Tiles that should share a block of a panel, if there are as many. */
const sharingTiles = 16

/** Kernel elements that are the rows of one position: they lie at `rows` from the image pixel at `pixel`. */
interface TapRows {
  readonly rows: readonly number[]
  /** Row in the panels of the result. */
  readonly firstRow: number
  /** Byte offset in the image for an output pixel; undefined outside it. */
  offset(out: { y: number; x: number; index: number }): number | undefined
}

/**
 * Rows are kernel elements (tap, channel), columns output channels, and the sum runs over output pixels and samples. The panels of the
 * result are unpacked at the end if they are not kept so; where there are few tiles, segments of the pixels have panels of their own,
 * added up in order then.
 */
export function kernelGradient(site: ConvSite): Phase[] {
  const { context, g, label } = site
  const { variant, module } = context
  const { taps, groupChannels, groupOutChannels, batch, groups } = g
  const image = groupChannels < fewChannels ? framedImage(site) : undefined
  const rowSets = image ? framedRows(g, image) : sparseRows(g)

  const outPixels = pixels(g.outHeight, g.outWidth)
  const depth = outPixels.length * batch
  const gradient = gradientPanels(site, depth)

  const kinds = panelKinds(groupOutChannels, variant)
  const widest = kinds[0]?.width ?? 4
  const tiles = rowSets.reduce((sum, { rows }) => sum + evenTiles(rows.length, tileRows(variant, widest)).count, 0)
  const panelCount = kinds.reduce((sum, { count }) => sum + count, 0)
  const segments = Math.min(outPixels.length, Math.ceil((wantedUnits * Math.min(sharingTiles, tiles)) / (tiles * panelCount * groups)))

  const kernelRows = taps.length * groupChannels
  const perBlock = Math.max(1, Math.round(blockDepth / batch))
  const perSegment = Math.ceil(outPixels.length / segments)
  const blockCount = Math.ceil(perSegment / perBlock)
  const positions = Array.from({ length: segments }, (_, segment) =>
    rowSets.map((set): Position => {
      const blocks = Array.from({ length: blockCount }, (_, block) => {
        const first = segment * perSegment + block * perBlock
        const end = Math.min(first + perBlock, (segment + 1) * perSegment, outPixels.length)
        return outPixels.slice(first, Math.max(first, end)).flatMap((out): Piece[] => {
          const a = set.offset(out)
          return a === undefined ? [] : [{ a, bRow: out.index * batch }]
        })
      })
      return { a: 0, cRow: segment * kernelRows + set.firstRow, blocks }
    }),
  ).flat()

  const result = kernelGradientPanels(site, segments)
  const steps: Steps = { count: batch, stride: 4 * g.channels }
  const preparations = [...(image?.phases ?? []), ...gradient.phases]
  return [
    ...(preparations.length > 0 ? [joinPhases(module, preparations, `${label}: pack`)] : []),
    emitProduct(context, {
      batch: { count: groups, a: 4 * groupChannels, b: gradient.groupBytes, c: result.groupBytes, bias: 0 },
      a: image?.address ?? site.a,
      positions,
      rows: rowSets[0]?.rows ?? [],
      steps: Array.from({ length: blockCount }, () => steps),
      columns: groupOutChannels,
      b: gradient.matrix,
      c: result.matrix,
      unitRows,
      label,
    }),
    ...result.phases,
  ]
}

/** The result's gradient as columns: packed into panels, or as it lies if one panel takes all of it or few rows will read it. */
function gradientPanels({ context, g, b, label }: ConvSite, depth: number): { matrix: Matrix; groupBytes: number; phases: Phase[] } {
  const { groups, groupOutChannels, outChannels } = g
  if (groupOutChannels <= context.variant.columns || g.taps.length * g.groupChannels < rowsWorthPacking)
    return { matrix: { form: 'rows', address: b, rowBytes: 4 * outChannels }, groupBytes: 4 * groupOutChannels, phases: [] }
  const map = {
    columns: groupOutChannels,
    columnBytes: 4,
    outer: once,
    inner: { count: depth, bytes: 4 * outChannels, rows: 1 },
    batch: { count: groups, bytes: 4 * groupOutChannels },
    panelRows: depth,
  }
  const bytes = panelsBytes(map, context.variant)
  const panels = context.scratch(bytes)
  const phase = packPanels(context.module, context.variant, { ...map, address: b, panels }, `${label}: pack`)
  return { matrix: { form: 'panels', address: panels, rows: depth }, groupBytes: bytes / groups, phases: [phase] }
}

/** A set of rows for each tap: its channels, wherever the tap lies inside the image. */
function sparseRows(g: ConvGeometry): TapRows[] {
  const rows = Array.from({ length: g.groupChannels }, (_, c) => 4 * c)
  return g.taps.map((tap) => ({
    rows,
    firstRow: tap.index * g.groupChannels,
    offset: (out) => {
      const pixel = imagePixel(g, out, tap)
      return pixel === undefined ? undefined : pixel * pixelBytes(g)
    },
  }))
}

/** Sets of rows across taps, for a framed image. */
function framedRows(g: ConvGeometry, image: FramedImage): TapRows[] {
  return joinedTaps(g).map((run) => {
    const base = run[0] ? framedOffset(g, image, run[0]) : 0
    return {
      rows: joinedOffsets(g, image, run),
      firstRow: (run[0]?.index ?? 0) * g.groupChannels,
      offset: (out) => base + framedOffset(g, image, { y: out.y * g.stride[0], x: out.x * g.stride[1] }),
    }
  })
}
