/**
 * @file Which tile a product gets, and into how many parts its depth is split. A large tile loads less for each multiplication but leaves
 * processors idle, or computes rows and columns that do not exist, when the product is small. In: extents, the device's tiles. Out: a tile
 * and a number of splits.
 */
import { InternalError } from '../../core/diagnostics'
import type { GpuTile } from './emitter'

export interface Extents {
  readonly rows: number
  readonly columns: number
  readonly items: number
  readonly depth: number
}

export interface TileChoice {
  readonly tile: GpuTile
  readonly splits: number
}

/** Tiles without workgroup memory are for software adapters, which have few processors. */
const isQuad = ({ depth }: GpuTile): boolean => depth === 0
const wantedWorkgroups = (tile: GpuTile): number => (isQuad(tile) ? 16 : 128)
/** A part shorter than this costs more to add up than it gains. */
const shortestSplit = (tile: GpuTile): number => (isQuad(tile) ? 64 : 128)
const mostSplits = 128

/** What loading one element costs, in multiplications: measured on SwiftShader for quads, the usual share of shared-memory traffic else. */
const loadCost = 12

export function chooseTile(extents: Extents, tiles: readonly GpuTile[]): TileChoice {
  const [first, ...others] = tiles.map((tile) => ({ tile, ...estimate(extents, tile) }))
  if (!first) throw new InternalError('wgsl', 'the device has no tiles')
  const best = others.reduce((x, y) => (y.time < x.time ? y : x), first)
  return { tile: best.tile, splits: best.splits }
}

function estimate({ rows, columns, items, depth }: Extents, tile: GpuTile): { readonly time: number; readonly splits: number } {
  const workgroups = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) * items
  const wanted = wantedWorkgroups(tile)
  const splits = Math.max(1, Math.min(Math.ceil(wanted / workgroups), Math.floor(depth / shortestSplit(tile)), mostSplits))
  const step = tile.rows * tile.columns + loadCost * (tile.rows + tile.columns)
  // Too few workgroups take as long as enough of them; adding up the parts is a little work for each element and part.
  const time = (Math.max(workgroups * splits, wanted) / splits) * depth * step + (splits > 1 ? 4 * splits * rows * columns * items : 0)
  return { time, splits }
}
