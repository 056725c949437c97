/**
 * @file A matrix product made of register tiles. Its left operand is not one matrix but positions: groups of rows at constant offsets,
 * each with a list of the pieces of A and of B's rows whose products are summed. A plain product has one position and one piece; a
 * convolution has a position per pixel and a piece per kernel tap that falls inside the image, which is why it needs no im2col.
 * In: where everything lies. Out: one phase whose units are (batch item, group of tiles, column panel).
 */
import type { FunctionBuilder, Local } from './assembler'
import type { EmitContext, Phase } from './emitter'
import { joinPhases, unitFunction } from './phases'
import { type Steps, spillBytes, stepCount, type TileSpec, tileRows } from './tile'
import { tileCall } from './tile-call'
import { type Matrix, type PanelKind, panelKinds, placeOf } from './tile-panels'

/** A piece of a sum: `steps` elements of A from a byte offset, times as many rows of B from a row number. */
export interface Piece {
  readonly a: number
  readonly bRow: number
}

export interface Position {
  /** Byte address of the position's first row of A, relative to `Product.a`. */
  readonly a: number
  /** Row number in C of the position's first row. */
  readonly cRow: number
  /** The sum, in blocks that keep panels in cache: every tile of a unit does block 0, then every tile adds block 1, and so on. */
  readonly blocks: readonly (readonly Piece[])[]
}

export interface Product {
  readonly batch: { readonly count: number; readonly a: number; readonly b: number; readonly c: number; readonly bias: number }
  /** Byte address. */
  readonly a: number
  readonly positions: readonly Position[]
  /** Byte offsets in A of the rows of a position, where there may be millions evenly spaced. */
  readonly rows: Steps
  /** Steps of each piece, one for every block. */
  readonly steps: readonly Steps[]
  readonly columns: number
  readonly b: Matrix
  readonly c: Matrix
  /** Byte address of `columns` numbers added to every row. */
  readonly bias?: number
  /** C holds numbers already, to which the products are added. */
  readonly accumulate?: boolean
  /** Rows that one unit does before the next panel. */
  readonly unitRows?: number
  readonly label: string
}

/** Rows that one unit does before the next panel: enough to use a panel in the first cache many times, few enough to stay in the second. */
const usualUnitRows = 96
/** Units that a product should have at least, so that threads share evenly. */
export const wantedUnits = 16
/** And at most: each may need spill memory of its own. */
const mostUnits = 4096

/** Splits rows into tiles of at most `most` rows, as even as can be, larger ones first: 16 rows are 6 + 5 + 5. */
export function evenTiles(rows: number, most: number): EvenTiles {
  const count = Math.ceil(rows / most)
  const larger = rows % count || count
  return { count, most: Math.ceil(rows / count), larger }
}

/** The first `larger` tiles have `most` rows, the others one fewer. */
export interface EvenTiles {
  readonly count: number
  readonly most: number
  readonly larger: number
}

export function emitProduct(context: EmitContext, product: Product): Phase {
  const parts = panelKinds(product.columns, context.variant).map((kind) => emitPanels(context, product, kind))
  return joinPhases(context.module, parts, product.label)
}

