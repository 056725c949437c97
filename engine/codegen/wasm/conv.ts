/**
 * @file Convolutions over (H, W, N, C) images: forward, gradient of the image, gradient of the kernel, as tile products without im2col.
 * The batch's rows of one pixel lie at a constant stride, so a pixel is a position of a product, and the taps that fall inside the image
 * are the pieces of its sum. Kernels are packed from and unpacked to (O, I, KH, KW). With few channels a tap is too short a piece: then the
 * image is copied into a frame of zeros, every window is whole, and a piece takes a kernel row, or the kernel, with offsets known in advance.
 * In: a conv kernel. Out: its phases.
 */
import type { ConvKernel } from '../../optimize/kernel'
import {
  type ConvGeometry,
  geometryOf,
  imagePixel,
  isPointwise,
  outPixel,
  outPixelBytes,
  pixelBytes,
  pixels,
  type Tap,
} from './conv-geometry'
import type { EmitContext, Phase } from './emitter'
import { matmulPhases } from './matmul'
import { type Steps, tileRows } from './tile'
import { type Matrix, moveCost, once, type PanelMap, packPanels, panelKinds, panelsBytes, unitFunction, unpackPanels } from './tile-panels'
import { emitProduct, evenTiles, joinPhases, type Piece, type Position, wantedUnits } from './tile-product'

/** Below so many channels in a group, taps are joined. */
const fewChannels = 16
/** Steps of a piece that are written out with an offset each. */
const mostJoinedSteps = 64
/** Depth of a block of the kernel gradient: what of both operands the first cache holds. */
const blockDepth = 128
/** Rows of a kernel gradient that a unit does with a block of one panel. */
const unitRows = 192
/** Below so many kernel elements, packing the gradient into panels costs more than it saves. */
const rowsWorthPacking = 128
/** Tiles that should share a block of a panel, if there are as many. */
const sharingTiles = 16

export function emitConv(kernel: ConvKernel & { readonly origins?: readonly string[] }, context: EmitContext): Phase[] {
  const site: Site = {
    context,
    g: geometryOf(kernel),
    a: context.address(kernel.a),
    b: context.address(kernel.b),
    out: context.address(kernel.out),
    bias: kernel.bias === undefined ? undefined : context.address(kernel.bias),
    label: `${kernel.origins?.[0] ?? ''} ${kernel.direction === 'forward' ? 'forward' : kernel.direction === 'inputGrad' ? 'input gradient' : 'kernel gradient'}`,
  }
  if (kernel.direction === 'kernelGrad') return kernelGradient(site)
  if (isPointwise(site.g)) return pointwise(site, kernel.direction)
  return kernel.direction === 'forward' ? forward(site) : inputGradient(site)
}

interface Site {
  readonly context: EmitContext
  readonly g: ConvGeometry
  readonly a: number
  readonly b: number
  readonly out: number
  readonly bias: number | undefined
  readonly label: string
}

/** 1×1, stride 1: the images are matrices (pixels and samples) × channels. */
function pointwise({ context, g, a, b, out, bias, label }: Site, direction: 'forward' | 'inputGrad'): Phase[] {
  const plan = { a, b, out, batch: 1, m: g.height * g.width * g.batch, transposeA: false, label }
  return direction === 'forward'
    ? matmulPhases(context, { ...plan, bias, k: g.channels, n: g.outChannels, transposeB: true })
    : matmulPhases(context, { ...plan, k: g.outChannels, n: g.channels, transposeB: false })
}

function forward(site: Site): Phase[] {
  const { context, g, label } = site
  const { taps, groupChannels, groupOutChannels } = g
  const map = {
    columns: groupOutChannels,
    columnBytes: 4 * groupChannels * taps.length,
    ...kernelWalk(g, { bytes: 4 * taps.length, rows: 1, count: groupChannels }, groupChannels),
    batch: { count: g.groups, bytes: 4 * groupOutChannels * groupChannels * taps.length },
    panelRows: taps.length * groupChannels,
  }
  const { matrix, bytes, phase: pack } = packKernel(site, map)
  const image = groupChannels < fewChannels ? framedImage(site) : undefined
  const { positions, steps } = image ? framedPositions(g, image) : sparsePositions(site)
  const preparations = [pack, ...(image?.phases ?? [])]
  return [
    joinPhases(context.module, preparations, `${label}: pack`),
    emitProduct(context, {
      batch: { count: g.groups, a: 4 * groupChannels, b: bytes, c: 4 * groupOutChannels, bias: 4 * groupOutChannels },
      a: image?.address ?? site.a,
      positions,
      rows: sampleRows(g.batch, g.channels),
      steps: [steps],
      columns: groupOutChannels,
      b: matrix,
      c: { form: 'rows', address: site.out, rowBytes: 4 * g.outChannels },
      bias: site.bias,
      label,
    }),
  ]
}

