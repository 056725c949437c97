/**
 * @file Packing matrices into column panels and back, whatever way they lie: kernels (O, I, KH, KW), transposed matrices, gradients.
 * In: where elements lie in memory and in the panels. Out: phases.
 */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler'
import type { KernelVariant, Phase } from './emitter'
import { moveCost, unitFunction } from './phases'
import { type PanelKind, paddedColumns, panelKinds, placeOf } from './tile-panels'
import { storeFirst } from './vectors'

/** One of the loops that walk a matrix: bytes per step in the unpacked form, rows per step in the panels. */
export interface Walk {
  readonly count: number
  readonly bytes: number
  readonly rows: number
}

/**
 * How panels map to unpacked memory: element (column c, i, t) lies at address + c · columnBytes + i · outer.bytes + t · inner.bytes, and in
 * row i · outer.rows + t · inner.rows of the panels. Either columns or `inner` steps are 4 bytes apart. `batch` repeats all of it.
 */
export interface PanelMap {
  readonly address: number
  readonly columns: number
  readonly columnBytes: number
  readonly outer: Walk
  readonly inner: Walk
  readonly batch: { readonly count: number; readonly bytes: number }
  readonly panels: number
  /** Rows of the panels; of each batch item. */
  readonly panelRows: number
}

export const once: Walk = { count: 1, bytes: 0, rows: 0 }

/** Bytes of all panels of a map. */
export const panelsBytes = (map: Pick<PanelMap, 'columns' | 'panelRows' | 'batch'>, variant: KernelVariant): number =>
  4 * map.batch.count * map.panelRows * paddedColumns(map.columns, variant)

/** What packing and unpacking share. */
function layout(map: PanelMap, variant: KernelVariant) {
  const kinds = panelKinds(map.columns, variant)
  return {
    kinds,
    panelCount: kinds.reduce((sum, { count }) => sum + count, 0),
    batchBytes: panelsBytes({ ...map, batch: { count: 1, bytes: 0 } }, variant),
    elements: map.batch.count * map.outer.count * map.inner.count * map.columns,
  }
}

/** Packs a matrix into panels; columns that do not exist become zeros. */
export const packPanels = (module: ModuleBuilder, variant: KernelVariant, map: PanelMap, label: string): Phase =>
  map.columnBytes === 4 ? copyColumns(module, variant, map, label) : transposeColumns(module, variant, map, label)

/** Columns side by side: copies a block of rows into every panel. */
function copyColumns(module: ModuleBuilder, variant: KernelVariant, map: PanelMap, label: string): Phase {
  const { kinds, batchBytes, elements } = layout(map, variant)
  const rowsPerUnit = Math.min(64, map.inner.count)
  const blocks = Math.ceil(map.inner.count / rowsPerUnit)
  const func = unitFunction(module, [map.batch.count, map.outer.count, blocks], (f, [item, i, block]) => {
    const from = f.local('i32')
    const to = f.local('i32')
    const panel = f.local('i32')
    const row = f.local('i32')
    const rows = f.local('i32')
    for (const kind of kinds) {
      const place = placeOf({ form: 'panels', address: map.panels, rows: map.panelRows }, kind)
      f.for(panel, 0, kind.count, 1, () => {
        f.affine(
          map.address + 4 * kind.first,
          [panel, 4 * kind.width],
          [item, map.batch.bytes],
          [i, map.outer.bytes],
          [block, rowsPerUnit * map.inner.bytes],
        ).set(from)
        f.affine(
          place.address,
          [panel, place.panelBytes],
          [item, batchBytes],
          [i, map.outer.rows * place.rowBytes],
          [block, rowsPerUnit * map.inner.rows * place.rowBytes],
        ).set(to)
        f.i32(map.inner.count).get(block).i32(rowsPerUnit).op('i32.mul').op('i32.sub').set(rows)
        f.min(rows, rowsPerUnit).set(row)
        f.countDown(row, 1, () => {
          copyRow(f, from, to, kind)
          f.increment(from, map.inner.bytes)
          f.increment(to, map.inner.rows * place.rowBytes)
        })
      })
    }
  })
  return { func, units: map.batch.count * map.outer.count * blocks, cost: moveCost(elements), label }
}

