/**
 * @file The WGSL of products with few columns in each of many items (depthwise and narrow groups) and of very few rows: a thread has one
 * column of one item, neighbours have neighbouring columns, and a few rows share each element of B. In: form, rows of a thread. Out: a
 * module's text.
 */
import { workgroupNumber } from './grid'
import { lines, range } from './operands'
import { biasText, moduleText, storeText, type TileText } from './tile-text'

export const singleThreads = 64

export function singleText(parts: TileText, threadRows: number): string {
  const { form, operands } = parts
  const rows = range(threadRows)
  return moduleText(
    parts,
    `@compute @workgroup_size(${singleThreads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  var number = ${workgroupNumber()};
  let across = $columns * $items;
  let groupsAcross = (across * $rowTiles + ${singleThreads - 1}) / ${singleThreads};
  let split = number / groupsAcross;
  let place = (number - split * groupsAcross) * ${singleThreads} + i32(local);
  if (split >= $splits || place >= across * $rowTiles) { return; }
  let firstRow = place / across * ${threadRows};
  let item = place % across / $columns;
  let column = place % $columns;
  let c = columnOf(column, item);
  ${lines(rows, (r) => `let r${r} = rowOf(min(firstRow + ${r}, $rows - 1), item); var sum${r} = 0f; var total${r} = 0f;`)}
  let end = min((split + 1) * $splitDepth, $depth);
  var depth = split * $splitDepth;
  var added = 0;
  while (depth < end) {
    let segment = depth / $inner;
    let first = depth - segment * $inner;
    let count = min(min($inner - first, end - depth), partialSum);
    let s = segmentOf(segment);
    ${lines(rows, (r) => `let at${r} = rowAt(r${r}, s);`)}
    if (${rows.map((r) => `at${r}`).reduce((x, y) => `max(${x}, ${y})`)} > outside) {
      ${lines(rows, (r) => `var x${r} = max(at${r}, 0) + first * $aStep;`)}
      var y = columnAt(c, s) + first * $bStep;
      for (var k = 0; k < count; k++) {
        let b = ${operands.load('b', 'y')};
        y += $bStep;
        ${lines(rows, (r) => {
          const value = operands.load('a', `x${r}`)
          return `sum${r} += b * ${form.windowed ? `select(0f, ${value}, at${r} > outside)` : value}; x${r} += $aStep;`
        })}
      }
      added += count;
    }
    depth += count;
    if (added >= partialSum) {
      added = 0;
      ${lines(rows, (r) => `total${r} += sum${r}; sum${r} = 0f;`)}
    }
  }
  ${biasText(parts)}
  ${lines(rows, (r) => `{ let to = outRowIn(firstRow + ${r}, item); if (to >= 0) { ${storeText(parts, 'to + column * $outColumn', `total${r} + sum${r}`)} } }`)}
}`,
    { subgroups: false, constants: [] },
  )
}
