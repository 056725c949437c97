/**
 * @file Minimal filtering in blocks of tiles, one after the other in the same memory, so that transforms stay in cache and take little memory.
 * In: sizes, and phases over all tiles. Out: blocks, and their parts of phases.
 */
import type { EmitContext, Phase } from './emitter'
import type { Winograd } from './winograd-matrices'
import type { TiledImage } from './winograd-tiles'

/**
 * Bytes that the transforms of a block should take at least: little enough to stay in cache, enough that the transformed kernel, which is
 * read once for every block, is not most of the work.
 */
const leastBlockBytes = 2 ** 20
const kernelsPerBlock = 2
/** Blocks of an image at most: each has phases of its own. */
const mostBlocks = 32

/** An image that is not cut yet. */
export type UncutImage = Omit<TiledImage, 'step' | 'rows' | 'columns'>

/** Tiles of a result, and how many of them are transformed at a time. */
export function tileBlocks(
  { points, results }: Winograd,
  result: UncutImage,
  otherChannels: number,
): { grid: { step: number; rows: number; columns: number }; perBlock: number; blocks: number[] } {
  const grid = { step: results, rows: Math.ceil(result.height / results), columns: Math.ceil(result.width / results) }
  const tiles = grid.rows * grid.columns
  const pointBytes = 4 * points ** 2
  const wanted = Math.max(leastBlockBytes, kernelsPerBlock * pointBytes * result.channels * otherChannels)
  const bytes = pointBytes * result.batch * (result.channels + otherChannels) * tiles
  const perBlock = Math.ceil(tiles / Math.min(tiles, mostBlocks, Math.ceil(bytes / wanted)))
  const blocks = Array.from({ length: Math.ceil(tiles / perBlock) }, (_, i) => Math.min(perBlock, tiles - i * perBlock))
  return { grid, perBlock, blocks }
}

/** Blocks of equal size run the same code. */
export function perTileCount(emit: (tiles: number) => Phase): (tiles: number) => Phase {
  const known = new Map<number, Phase>()
  return (tiles) => {
    const phase = known.get(tiles) ?? emit(tiles)
    known.set(tiles, phase)
    return phase
  }
}

/** The part of a phase over all tiles that belongs to one block. */
export function blockPhase({ module }: EmitContext, phase: Phase, block: number, blocks: readonly number[]): Phase {
  if (blocks.length === 1) return phase
  const perTile = phase.units / blocks.reduce((sum, tiles) => sum + tiles, 0)
  const first = perTile * blocks.slice(0, block).reduce((sum, tiles) => sum + tiles, 0)
  const units = perTile * (blocks[block] as number)
  const func = module.phase((f, begin, end) => {
    for (const unit of [begin, end]) f.get(unit).i32(first).op('i32.add')
    f.callPhase(phase.func)
  })
  return { ...phase, func, units, cost: (phase.cost * units) / phase.units }
}
