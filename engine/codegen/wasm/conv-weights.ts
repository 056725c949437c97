/**
 * @file A convolution's weights as the column panels that its products read, and its kernel's gradient as the panels that they write.
 * Weights that lie packed are read where they are; others, and those of several groups, are packed from (O, I, KH, KW) first.
 * In: a site. Out: where the panels lie, and the phases that fill or empty them.
 */
import { type ConvSite, kernelWalk } from './conv-geometry'
import type { EmitContext, Phase } from './emitter'
import { moveCost, unitFunction } from './phases'
import { eachKind, type PanelMap, packPanels, panelsBytes, unpackPanels } from './tile-pack'
import { type Matrix, panelKinds, placeOf } from './tile-panels'
import { transposePanels } from './tile-transpose'

export interface KernelPanels {
  readonly matrix: Matrix
  /** Bytes from one group's panels to the next. */
  readonly groupBytes: number
  readonly phases: readonly Phase[]
}

/** `forward`: columns are output channels and rows (tap, input channel); `inputGrad`: the other way round. */
export function kernelPanels(site: ConvSite, direction: 'forward' | 'inputGrad'): KernelPanels {
  const { context, g, b, label } = site
  const { taps, groups, groupChannels, groupOutChannels } = g
  if (site.packed && direction === 'forward')
    return { matrix: { form: 'panels', address: b, rows: taps.length * groupChannels }, groupBytes: 0, phases: [] }
  if (site.packed) {
    const panels = { address: b, blocks: taps.length, rows: groupChannels, columns: groupOutChannels }
    const { matrix, phase } = transposePanels(context, panels, `${label}: pack`)
    return { matrix, groupBytes: 0, phases: [phase] }
  }
  const perChannel = 4 * taps.length
  const perOutChannel = perChannel * groupChannels
  const [columns, columnBytes, rows, rowBytes] =
    direction === 'forward'
      ? [groupOutChannels, perOutChannel, groupChannels, perChannel]
      : [groupChannels, perChannel, groupOutChannels, perOutChannel]
  const map = {
    columns,
    columnBytes,
    ...kernelWalk(g, { bytes: rowBytes, rows: 1, count: rows }, rows),
    batch: { count: groups, bytes: perOutChannel * groupOutChannels },
    panelRows: taps.length * rows,
  }
  const bytes = panelsBytes(map, context.variant)
  const panels = context.scratch(bytes)
  return {
    matrix: { form: 'panels', address: panels, rows: map.panelRows },
    groupBytes: bytes / groups,
    phases: [packPanels(context.module, context.variant, { ...map, address: b, panels }, `${label}: pack`)],
  }
}

/** Where the gradient of a kernel is written in panels of rows (segment, tap, channel), and the phases that add up the segments in place. */
export function kernelGradientPanels(site: ConvSite, segments: number): KernelPanels {
  const { context, g, out, label } = site
  const { taps, groups, groupChannels, groupOutChannels } = g
  const kernelRows = taps.length * groupChannels
  const panelRows = segments * kernelRows
  if (site.packed && segments === 1) return { matrix: { form: 'panels', address: out, rows: panelRows }, groupBytes: 0, phases: [] }
  const map: Omit<PanelMap, 'address' | 'panels'> = {
    columns: groupOutChannels,
    columnBytes: 4 * kernelRows,
    ...kernelWalk(g, { bytes: 4 * taps.length, rows: 1, count: groupChannels }, groupChannels),
    batch: { count: groups, bytes: 4 * groupOutChannels * kernelRows },
    panelRows,
  }
  const bytes = panelsBytes(map, context.variant)
  const panels = context.scratch(bytes)
  const partials = { count: segments, rows: kernelRows }
  const phase = site.packed
    ? addSegments(context, { panels, out, columns: groupOutChannels, segments: partials }, `${label}: add`)
    : unpackPanels(context.module, context.variant, { ...map, address: out, panels }, partials, `${label}: unpack`)
  return { matrix: { form: 'panels', address: panels, rows: panelRows }, groupBytes: bytes / groups, phases: [phase] }
}

/** Rows that a unit adds up. */
const rowsPerUnit = 64

/** The sum of the segments of every panel. */
function addSegments(
  { module, variant }: EmitContext,
  {
    panels,
    out,
    columns,
    segments,
  }: {
    readonly panels: number
    readonly out: number
    readonly columns: number
    readonly segments: { readonly count: number; readonly rows: number }
  },
  label: string,
): Phase {
  const kinds = panelKinds(columns, variant)
  const extents = [kinds.reduce((sum, { count }) => sum + count, 0), Math.ceil(segments.rows / rowsPerUnit)] as const
  const func = unitFunction(module, extents, (f, [panel, chunk]) => {
    const read = f.local('i32')
    const write = f.local('i32')
    const rows = f.local('i32')
    eachKind(f, kinds, panel, (kind, inKind) => {
      const from = placeOf({ form: 'panels', address: panels, rows: segments.count * segments.rows }, kind)
      const to = placeOf({ form: 'panels', address: out, rows: segments.rows }, kind)
      f.affine(from.address, [inKind, from.panelBytes], [chunk, rowsPerUnit * from.rowBytes]).set(read)
      f.affine(to.address, [inKind, to.panelBytes], [chunk, rowsPerUnit * to.rowBytes]).set(write)
      f.i32(segments.rows).get(chunk).i32(rowsPerUnit).op('i32.mul').op('i32.sub').set(rows)
      f.min(rows, rowsPerUnit).set(rows)
      const sums = f.locals(kind.width / 4, 'v128')
      f.countDown(rows, 1, () => {
        for (const [j, sum] of sums.entries()) {
          for (let segment = 0; segment < segments.count; segment++) {
            f.get(read).memory('v128.load', segment * segments.rows * from.rowBytes + 16 * j)
            if (segment > 0) f.op('f32x4.add')
          }
          f.set(sum)
        }
        for (const [j, sum] of sums.entries())
          f.get(write)
            .get(sum)
            .memory('v128.store', 16 * j)
        f.increment(read, from.rowBytes)
        f.increment(write, to.rowBytes)
      })
    })
  })
  return { func, units: extents[0] * extents[1], cost: moveCost(segments.rows * columns * (1 + segments.count)), label }
}