/** Columns far apart: transposes blocks of four columns by four inner steps. */
function transposeColumns(module: ModuleBuilder, variant: KernelVariant, map: PanelMap, label: string): Phase {
  const { kinds, panelCount, batchBytes, elements } = layout(map, variant)
  const outerPerUnit = Math.max(1, Math.ceil((map.outer.count * panelCount * map.batch.count) / 64))
  const blocks = Math.ceil(map.outer.count / outerPerUnit)
  const func = unitFunction(module, [map.batch.count, panelCount, blocks], (f, [item, panel, block]) => {
    const from = f.local('i32')
    const to = f.local('i32')
    const left = f.local('i32')
    eachKind(f, kinds, panel, (kind, inKind) => {
      const place = placeOf({ form: 'panels', address: map.panels, rows: map.panelRows }, kind)
      const outer = f.local('i32')
      f.i32(map.outer.count).get(block).i32(outerPerUnit).op('i32.mul').op('i32.sub').set(left)
      f.min(left, outerPerUnit).set(outer)
      const from0 = f.local('i32')
      const to0 = f.local('i32')
      f.affine(
        map.address + kind.first * map.columnBytes,
        [inKind, kind.width * map.columnBytes],
        [item, map.batch.bytes],
        [block, outerPerUnit * map.outer.bytes],
      ).set(from0)
      f.affine(place.address, [inKind, place.panelBytes], [item, batchBytes], [block, outerPerUnit * map.outer.rows * place.rowBytes]).set(
        to0,
      )
      f.countDown(outer, 1, () => {
        f.assign(from, from0)
        f.assign(to, to0)
        eachChunk(f, map.inner, place.rowBytes, from, to, (steps) => {
          for (let c = 0; c < kind.width; c += 4) {
            const columns = Math.min(4, kind.stored - c)
            const loads = [0, 1, 2, 3].map((q) => () => {
              if (q < columns) f.get(from).memory('v128.load', (c + q) * map.columnBytes)
              else f.f32x4(0)
            })
            for (const [t, push] of transposed(f, loads).entries()) {
              if (t >= steps) break
              f.get(to)
              push()
              f.memory('v128.store', t * map.inner.rows * place.rowBytes + 4 * c)
            }
          }
        })
        f.increment(from0, map.outer.bytes)
        f.increment(to0, map.outer.rows * place.rowBytes)
      })
    })
  })
  return { func, units: map.batch.count * panelCount * blocks, cost: 2 * moveCost(elements), label }
}

/**
 * Unpacks panels whose columns lie far apart in memory (`inner` steps are 4 bytes), adding up `partials` sets of panels that lie
 * `partialRows` rows apart within each panel.
 */
export function unpackPanels(
  module: ModuleBuilder,
  variant: KernelVariant,
  map: PanelMap,
  partials: { readonly count: number; readonly rows: number },
  label: string,
): Phase {
  const { kinds, panelCount, batchBytes, elements } = layout(map, variant)
  const func = unitFunction(module, [map.batch.count, panelCount, map.outer.count], (f, [item, panel, i]) => {
    const from = f.local('i32')
    const to = f.local('i32')
    eachKind(f, kinds, panel, (kind, inKind) => {
      const place = placeOf({ form: 'panels', address: map.panels, rows: map.panelRows }, kind)
      f.affine(place.address, [inKind, place.panelBytes], [item, batchBytes], [i, map.outer.rows * place.rowBytes]).set(from)
      f.affine(
        map.address + kind.first * map.columnBytes,
        [inKind, kind.width * map.columnBytes],
        [item, map.batch.bytes],
        [i, map.outer.bytes],
      ).set(to)
      eachChunk(f, map.inner, place.rowBytes, to, from, (steps) => {
        for (let c = 0; c < kind.stored; c += 4) {
          const loads = [0, 1, 2, 3].map((t) => () => {
            if (t >= steps) f.f32x4(0)
            for (let part = 0; t < steps && part < partials.count; part++) {
              f.get(from).memory('v128.load', (t * map.inner.rows + part * partials.rows) * place.rowBytes + 4 * c)
              if (part > 0) f.op('f32x4.add')
            }
          })
          const value = f.local('v128')
          for (const [q, push] of transposed(f, loads).entries()) {
            if (c + q >= kind.stored) break
            push()
            f.set(value)
            storeFirst(f, to, (c + q) * map.columnBytes, value, steps)
          }
        }
      })
    })
  })
  return { func, units: map.batch.count * panelCount * map.outer.count, cost: moveCost(elements * (1 + partials.count)), label }
}

