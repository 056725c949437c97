/**
 * @file Panels of a matrix made into panels of its transpose: input gradients multiply by the weights' transpose, while the weights are kept
 * as the forward product reads them. In: where the panels lie. Out: new panels in scratch, and the phase that fills them.
 */
import type { ModuleBuilder } from './assembler'
import type { EmitContext, Phase } from './emitter'
import { moveCost, unitFunction } from './phases'
import { functionOnce } from './tile'
import { eachKind, transposed } from './tile-pack'
import { type Matrix, type PanelKind, paddedColumns, panelKinds, placeOf } from './tile-panels'

/** Blocks of `rows` rows (the taps of a kernel), each transposed by itself; one block is a plain matrix. */
export interface PanelsToTranspose {
  readonly address: number
  readonly blocks: number
  readonly rows: number
  readonly columns: number
}

/** Panels with a column for each row of a block; their rows are (block, column). Squares of a source and a target panel are the units. */
export function transposePanels(
  { module, variant, scratch }: EmitContext,
  { address, blocks, rows, columns }: PanelsToTranspose,
  label: string,
): { readonly matrix: Matrix; readonly phase: Phase } {
  const sources = panelKinds(columns, variant)
  const targets = panelKinds(rows, variant)
  const from: Matrix = { form: 'panels', address, rows: blocks * rows }
  const matrix: Matrix = { form: 'panels', address: scratch(4 * blocks * columns * paddedColumns(rows, variant)), rows: blocks * columns }
  const panels = (kinds: typeof sources) => kinds.reduce((sum, { count }) => sum + count, 0)
  const extents = [panels(targets), panels(sources), blocks] as const
  const func = unitFunction(module, extents, (f, [targetPanel, sourcePanel, block]) => {
    const read = f.local('i32')
    const write = f.local('i32')
    eachKind(f, targets, targetPanel, (target, inTargets) => {
      const to = placeOf(matrix, target)
      eachKind(f, sources, sourcePanel, (source, inSources) => {
        const at = placeOf(from, source)
        f.affine(
          at.address + target.first * at.rowBytes,
          [inSources, at.panelBytes],
          [block, rows * at.rowBytes],
          [inTargets, target.width * at.rowBytes],
        ).set(read)
        f.affine(
          to.address + source.first * to.rowBytes,
          [inTargets, to.panelBytes],
          [block, columns * to.rowBytes],
          [inSources, source.width * to.rowBytes],
        ).set(write)
        f.get(read)
          .get(write)
          .call(squareFunction(module, source, target))
      })
    })
  })
  const units = extents.reduce((product, extent) => product * extent, 1)
  return { matrix, phase: { func, units, cost: 2 * moveCost(blocks * rows * columns), label } }
}

/** (from, to): transposes what two panels share. */
const squareFunction = (module: ModuleBuilder, source: PanelKind, target: PanelKind): number =>
  functionOnce(module, `square ${[source.width, source.stored, target.width, target.stored].join()}`, () =>
    module.function(['i32', 'i32'], [], (f, read, write) => {
      for (let column = 0; column < source.stored; column += 4)
        for (let row = 0; row < target.width; row += 4) {
          const loads = [0, 1, 2, 3].map((q) => () => {
            if (row + q < target.stored) f.get(read).memory('v128.load', 4 * ((row + q) * source.width + column))
            else f.f32x4(0)
          })
          for (const [c, push] of transposed(f, loads).entries()) {
            if (column + c >= source.stored) break
            f.get(write)
            push()
            f.memory('v128.store', 4 * ((column + c) * target.width + row))
          }
        }
    }),
  )
