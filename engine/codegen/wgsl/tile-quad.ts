/**
 * @file The WGSL of products without workgroup memory: a workgroup is four threads that share their rows. Each thread loads a quarter of the
 * column of A and hands it to the others by `quadBroadcast`, and has columns of its own; sums live in registers. Made for software
 * adapters, where a load costs ten multiplications and a barrier three hundred. In: form, tile. Out: a module's text.
 */
import { workgroupNumber } from './grid'
import { lines, range } from './operands'
import type { TileText } from './tile-text'
import { biasText, columnsOfTile, gridText, moduleText, storeText, sumNames } from './tile-text'

/** `subgroups`: without them every thread loads all rows itself. `unroll` divides the segments and their parts. */
export function quadText(
  parts: TileText,
  tile: { readonly threadRows: number; readonly threadColumns: number },
  unroll: number,
  subgroups: boolean,
): string {
  const { form, operands } = parts
  const rows = range(tile.threadRows)
  const columns = range(tile.threadColumns)
  const held = range(subgroups ? Math.ceil(tile.threadRows / 4) : tile.threadRows)
  const heldRow = (i: number): string => (subgroups ? `${4 * i} + lane` : `${i}`)
  const fetched = (r: number): string => (subgroups ? `quadBroadcast(a${r >> 2}, ${r & 3}u)` : `a${r}`)
  const inside = `${held.map((i) => `at${i}`).reduce((x, y) => `max(${x}, ${y})`)} > outside`
  // No branches around the sums: each would cost a software adapter a copy of all of them.
  const step = `{
          ${lines(held, (i) => {
            const value = operands.load('a', form.walks ? `max(x${i}, 0)` : `x${i}`)
            const within = form.walks ? ` && u32(w${i}) < u32($sourceWidth)` : ''
            const next = form.walks ? ` w${i} += $walkX;` : ''
            return `let a${i} = ${form.windowed ? `select(0f, ${value}, at${i} > outside${within})` : value}; x${i} += $aStep;${next}`
          })}
          ${lines(columns, (j) => `let b${j} = ${operands.load('b', `y${j}`)}; y${j} += $bStep;`)}
          ${lines(rows, (r) => `{ let v = ${fetched(r)}; ${columns.map((j) => `sum${r}_${j} += v * b${j};`).join(' ')} }`)}
        }`
  const body = `
  let firstRow = rowTile * ${tile.threadRows};
  let firstColumn = columnTile * ${columnsOfTile(tile.threadColumns)} + lane;
  ${lines(held, (i) => `let r${i} = rowOf(min(firstRow + ${heldRow(i)}, $rows - 1), item);`)}
  ${lines(columns, (j) => `let c${j} = columnOf(min(firstColumn + ${4 * j}, $columns - 1), item);`)}
  ${lines(sumNames(rows, columns), (name) => `var total_${name} = 0f;`)}
  let end = min((split + 1) * $splitDepth, $depth);
  var depth = split * $splitDepth;
  while (depth < end) {
    let blockEnd = min(end, depth + $blockDepth);
    ${lines(sumNames(rows, columns), (name) => `var ${name} = 0f;`)}
    while (depth < blockEnd) {
      let segment = depth / $inner;
      let first = depth - segment * $inner;
      let count = min($inner - first, blockEnd - depth);
      let s = segmentOf(segment);
      ${lines(held, (i) => `let at${i} = rowAt(r${i}, s);`)}
      ${lines(held, (i) => `var x${i} = ${form.walks ? `at${i}` : `max(at${i}, 0)`} + first * $aStep;`)}
      ${form.walks ? lines(held, (i) => `var w${i} = columnOfImage(r${i}, s) + first * $walkX;`) : ''}
      ${lines(columns, (j) => `var y${j} = columnAt(c${j}, s) + first * $bStep;`)}
      let steps = ${form.windowed ? `select(0, count, ${subgroups ? `subgroupAny(${inside})` : inside})` : 'count'};
      for (var k = 0; k < steps; k += ${unroll}) {
        ${lines(range(unroll), () => step)}
      }
      depth += count;
    }
    ${lines(sumNames(rows, columns), (name) => `total_${name} += ${name};`)}
  }
  ${subgroups ? lines(held, (i) => `let held${i} = outRowIn(firstRow + ${heldRow(i)}, item);`) : ''}
  ${lines(rows, (r) => `let to${r} = ${subgroups ? `quadBroadcast(held${r >> 2}, ${r & 3}u)` : `outRowIn(firstRow + ${r}, item)`};`)}
  let whole = firstRow + ${tile.threadRows} <= $rows;
  ${lines(columns, (j) => {
    const store = (r: number): string => storeText(parts, `to${r} + at`, `total_sum${r}_${j}`)
    return `{
    let column = firstColumn + ${4 * j};
    if (column < $columns) {
      let at = column * $outColumn;
      ${biasText(parts)}
      if (whole) {
        ${lines(rows, store)}
      } else {
        ${lines(rows, (r) => `if (to${r} >= 0) { ${store(r)} }`)}
      }
    }
  }`
  })}`
  return moduleText(
    parts,
    `@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, ${
      subgroups ? '@builtin(subgroup_invocation_id) thread: u32' : '@builtin(local_invocation_index) thread: u32'
    }) {
  let lane = i32(thread) & 3;
  ${gridText(workgroupNumber())}${body}
}`,
    { subgroups, constants: [] },
  )
}
