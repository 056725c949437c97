/**
 * @file Images, kernels and their Winograd transforms. A transform lies in planes, one for every point of a tile; a plane's rows are
 * (tile, sample), or panels of a kernel. Every transform goes down the columns first, then along the rows, where it ends; the half-done
 * numbers lie in the planes themselves, in pieces that the first cache holds. In: where images lie. Out: phases.
 */
import type { FunctionBuilder, Local } from './assembler'
import type { EmitContext, Phase } from './emitter'
import { moveCost, unitFunction } from './phases'
import type { PanelKind } from './tile-panels'
import { callLines, type Extent, type LineTransform, wholeFloats } from './winograd-lines'
import type { Matrix2d, Winograd } from './winograd-matrices'

/** Matrices for all points, one behind the other. */
export interface Planes {
  readonly address: number
  readonly planeBytes: number
  /** Bytes from one row to the next. */
  readonly rowBytes: number
}

/** An image (H, W, N, C) cut into tiles; a tile's first pixel is tile · step − padding. */
export interface TiledImage {
  readonly address: number
  readonly height: number
  readonly width: number
  readonly batch: number
  readonly channels: number
  readonly padding: readonly [number, number]
  /** Pixels from one tile to the next, along both axes. */
  readonly step: number
  /** Tiles along both axes. */
  readonly rows: number
  readonly columns: number
}

/** Bytes between the ends of planes: were they a power of two apart, the points of a tile would share few sets of the cache. */
const planeGap = 192
/** Floats of each point that are transformed together: all points of them stay in the first cache. */
const pieceFloats = 160

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit

/** Planes of `rows` rows of so many floats, in scratch memory. Rows are kept from lying a large power of two apart, too. */
export function allocatePlanes(context: EmitContext, { points }: Winograd, rows: number, floats: number): Planes {
  const bytes = 4 * roundUp(floats, wholeFloats)
  const rowBytes = bytes % 512 === 0 ? bytes + 64 : bytes
  const planeBytes = roundUp(rows * rowBytes, 64) + planeGap
  return { address: context.scratch(points * points * planeBytes), planeBytes, rowBytes }
}

/** The samples and channels of a tile in pieces. Channels lie side by side, so without padding whole samples are one long row. */
function piecesOf({ batch, channels }: TiledImage, { rowBytes }: Planes): { samples: number; channels: number; joined: boolean } {
  const joined = rowBytes === 4 * channels
  const samples = Math.max(1, Math.min(batch, Math.floor(pieceFloats / channels)))
  return { samples, channels: Math.min(channels, roundUp(channels / Math.ceil(channels / pieceFloats), wholeFloats)), joined }
}

/** Emits the body for every piece of a tile's group of samples, with its byte offsets in a pixel and in a plane. */
function eachPiece(
  f: FunctionBuilder,
  image: TiledImage,
  planes: Planes,
  group: Local,
  body: (inPixel: Local, inPlane: Local, extent: Omit<Extent, 'lines'>) => void,
): void {
  const pieces = piecesOf(image, planes)
  const inPixel = f.local('i32')
  const inPlane = f.local('i32')
  const samples = (count: number) => {
    for (let first = 0; first < image.channels; first += pieces.channels) {
      const channels = Math.min(pieces.channels, image.channels - first)
      f.affine(4 * first, [group, 4 * pieces.samples * image.channels]).set(inPixel)
      f.affine(4 * first, [group, pieces.samples * planes.rowBytes]).set(inPlane)
      body(
        inPixel,
        inPlane,
        pieces.joined && channels === image.channels ? { rows: 1, floats: count * channels } : { rows: count, floats: channels },
      )
    }
  }
  const rest = image.batch % pieces.samples
  if (rest === 0) samples(pieces.samples)
  else
    f.get(group)
      .i32(Math.floor(image.batch / pieces.samples))
      .op('i32.lt_u')
      .if(
        () => samples(pieces.samples),
        () => samples(rest),
      )
}

/** Which pixels of a window of `length` that starts at tile · step − padding lie inside: [first, end). */
type Inside = readonly [number, number]

/** Emits one version of the body for each way in which the windows along an axis are cut off by the image's edges. */
function eachCut(f: FunctionBuilder, tile: Local, cuts: readonly Inside[], body: (inside: Inside) => void): void {
  const kinds = new Map<string, { inside: Inside; tiles: number[] }>()
  for (const [i, inside] of cuts.entries()) {
    const kind = kinds.get(inside.join()) ?? { inside, tiles: [] }
    kinds.set(inside.join(), kind)
    kind.tiles.push(i)
  }
  const [usual, ...others] = [...kinds.values()].sort((a, b) => b.tiles.length - a.tiles.length)
  const chain = (i: number): void => {
    const kind = others[i]
    if (!kind) {
      if (usual) body(usual.inside)
      return
    }
    for (const [k, number] of kind.tiles.entries()) {
      f.get(tile).i32(number).op('i32.eq')
      if (k > 0) f.op('i32.or')
    }
    f.if(
      () => body(kind.inside),
      () => chain(i + 1),
    )
  }
  chain(0)
}