/** Emits the body once per kind, for a panel numbered across kinds. */
export function eachKind(
  f: FunctionBuilder,
  kinds: readonly PanelKind[],
  panel: Local,
  body: (kind: PanelKind, inKind: Local) => void,
): void {
  const [first, second] = kinds
  if (!first) return
  if (!second) {
    body(first, panel)
    return
  }
  const inKind = f.local('i32')
  f.get(panel)
    .i32(first.count)
    .op('i32.lt_u')
    .if(
      () => body(first, panel),
      () => {
        f.get(panel).i32(first.count).op('i32.sub').set(inKind)
        body(second, inKind)
      },
    )
}

/** Walks the inner steps four at a time, then the remaining ones; `contiguous` moves by 4 bytes a step, `panel` by rows. */
function eachChunk(
  f: FunctionBuilder,
  inner: Walk,
  rowBytes: number,
  contiguous: Local,
  panel: Local,
  body: (steps: number) => void,
): void {
  f.times(Math.floor(inner.count / 4), () => {
    body(4)
    f.increment(contiguous, 16)
    f.increment(panel, 4 * inner.rows * rowBytes)
  })
  if (inner.count % 4 > 0) body(inner.count % 4)
}

/** Loads four vectors and returns what pushes each of their four columns. */
export function transposed(f: FunctionBuilder, loads: readonly (() => void)[]): (() => void)[] {
  const rows = f.locals(4, 'v128') as [Local, Local, Local, Local]
  for (const [q, load] of loads.entries()) {
    load()
    f.set(rows[q] as Local)
  }
  const pairs = f.locals(4, 'v128') as [Local, Local, Local, Local]
  f.get(rows[0]).get(rows[1]).shuffle([0, 4, 1, 5]).set(pairs[0])
  f.get(rows[2]).get(rows[3]).shuffle([0, 4, 1, 5]).set(pairs[1])
  f.get(rows[0]).get(rows[1]).shuffle([2, 6, 3, 7]).set(pairs[2])
  f.get(rows[2]).get(rows[3]).shuffle([2, 6, 3, 7]).set(pairs[3])
  return [
    () => f.get(pairs[0]).get(pairs[1]).shuffle([0, 1, 4, 5]),
    () => f.get(pairs[0]).get(pairs[1]).shuffle([2, 3, 6, 7]),
    () => f.get(pairs[2]).get(pairs[3]).shuffle([0, 1, 4, 5]),
    () => f.get(pairs[2]).get(pairs[3]).shuffle([2, 3, 6, 7]),
  ]
}

/** Copies one row of a panel's columns; what is read past the last column is masked to zero. */
function copyRow(f: FunctionBuilder, from: Local, to: Local, kind: PanelKind): void {
  for (let c = 0; c < kind.width; c += 4) {
    const columns = kind.stored - c
    f.get(to)
    if (columns <= 0) f.f32x4(0)
    else {
      f.get(from).memory('v128.load', 4 * c)
      if (columns < 4) f.i32x4([-1, columns > 1 ? -1 : 0, columns > 2 ? -1 : 0, 0]).op('v128.and')
    }
    f.memory('v128.store', 4 * c)
  }
}
