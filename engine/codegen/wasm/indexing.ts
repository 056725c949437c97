/**
 * @file Rows by index: reading them (gather), adding to them (scatterAdd), and the index of the largest element (argMax).
 * In: the kernels. Out: one phase each. Sums are deterministic: a unit owns columns or rows of the result and adds in the updates' order.
 */

import type { ArgMaxKernel, GatherKernel, ScatterAddKernel } from '../../optimize/kernel'
import type { PhaseFunction } from './alike'
import type { FunctionBuilder, Local } from './assembler'
import type { EmitContext, Phase } from './emitter'
import { moveCost, unitFunction } from './phases'
import { storeFirst } from './vectors'

type Named = { readonly origins?: readonly string[] }

/** Columns that a unit of scatterAdd owns when rows are long. */
const ownedColumns = 16
/** Units of scatterAdd when rows are short: each owns a range of rows. */
const rowRanges = 8
/** Rows done by one unit of gather and argMax. */
const rowsPerUnit = 16

export function emitGather(kernel: GatherKernel & Named, context: EmitContext): Phase[] {
  const { rows, count, width } = kernel
  const table = context.address(kernel.table)
  const indices = context.address(kernel.indices)
  const out = context.address(kernel.out)
  const units = Math.ceil(count / rowsPerUnit)
  const func = unitFunction(context.module, [units], (f, [unit]) => {
    const from = f.local('i32')
    const to = f.local('i32')
    eachRow(f, unit, count, (row) => {
      indexOf(f, indices, row, rows).set(from)
      f.affine(table, [from, 4 * width]).set(from)
      f.affine(out, [row, 4 * width]).set(to)
      eachVector(f, width, [from, to], (vectors, lanes) => {
        const values = f.locals(vectors, 'v128')
        for (const [v, value] of values.entries())
          f.get(from)
            .memory('v128.load', 16 * v)
            .set(value)
        for (const [v, value] of values.entries()) storeFirst(f, to, 16 * v, value, lanes)
      })
    })
  })
  return [{ func, units, cost: moveCost(count * width), label: `${kernel.origins?.[0] ?? ''} gather` }]
}

export function emitScatterAdd(kernel: ScatterAddKernel & Named, context: EmitContext): Phase[] {
  const { rows, count, width } = kernel
  const sites = {
    indices: context.address(kernel.indices),
    updates: context.address(kernel.updates),
    out: context.address(kernel.out),
  }
  const byColumns = width >= 2 * ownedColumns
  const units = byColumns ? Math.ceil(width / ownedColumns) : Math.min(rowRanges, rows)
  const func = byColumns ? addByColumns(kernel, sites, context) : addByRows(kernel, sites, units, context)
  return [{ func, units, cost: moveCost(rows * width + 2 * count * width), label: `${kernel.origins?.[0] ?? ''} scatter` }]
}

interface ScatterSites {
  readonly indices: number
  readonly updates: number
  readonly out: number
}

/** Each unit walks all updates and adds its columns of them. */
function addByColumns(
  { rows, count, width }: ScatterAddKernel,
  { indices, updates, out }: ScatterSites,
  { module }: EmitContext,
): PhaseFunction {
  return unitFunction(module, [Math.ceil(width / ownedColumns)], (f, [unit]) => {
    const row = f.local('i32')
    const from = f.local('i32')
    const to = f.local('i32')
    const zero = f.local('v128')
    const columns = (owned: number): void => {
      f.affine(out, [unit, 4 * ownedColumns]).set(to)
      f.for(row, 0, rows, 1, () => {
        for (let c = 0; c < owned; c += 4) storeFirst(f, to, 4 * c, zero, Math.min(4, owned - c))
        f.increment(to, 4 * width)
      })
      f.affine(updates, [unit, 4 * ownedColumns]).set(from)
      f.for(row, 0, count, 1, () => {
        indexOf(f, indices, row, rows).set(to)
        f.affine(out, [unit, 4 * ownedColumns], [to, 4 * width]).set(to)
        addRow(f, from, to, owned)
        f.increment(from, 4 * width)
      })
    }
    const rest = width % ownedColumns
    if (rest === 0) columns(ownedColumns)
    else
      f.get(unit)
        .i32(Math.floor(width / ownedColumns))
        .op('i32.lt_u')
        .if(
          () => columns(ownedColumns),
          () => columns(rest),
        )
  })
}

/** Each unit walks all indices and adds the updates of its rows. */
function addByRows(
  { rows, count, width }: ScatterAddKernel,
  { indices, updates, out }: ScatterSites,
  units: number,
  { module }: EmitContext,
): PhaseFunction {
  const owned = Math.ceil(rows / units)
  return unitFunction(module, [units], (f, [unit]) => {
    const row = f.local('i32')
    const first = f.local('i32')
    const mine = f.local('i32')
    const from = f.local('i32')
    const to = f.local('i32')
    f.affine(0, [unit, owned]).set(first)
    f.min(first, rows).set(first)
    f.i32(rows).get(first).op('i32.sub').set(mine)
    f.min(mine, owned).set(mine)
    f.affine(out, [first, 4 * width])
      .i32(0)
      .affine(0, [mine, 4 * width])
      .memoryFill()
    f.for(row, 0, count, 1, () => {
      indexOf(f, indices, row, rows).set(to)
      f.get(to)
        .get(first)
        .op('i32.sub')
        .get(mine)
        .op('i32.lt_u')
        .if(() => {
          f.affine(out, [to, 4 * width]).set(to)
          f.affine(updates, [row, 4 * width]).set(from)
          addRow(f, from, to, width)
        })
    })
  })
}