/** The part of a product whose panels have one width. */
function emitPanels(context: EmitContext, product: Product, kind: PanelKind): Phase {
  const { module, variant } = context
  const { batch, positions } = product
  const tiles = evenTiles(stepCount(product.rows), tileRows(variant, kind.width))
  const total = tiles.count * positions.length
  const most = Math.max(1, Math.ceil((product.unitRows ?? usualUnitRows) / tileRows(variant, kind.width)))
  const all = total * kind.count * batch.count
  const grouped = Math.max(Math.ceil(all / mostUnits), Math.min(most, Math.floor(all / wantedUnits)), 1)
  const groups = Math.ceil(total / grouped)
  const b = placeOf(product.b, kind)
  const c = placeOf(product.c, kind)
  const stored = product.c.form === 'panels' ? kind.width : kind.stored
  // Columns that do not exist hold zeros in panels.
  const mask =
    stored > kind.stored ? context.table(Array.from({ length: kind.width }, (_, column) => (column < kind.stored ? -1 : 0))) : undefined
  const record = writePositions(context, product, b.rowBytes, c.rowBytes)
  const runs = blockRuns(product)
  const units = batch.count * groups * kind.count
  const spillSize = stored < kind.width ? spillBytes(tiles.most, kind.width) : 0
  const spills = spillSize > 0 ? context.scratch(units * spillSize) : 0

  const func = unitFunction(module, [batch.count, groups, kind.count], (f, [item, group, panel], unit) => {
    const bPanel = f.local('i32')
    const bias = f.local('i32')
    const spill = f.local('i32')
    const first = f.local('i32')
    const last = f.local('i32')
    const aBase = f.local('i32')
    const cBase = f.local('i32')
    f.affine(b.address, [panel, b.panelBytes], [item, batch.b]).set(bPanel)
    f.affine(c.address, [panel, c.panelBytes], [item, batch.c]).set(cBase)
    f.affine(product.a, [item, batch.a]).set(aBase)
    if (product.bias !== undefined) f.affine(product.bias + 4 * kind.first, [panel, 4 * kind.width], [item, batch.bias]).set(bias)
    if (spillSize > 0) f.affine(spills, [unit, spillSize]).set(spill)
    if (mask !== undefined) f.assign(spill, mask)
    f.affine(0, [group, grouped]).set(first)
    f.get(first).i32(grouped).op('i32.add').set(last)
    f.min(last, total).set(last)
    for (const run of runs) {
      const spec = (rows: readonly number[]): TileSpec => ({
        rows,
        steps: run.steps,
        columns: kind.width,
        stored,
        bRow: b.rowBytes,
        cRow: c.rowBytes,
        start: run.first > 0 || product.accumulate ? 'accumulate' : product.bias !== undefined ? 'bias' : 'zero',
        ...(mask === undefined ? {} : { masked: true }),
        fma: variant.fma,
      })
      const entry = f.local('i32')
      f.assign(entry, 8 + 8 * run.first)
      f.times(run.count, () => {
        eachTile(f, tiles.count, first, last, record, (position, tile) => {
          const call = (rows: readonly number[], a: () => void, cRows: () => void): void => {
            const start = f.local('i32')
            f.get(position).get(entry).op('i32.add').tee(start).memory('i32.load', 0).get(start).memory('i32.load', 4)
            f.get(position).memory('i32.load', 0).get(aBase).op('i32.add')
            a()
            f.op('i32.add').get(bPanel).get(position).memory('i32.load', 4).get(cBase).op('i32.add')
            cRows()
            f.op('i32.add').get(bias).get(spill)
            const { func: tileFunc, sizes } = tileCall(module, spec(rows))
            for (const size of sizes) f.i32(size)
            f.call(tileFunc)
          }
          callTile(f, product.rows, tiles, tile, c.rowBytes, call)
        })
        f.increment(entry, 8)
      })
    }
  })
  const elements = stepCount(product.rows) * positions.reduce((sum, { blocks }) => sum + depthOf(blocks, product.steps), 0)
  // Two operations a product; a tile of 16 columns does about 110 of them in a nanosecond, narrower ones and those without FMA fewer.
  const rate = (kind.width >= 16 ? 110 : kind.width >= 8 ? 60 : 30) * (variant.fma ? 1 : 0.7)
  return { func, units, cost: (2 * batch.count * elements * kind.count * kind.width) / rate, label: product.label }
}

const depthOf = (blocks: Position['blocks'], steps: readonly Steps[]): number =>
  blocks.reduce((sum, pieces, i) => sum + pieces.length * stepCount(steps[i] as Steps), 0)

/** Consecutive blocks that the same code can do: the first starts the sums, the others add to them. */
function blockRuns(product: Product): { readonly first: number; readonly count: number; readonly steps: Steps }[] {
  const runs: { first: number; count: number; steps: Steps }[] = []
  for (const [i, steps] of product.steps.entries()) {
    const last = runs.at(-1)
    if (last && last.first > 0 && last.steps === steps) last.count++
    else runs.push({ first: i, count: 1, steps })
  }
  return runs
}