const cutsOf = (tiles: number, step: number, padding: number, length: number, extent: number): Inside[] =>
  Array.from({ length: tiles }, (_, i) => [Math.max(0, padding - i * step), Math.min(length, extent + padding - i * step)])

/** Bytes from a pixel to the next and to the one below. */
const strides = ({ width, batch, channels }: TiledImage) => ({ pixel: 4 * batch * channels, row: 4 * width * batch * channels })

/** What both directions share: units are (tile, group of samples); planes hold `perBlock` tiles and are used again for the next ones. */
function tilePhase(
  context: EmitContext,
  image: TiledImage,
  planes: Planes,
  perBlock: number,
  label: string,
  body: (f: FunctionBuilder, tile: { y: Local; x: Local; inPlanes: Local }, group: Local) => void,
): Phase {
  const groups = Math.ceil(image.batch / piecesOf(image, planes).samples)
  const tiles = image.rows * image.columns
  const func = unitFunction(context.module, [tiles, groups], (f, [tile, group]) => {
    const [y, x, inPlanes] = f.locals(3, 'i32') as [Local, Local, Local]
    f.get(tile).i32(image.columns).op('i32.div_u').set(y)
    f.get(tile).i32(image.columns).op('i32.rem_u').set(x)
    f.get(tile)
      .i32(perBlock)
      .op('i32.rem_u')
      .i32(image.batch * planes.rowBytes)
      .op('i32.mul')
      .i32(planes.address)
      .op('i32.add')
      .set(inPlanes)
    body(f, { y, x, inPlanes }, group)
  })
  return { func, units: tiles * groups, cost: 4 * moveCost(tiles * image.step ** 2 * image.batch * image.channels), label }
}

/** Transforms windows of an image, as many pixels long and wide as the matrix has columns. */
export function imageToPlanes(
  context: EmitContext,
  { points }: Winograd,
  matrix: Matrix2d,
  image: TiledImage,
  planes: Planes,
  perBlock: number,
  label: string,
): Phase {
  const length = matrix[0]?.length ?? 0
  const { pixel, row } = strides(image)
  const [down, right] = image.padding
  const cutsDown = cutsOf(image.rows, image.step, down, length, image.height)
  const cutsRight = cutsOf(image.columns, image.step, right, length, image.width)
  const { planeBytes, rowBytes } = planes
  return tilePhase(context, image, planes, perBlock, label, (f, { y, x, inPlanes }, group) => {
    const corner = f.local('i32')
    f.affine(image.address - down * row - right * pixel, [y, image.step * row], [x, image.step * pixel]).set(corner)
    eachPiece(f, image, planes, group, (inPixel, inPlane, extent) => {
      const at = (offset: number) => () => f.affine(offset, [inPlanes, 1], [inPlane, 1])
      eachCut(f, x, cutsRight, (columns) => {
        const wide = columns[1] - columns[0]
        eachCut(f, y, cutsDown, (rows) =>
          callLines(
            f,
            context.module,
            context.variant,
            { matrix, inputs: rows, outputs: points, exact: false },
            {
              push: () => f.affine(rows[0] * row + columns[0] * pixel, [corner, 1], [inPixel, 1]),
              step: row,
              line: pixel,
              row: 4 * image.channels,
            },
            { push: at(columns[0] * planeBytes), step: points * planeBytes, line: planeBytes, row: rowBytes },
            { ...extent, lines: wide },
          ),
        )
        callLines(
          f,
          context.module,
          context.variant,
          { matrix, inputs: columns, outputs: points, exact: false },
          { push: at(columns[0] * planeBytes), step: planeBytes, line: points * planeBytes, row: rowBytes },
          { push: at(0), step: planeBytes, line: points * planeBytes, row: rowBytes },
          { ...extent, lines: points },
        )
      })
    })
  })
}

/** Transforms products back into the pixels of a result. */
export function planesToImage(
  context: EmitContext,
  { points, toResult }: Winograd,
  image: TiledImage,
  planes: Planes,
  perBlock: number,
  label: string,
): Phase {
  const { pixel, row } = strides(image)
  const { step } = image
  const cutsDown = cutsOf(image.rows, step, 0, step, image.height)
  const cutsRight = cutsOf(image.columns, step, 0, step, image.width)
  const { planeBytes, rowBytes } = planes
  return tilePhase(context, image, planes, perBlock, label, (f, { y, x, inPlanes }, group) => {
    const corner = f.local('i32')
    f.affine(image.address, [y, step * row], [x, step * pixel]).set(corner)
    eachPiece(f, image, planes, group, (inPixel, inPlane, extent) => {
      const at = () => f.affine(0, [inPlanes, 1], [inPlane, 1])
      const lattice = { push: at, step: points * planeBytes, line: planeBytes, row: rowBytes }
      const down: LineTransform = { matrix: toResult, inputs: [0, points], outputs: step, exact: false }
      callLines(f, context.module, context.variant, down, lattice, lattice, { ...extent, lines: points })
      eachCut(f, x, cutsRight, ([, wide]) =>
        eachCut(f, y, cutsDown, ([, high]) =>
          callLines(
            f,
            context.module,
            context.variant,
            { matrix: toResult, inputs: [0, points], outputs: wide, exact: true },
            { push: at, step: planeBytes, line: points * planeBytes, row: rowBytes },
            { push: () => f.affine(0, [corner, 1], [inPixel, 1]), step: pixel, line: row, row: 4 * image.channels },
            { ...extent, lines: high },
          ),
        ),
      )
    })
  })
}