/** to += from over a few columns. */
function addRow(f: FunctionBuilder, from: Local, to: Local, columns: number): void {
  const sums = f.locals(Math.ceil(columns / 4), 'v128')
  for (const [v, sum] of sums.entries()) {
    f.get(to)
      .memory('v128.load', 16 * v)
      .get(from)
      .memory('v128.load', 16 * v)
      .op('f32x4.add')
      .set(sum)
  }
  for (const [v, sum] of sums.entries()) storeFirst(f, to, 16 * v, sum, Math.min(4, columns - 4 * v))
}

/** Pushes the row's index; one out of range counts as 0. */
function indexOf(f: FunctionBuilder, indices: number, row: Local, rows: number): FunctionBuilder {
  const index = f.local('i32')
  f.affine(indices, [row, 4]).memory('i32.load').set(index)
  return f.get(index).i32(0).get(index).i32(rows).op('i32.lt_u').op('select')
}

/** Runs the body for the rows of a unit. */
function eachRow(f: FunctionBuilder, unit: Local, count: number, body: (row: Local) => void): void {
  const row = f.local('i32')
  const first = f.local('i32')
  const last = f.local('i32')
  f.affine(0, [unit, rowsPerUnit]).set(first)
  f.affine(rowsPerUnit, [unit, rowsPerUnit]).set(last)
  f.min(last, count).set(last)
  f.for(row, first, last, 1, () => body(row))
}

/** Walks `length` floats: four vectors at a time, then one, then the remaining lanes; advances the pointers. */
function eachVector(f: FunctionBuilder, length: number, pointers: readonly Local[], body: (vectors: number, lanes: number) => void): void {
  for (const [times, vectors] of [
    [Math.floor(length / 16), 4],
    [Math.floor((length % 16) / 4), 1],
  ] as const) {
    f.times(times, () => {
      body(vectors, 4)
      for (const pointer of pointers) f.increment(pointer, 16 * vectors)
    })
  }
  if (length % 4 > 0) body(1, length % 4)
}

export function emitArgMax(kernel: ArgMaxKernel & Named, context: EmitContext): Phase[] {
  const { outer, extent, inner } = kernel
  const x = context.address(kernel.x)
  const out = context.address(kernel.out)
  const units = Math.ceil(outer / rowsPerUnit)
  const func = unitFunction(context.module, [units], (f, [unit]) => {
    const from = f.local('i32')
    const to = f.local('i32')
    eachRow(f, unit, outer, (row) => {
      f.affine(x, [row, 4 * extent * inner]).set(from)
      f.affine(out, [row, 4 * inner]).set(to)
      if (inner === 1) argMaxAlong(f, from, to, extent)
      else eachVector(f, inner, [from, to], (vectors, lanes) => argMaxAcross(f, from, to, kernel, vectors, lanes))
    })
  })
  return [{ func, units, cost: 0.5 * outer * extent * inner, label: `${kernel.origins?.[0] ?? ''} argMax` }]
}

/** The maximum's place in a row of adjacent elements. */
function argMaxAlong(f: FunctionBuilder, from: Local, to: Local, extent: number): void {
  const best = f.local('f32')
  const value = f.local('f32')
  const place = f.local('i32')
  const i = f.local('i32')
  f.assign(place, 0)
  f.get(from).memory('f32.load').set(best)
  f.for(i, 1, extent, 1, () => {
    f.affine(0, [i, 4], [from, 1]).memory('f32.load').tee(value).get(best).op('f32.gt')
    f.if(() => {
      f.get(value).set(best)
      f.assign(place, i)
    })
  })
  f.get(to).get(place).memory('i32.store')
}

/** The maximum's place along the middle axis, for adjacent positions of the last. */
function argMaxAcross(f: FunctionBuilder, from: Local, to: Local, { extent, inner }: ArgMaxKernel, vectors: number, lanes: number): void {
  const best = f.locals(vectors, 'v128')
  const place = f.locals(vectors, 'v128')
  const value = f.local('v128')
  const larger = f.local('v128')
  const at = f.local('i32')
  const i = f.local('i32')
  for (const [v, b] of best.entries()) {
    f.get(from)
      .memory('v128.load', 16 * v)
      .set(b)
    f.i32x4(0).set(place[v] as Local)
  }
  f.assign(at, from)
  f.for(i, 1, extent, 1, () => {
    f.increment(at, 4 * inner)
    for (const [v, b] of best.entries()) {
      const p = place[v] as Local
      f.get(at)
        .memory('v128.load', 16 * v)
        .tee(value)
        .get(b)
        .op('f32x4.gt')
        .set(larger)
      f.get(value).get(b).get(larger).op('v128.bitselect').set(b)
      f.get(i).op('i32x4.splat').get(p).get(larger).op('v128.bitselect').set(p)
    }
  })
  for (const [v, p] of place.entries()) storeFirst(f, to, 16 * v, p, lanes)
}