/** Writes the positions' table, (a, c, and list, count for every block), and returns its address and the size of a record. */
function writePositions(context: EmitContext, product: Product, bRowBytes: number, cRowBytes: number): { address: number; bytes: number } {
  const lists = new Map<readonly Piece[], number>()
  const values: number[] = []
  for (const { a, cRow, blocks } of product.positions) {
    values.push(a, cRow * cRowBytes)
    for (const pieces of blocks) {
      const address = lists.get(pieces) ?? context.table(pieces.length > 0 ? listOf(pieces, bRowBytes) : [0, 0])
      lists.set(pieces, address)
      values.push(address, pieces.length)
    }
  }
  return { address: context.table(values), bytes: 8 + 8 * product.steps.length }
}

function listOf(pieces: readonly Piece[], bRowBytes: number): number[] {
  const list: number[] = []
  for (const { a, bRow } of pieces) list.push(a, bRow * bRowBytes)
  return list
}

/** Runs the body for tiles [first, last), numbered through all positions, with the position's record and the tile's number in it. */
function eachTile(
  f: FunctionBuilder,
  tilesPerPosition: number,
  first: Local,
  last: Local,
  record: { readonly address: number; readonly bytes: number },
  body: (position: Local, tile: Local) => void,
): void {
  const tile = f.local('i32')
  const position = f.local('i32')
  const number = f.local('i32')
  f.get(first).i32(tilesPerPosition).op('i32.div_u').set(position)
  f.get(first).get(position).i32(tilesPerPosition).op('i32.mul').op('i32.sub').set(tile)
  f.affine(record.address, [position, record.bytes]).set(position)
  f.for(number, first, last, 1, () => {
    body(position, tile)
    f.increment(tile, 1)
    f.get(tile)
      .i32(tilesPerPosition)
      .op('i32.eq')
      .if(() => {
        f.assign(tile, 0)
        f.increment(position, record.bytes)
      })
  })
}

/** Calls the right tile function: by formula where rows are evenly spaced, else by a chain of comparisons. */
function callTile(
  f: FunctionBuilder,
  rows: Steps,
  { count, most, larger }: EvenTiles,
  tile: Local,
  cRowBytes: number,
  call: (rows: readonly number[], a: () => void, cRows: () => void) => void,
): void {
  const even = evenly(rows)
  if (even) {
    const { first, stride } = even
    const firstRow = f.local('i32')
    const callRows = (height: number) =>
      call(
        Array.from({ length: height }, (_, r) => r * stride),
        () => f.affine(first, [firstRow, stride]),
        () => f.affine(0, [firstRow, cRowBytes]),
      )
    const largeTile = () => {
      f.affine(0, [tile, most]).set(firstRow)
      callRows(most)
    }
    if (larger === count) {
      largeTile()
      return
    }
    f.get(tile)
      .i32(larger)
      .op('i32.lt_u')
      .if(largeTile, () => {
        f.affine(larger, [tile, most - 1]).set(firstRow)
        callRows(most - 1)
      })
    return
  }
  const listed = rows as readonly number[]
  const chain = (i: number): void => {
    const first = i * most - Math.max(i - larger, 0)
    const offsets = listed.slice(first, first + (i < larger ? most : most - 1))
    const least = Math.min(...offsets)
    const callThis = () =>
      call(
        offsets.map((offset) => offset - least),
        () => f.i32(least),
        () => f.i32(first * cRowBytes),
      )
    if (i === count - 1) callThis()
    else
      f.get(tile)
        .i32(i)
        .op('i32.eq')
        .if(callThis, () => chain(i + 1))
  }
  chain(0)
}

/** Where the first row lies and how far apart they are, if that is the same for all. */
function evenly(rows: Steps): { readonly first: number; readonly stride: number } | undefined {
  if ('count' in rows) return { first: 0, stride: rows.stride }
  const [first = 0, second = first] = rows
  const stride = second - first
  return rows.every((offset, r) => offset === first + r * stride) ? { first, stride } : undefined
}