/** A kernel in column panels whose rows are (tap, channel). */
export interface PackedKernel {
  readonly address: number
  readonly kinds: readonly PanelKind[]
  /** Rows of a tap. */
  readonly channels: number
}

const taps = 9

/** Units are (panel, piece of its rows), or whole panels where they are narrow; the body gets byte offsets in the panels and in a plane. */
function panelPhases(
  context: EmitContext,
  { kinds, channels }: PackedKernel,
  label: string,
  body: (f: FunctionBuilder, at: { packed: Local; inPlane: Local }, tapBytes: number, floats: number) => void,
): Phase[] {
  return kinds.map(({ first, count, width }) => {
    const rows = width >= wholeFloats ? Math.min(channels, Math.ceil(pieceFloats / width)) : channels
    const pieces = Math.ceil(channels / rows)
    const func = unitFunction(context.module, [count, pieces], (f, [panel, piece]) => {
      const packed = f.local('i32')
      const inPlane = f.local('i32')
      f.affine(4 * first * channels * taps, [panel, 4 * width * channels * taps], [piece, 4 * width * rows]).set(packed)
      f.affine(4 * first * channels, [panel, 4 * width * channels], [piece, 4 * width * rows]).set(inPlane)
      const work = (some: number) => body(f, { packed, inPlane }, 4 * width * channels, some * width)
      const rest = channels - (pieces - 1) * rows
      if (rest === rows) work(rows)
      else
        f.get(piece)
          .i32(pieces - 1)
          .op('i32.lt_u')
          .if(
            () => work(rows),
            () => work(rest),
          )
    })
    return { func, units: count * pieces, cost: 6 * moveCost(count * width * channels * taps), label }
  })
}

/** Transforms a 3×3 kernel; `flipped` takes its taps in opposite order. */
export function kernelToPlanes(
  context: EmitContext,
  { points, fromKernel }: Winograd,
  kernel: PackedKernel,
  planes: Planes,
  flipped: boolean,
  label: string,
): Phase[] {
  const { planeBytes } = planes
  const transform: LineTransform = { matrix: fromKernel, inputs: [0, 3], outputs: points, exact: false }
  return panelPhases(context, kernel, label, (f, { packed, inPlane }, tapBytes, floats) => {
    const tap = flipped ? -tapBytes : tapBytes
    const at = () => f.affine(planes.address, [inPlane, 1])
    callLines(
      f,
      context.module,
      context.variant,
      transform,
      { push: () => f.affine(kernel.address + (flipped ? (taps - 1) * tapBytes : 0), [packed, 1]), step: 3 * tap, line: tap, row: 0 },
      { push: at, step: points * planeBytes, line: planeBytes, row: 0 },
      { lines: 3, rows: 1, floats },
    )
    const lattice = { push: at, step: planeBytes, line: points * planeBytes, row: 0 }
    callLines(f, context.module, context.variant, transform, lattice, lattice, { lines: points, rows: 1, floats })
  })
}

/** Transforms the sums over all tiles back into the gradient of a 3×3 kernel. */
export function planesToKernel(
  context: EmitContext,
  { points, toKernel }: Winograd,
  kernel: PackedKernel,
  planes: Planes,
  label: string,
): Phase[] {
  const { planeBytes } = planes
  return panelPhases(context, kernel, label, (f, { packed, inPlane }, tapBytes, floats) => {
    const at = () => f.affine(planes.address, [inPlane, 1])
    const columns = { push: at, step: points * planeBytes, line: planeBytes, row: 0 }
    const down: LineTransform = { matrix: toKernel, inputs: [0, points], outputs: 3, exact: false }
    callLines(f, context.module, context.variant, down, columns, columns, { lines: points, rows: 1, floats })
    callLines(
      f,
      context.module,
      context.variant,
      { ...down, exact: true },
      { push: at, step: planeBytes, line: points * planeBytes, row: 0 },
      { push: () => f.affine(kernel.address, [packed, 1]), step: tapBytes, line: 3 * tapBytes, row: 0 },
      { lines: 3, rows: 1, floats },
    )
  })
}
