/**
 * @file The WGSL of products without workgroup memory: a workgroup is four threads that share their rows. Each thread loads a quarter of the
 * column of A and hands it to the others by `quadBroadcast`, and has columns of its own; sums live in registers. Made for software
 * adapters, where a load costs ten multiplications and a barrier three hundred. In: form, tile. Out: a module's text.
 */
import { workgroupNumber } from './grid'
import { lines, range } from './operands'
import type { TileText } from './tile-text'
import { columnsOfTile, gridText, moduleText, storeText, sumNames } from './tile-text'

/** `subgroups`: without them every thread loads all rows itself. */
export function quadText(
  parts: TileText,
  tile: { readonly threadRows: number; readonly threadColumns: number },
  subgroups: boolean,
): string {
  const { form, operands } = parts
  const rows = range(tile.threadRows)
  const columns = range(tile.threadColumns)
  const held = range(subgroups ? Math.ceil(tile.threadRows / 4) : tile.threadRows)
  const heldRow = (i: number): string => (subgroups ? `${4 * i} + lane` : `${i}`)
  const fetched = (r: number): string => (subgroups ? `quadBroadcast(a${r >> 2}, ${r & 3}u)` : `a${r}`)
  const held0 = (name: string): string => held.map((i) => `${name}${i}`).reduce((x, y) => `max(${x}, ${y})`)
  const inside = subgroups ? `subgroupAny(${held0('at')} >= 0)` : `${held0('at')} >= 0`
  const body = `
  let firstRow = rowTile * ${tile.threadRows};
  let firstColumn = columnTile * ${columnsOfTile(tile.threadColumns)} + lane;
  ${lines(held, (i) => `let r${i} = rowOf(min(firstRow + ${heldRow(i)}, $rows - 1), item);`)}
  ${lines(columns, (j) => `let c${j} = columnOf(min(firstColumn + ${4 * j}, $columns - 1), item);`)}
  ${lines(sumNames(rows, columns), (name) => `var ${name} = 0f; var total_${name} = 0f;`)}
  let end = min((split + 1) * $splitDepth, $depth);
  var depth = split * $splitDepth;
  var added = 0;
  while (depth < end) {
    let segment = depth / $inner;
    let first = depth - segment * $inner;
    let count = min(min($inner - first, end - depth), partialSum);
    let s = segmentOf(segment);
    ${lines(held, (i) => `let at${i} = rowAt(r${i}, s);`)}
    ${form.windowed ? `if (${inside}) {` : '{'}
      ${lines(held, (i) => `var x${i} = max(at${i}, 0) + first * $aStep;`)}
      ${lines(columns, (j) => `var y${j} = columnAt(c${j}, s) + first * $bStep;`)}
      for (var k = 0; k < count; k++) {
        ${lines(held, (i) => {
          const value = operands.load('a', `x${i}`)
          return `let a${i} = ${form.windowed ? `select(0f, ${value}, at${i} >= 0)` : value}; x${i} += $aStep;`
        })}
        ${lines(columns, (j) => `let b${j} = ${operands.load('b', `y${j}`)}; y${j} += $bStep;`)}
        ${lines(rows, (r) => `{ let v = ${fetched(r)}; ${columns.map((j) => `sum${r}_${j} += v * b${j};`).join(' ')} }`)}
      }
      added += count;
    }
    depth += count;
    if (added >= partialSum) {
      added = 0;
      ${lines(sumNames(rows, columns), (name) => `total_${name} += ${name}; ${name} = 0f;`)}
    }
  }
  ${subgroups ? lines(held, (i) => `let to${i} = outRowIn(firstRow + ${heldRow(i)}, item);`) : ''}
  ${lines(rows, (r) => {
    const to = subgroups ? `quadBroadcast(to${r >> 2}, ${r & 3}u)` : `outRowIn(firstRow + ${r}, item)`
    return `{ let to = ${to}; if (to >= 0) { ${columns
      .map(
        (j) =>
          `if (firstColumn + ${4 * j} < $columns) { ${storeText(parts, `to + (firstColumn + ${4 * j}) * $outColumn`, `total_sum${r}_${j} + sum${r}_${j}`, `firstColumn + ${4 * j}`)} }`,
      )
      .join(' ')} } }`
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
