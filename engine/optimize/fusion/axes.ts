/**
 * @file Loop axes in their final order: kept before reduced, extents of 1 gone, neighbours that every view walks as one put together.
 */
import type { DType } from '../../core/tensor'
import type { LoopKernel, LoopOp, LoopResult } from '../kernel'

type BodyOp = LoopOp & { readonly dtype: DType }

/** Strides of everything that walks the loop. */
function* walkers(body: readonly BodyOp[], results: readonly LoopResult[]): Iterable<readonly number[]> {
  for (const op of body) {
    if (op.op === 'load') yield op.view.strides
    if (op.op === 'index') yield op.strides
  }
  for (const { strides } of results) yield strides
}

/** The kernel on other axes: `pick` maps old strides to new ones. */
function onAxes(body: readonly BodyOp[], results: readonly LoopResult[], pick: (strides: readonly number[]) => number[]) {
  return {
    body: body.map((op): BodyOp => {
      if (op.op === 'load') return { ...op, view: { ...op.view, strides: pick(op.view.strides) } }
      if (op.op === 'index') return { ...op, strides: pick(op.strides) }
      return op
    }),
    results: results.map((result) => ({ ...result, strides: pick(result.strides) })),
  }
}

export function finishLoop(
  extents: readonly number[],
  reducedAxes: readonly boolean[],
  body: readonly BodyOp[],
  results: readonly LoopResult[],
): LoopKernel {
  const all = extents.map((_, k) => k).filter((k) => extents[k] !== 1)
  const order = [...all.filter((k) => !reducedAxes[k]), ...all.filter((k) => reducedAxes[k])]
  const strideSets = [...walkers(body, results)]
  // Groups of axes that act as one, innermost last.
  const groups: number[][] = []
  for (const k of order) {
    const group = groups.at(-1)
    const outer = group?.at(-1)
    const joins =
      outer !== undefined &&
      reducedAxes[outer] === reducedAxes[k] &&
      strideSets.every((strides) => strides[outer] === (strides[k] as number) * (extents[k] as number))
    if (group && joins) group.push(k)
    else groups.push([k])
  }
  const hasReduction = results.some(({ reduce }) => reduce !== undefined)
  const axes = groups.map((group) => group.reduce((product, k) => product * (extents[k] as number), 1))
  let reduced = groups.filter((group) => reducedAxes[group[0] as number]).length
  const pick = (strides: readonly number[]) => groups.map((group) => strides[group.at(-1) as number] as number)
  const placed = onAxes(body, results, pick)
  if (hasReduction && reduced === 0) {
    // Every reduced extent is 1: keep one such axis, so that the kernel still says what it is.
    axes.push(1)
    reduced = 1
    const widened = onAxes(placed.body, placed.results, (strides) => [...strides, 0])
    return { kind: 'loop', axes, reduced, ...widened }
  }
  return { kind: 'loop', axes, reduced, ...placed }
}