/** Every output pixel with a piece for each tap that lies inside the image. */
function sparsePositions({ g }: Site): { positions: Position[]; steps: Steps } {
  const positions = pixels(g.outHeight, g.outWidth).map((out) => {
    const pieces: Piece[] = []
    for (const tap of g.taps) {
      const pixel = imagePixel(g, out, tap)
      if (pixel !== undefined) pieces.push({ a: pixel * pixelBytes(g), bRow: tap.index * g.groupChannels })
    }
    return positionOf(pieces, out.index * g.batch)
  })
  return { positions, steps: { count: g.groupChannels, stride: 4 } }
}

/** Offsets relative to the first piece, so that pixels with the same taps share a list. */
function positionOf(pieces: readonly Piece[], cRow: number): Position {
  const a = pieces[0]?.a ?? 0
  return { a, cRow, blocks: [pieces.map((piece) => ({ a: piece.a - a, bRow: piece.bRow }))] }
}

function inputGradient(site: Site): Phase[] {
  const { context, g, label } = site
  const { taps, groupChannels, groupOutChannels } = g
  const map = {
    columns: groupChannels,
    columnBytes: 4 * taps.length,
    ...kernelWalk(g, { bytes: 4 * groupChannels * taps.length, rows: 1, count: groupOutChannels }, groupOutChannels),
    batch: { count: g.groups, bytes: 4 * groupOutChannels * groupChannels * taps.length },
    panelRows: taps.length * groupOutChannels,
  }
  const { matrix, bytes, phase: pack } = packKernel(site, map)
  const positions = pixels(g.height, g.width).map((pixel) => {
    const pieces: Piece[] = []
    for (const tap of taps) {
      const out = outPixel(g, pixel, tap)
      if (out !== undefined) pieces.push({ a: out * outPixelBytes(g), bRow: tap.index * groupOutChannels })
    }
    return positionOf(pieces, pixel.index * g.batch)
  })
  return [
    pack,
    emitProduct(context, {
      batch: { count: g.groups, a: 4 * groupOutChannels, b: bytes, c: 4 * groupChannels, bias: 0 },
      a: site.a,
      positions,
      rows: sampleRows(g.batch, g.outChannels),
      steps: [{ count: groupOutChannels, stride: 4 }],
      columns: groupChannels,
      b: matrix,
      c: { form: 'rows', address: site.out, rowBytes: 4 * g.channels },
      label,
    }),
  ]
}

/** Byte offsets of the samples of one pixel. */
const sampleRows = (batch: number, channels: number): number[] => Array.from({ length: batch }, (_, n) => 4 * n * channels)

/** Walks a kernel by (other channel, tap) into panel rows tap · channels + channel; with one tap the channels are the inner walk. */
function kernelWalk({ taps }: ConvGeometry, channels: PanelMap['outer'], rowsPerTap: number): Pick<PanelMap, 'outer' | 'inner'> {
  return taps.length === 1
    ? { outer: once, inner: channels }
    : { outer: channels, inner: { count: taps.length, bytes: 4, rows: rowsPerTap } }
}

function packKernel(
  { context, b, label }: Site,
  map: Omit<PanelMap, 'address' | 'panels'>,
): { matrix: Matrix; bytes: number; phase: Phase } {
  const total = panelsBytes(map, context.variant)
  const panels = context.scratch(total)
  return {
    matrix: { form: 'panels', address: panels, rows: map.panelRows },
    bytes: total / map.batch.count,
    phase: packPanels(context.module, context.variant, { ...map, address: b, panels }, `${label}: pack`),
  }
}

// --- few channels: a frame of zeros around the image ---

interface FramedImage {
  readonly address: number
  readonly width: number
  readonly phases: readonly Phase[]
}

/** The image where every window is whole: the image itself without padding, else a copy with zeros around it. */
function framedImage({ context, g, a, label }: Site): FramedImage {
  const [top, left] = g.padding
  if (top === 0 && left === 0) return { address: a, width: g.width, phases: [] }
  const lastTap = g.taps.at(-1) as Tap
  const height = (g.outHeight - 1) * g.stride[0] + lastTap.y + 1
  const width = (g.outWidth - 1) * g.stride[1] + lastTap.x + 1
  const pixel = pixelBytes(g)
  const address = context.scratch(height * width * pixel)
  const rows = Math.min(g.height, height - top)
  const columns = Math.min(g.width, width - left)
  const func = unitFunction(context.module, [height], (f, [y]) => {
    const row = f.local('i32')
    f.affine(address, [y, width * pixel]).set(row)
    f.get(row)
      .i32(0)
      .i32(width * pixel)
      .memoryFill()
    f.get(y)
      .i32(top)
      .op('i32.sub')
      .i32(rows)
      .op('i32.lt_u')
      .if(() => {
        f.affine(left * pixel, [row, 1])
        f.affine(a - top * g.width * pixel, [y, g.width * pixel])
        f.i32(columns * pixel).memoryCopy()
      })
  })
  const phase: Phase = { func, units: height, cost: moveCost((height * width * pixel) / 4), label: `${label}: frame` }
  return { address, width, phases: [phase] }
}

const framedOffset = (g: ConvGeometry, image: FramedImage, { y, x }: { y: number; x: number }): number =>
  (y * image.width + x) * pixelBytes(g)

/** Output pixels of a framed image: all with the same pieces, as long as can be written out. */
function framedPositions(g: ConvGeometry, image: FramedImage): { positions: Position[]; steps: Steps } {
  const runs = joinedTaps(g, mostJoinedSteps)
  const [first] = runs
  const steps = first ? joinedOffsets(g, image, first) : []
  const pieces = runs.map(([tap]) => ({ a: tap ? framedOffset(g, image, tap) : 0, bRow: (tap?.index ?? 0) * g.groupChannels }))
  const positions = pixels(g.outHeight, g.outWidth).map(({ y, x, index }) => ({
    a: framedOffset(g, image, { y: y * g.stride[0], x: x * g.stride[1] }),
    cRow: index * g.batch,
    blocks: [pieces],
  }))
  return { positions, steps }
}

/** The taps in runs of equal shape with at most so many elements: the whole kernel, its rows, or single taps. */
function joinedTaps({ taps, kernelWidth, groupChannels }: ConvGeometry, most: number): Tap[][] {
  const length = [taps.length, kernelWidth, 1].find((count) => count * groupChannels <= most) ?? 1
  return Array.from({ length: taps.length / length }, (_, i) => taps.slice(i * length, (i + 1) * length))
}

/** Byte offsets of every (tap, channel) of a run from its first. */
function joinedOffsets(g: ConvGeometry, image: FramedImage, run: readonly Tap[]): number[] {
  const base = run[0] ? framedOffset(g, image, run[0]) : 0
  return run.flatMap((tap) => Array.from({ length: g.groupChannels }, (_, c) => framedOffset(g, image, tap) - base + 4 * c))
}

// --- kernel gradient ---

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
 * result are unpacked at the end; where there are few tiles, segments of the pixels have panels of their own, added up in order then.
 */
function kernelGradient(site: Site): Phase[] {
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
  const tiles = rowSets.reduce((sum, { rows }) => sum + evenTiles(rows.length, tileRows(variant, widest)).length, 0)
  const panelCount = kinds.reduce((sum, { count }) => sum + count, 0)
  const segments = Math.min(outPixels.length, Math.ceil((wantedUnits * Math.min(sharingTiles, tiles)) / (tiles * panelCount * groups)))

  const kernelRows = taps.length * groupChannels
  const panelRows = segments * kernelRows
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

  const map = {
    columns: groupOutChannels,
    columnBytes: 4 * kernelRows,
    ...kernelWalk(g, { bytes: 4 * taps.length, rows: 1, count: groupChannels }, groupChannels),
    batch: { count: groups, bytes: 4 * groupOutChannels * kernelRows },
    panelRows,
  }
  const bytes = panelsBytes(map, variant)
  const panels = context.scratch(bytes)
  const steps: Steps = { count: batch, stride: 4 * g.channels }
  const preparations = [...(image?.phases ?? []), ...gradient.phases]
  return [
    ...(preparations.length > 0 ? [joinPhases(module, preparations, `${label}: pack`)] : []),
    emitProduct(context, {
      batch: { count: groups, a: 4 * groupChannels, b: gradient.groupBytes, c: bytes / groups, bias: 0 },
      a: image?.address ?? site.a,
      positions,
      rows: rowSets[0]?.rows ?? [],
      steps: Array.from({ length: blockCount }, () => steps),
      columns: groupOutChannels,
      b: gradient.matrix,
      c: { form: 'panels', address: panels, rows: panelRows },
      unitRows,
      label,
    }),
    unpackPanels(module, variant, { ...map, address: site.out, panels }, { count: segments, rows: kernelRows }, `${label}: unpack`),
  ]
}

/** The result's gradient as columns: packed into panels, or as it lies if one panel takes all of it or few rows will read it. */
function gradientPanels({ context, g, b, label }: Site, depth: number): { matrix: Matrix; groupBytes: number; phases: Phase[] } {
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
  return joinedTaps(g, mostJoinedSteps).map((run) => {
    const base = run[0] ? framedOffset(g, image, run[0]) : 0
    return {
      rows: joinedOffsets(g, image, run),
      firstRow: (run[0]?.index ?? 0) * g.groupChannels,
      offset: (out) => base + framedOffset(g, image, { y: out.y * g.stride[0], x: out.x * g.stride[1] }),
    }
  })
}
