/**
 * @file The WGSL of products through workgroup memory, for real GPUs: a workgroup stages tiles of A and B, a depth step at a time, and each
 * thread keeps a block of sums in registers. The next step's elements are on their way while this one is multiplied.
 * A lies as [row][depth / 4] and B as [depth][column / 4], both with a vector of padding a line, so that eight neighbouring threads never
 * meet in a bank; all accesses are vectors. In: form, tile, the direction in which each operand's neighbours lie. Out: a module's text.
 */
import type { GpuTile } from './emitter'
import { workgroupNumber } from './grid'
import { lines, range } from './operands'
import type { Product } from './tile-product'
import { biasText, gridText, moduleText, storeText, type TileText } from './tile-text'

export const threadsOf = ({ rows, columns, threadRows, threadColumns }: GpuTile): number => (rows / threadRows) * (columns / threadColumns)

/** Vectors of one line of the staged operands. */
const lineOfA = ({ depth }: GpuTile): number => depth / 4 + 1
const lineOfB = ({ columns }: GpuTile): number => columns / 4 + 1
export const workgroupBytesOf = (tile: GpuTile): number => 16 * (tile.rows * lineOfA(tile) + tile.depth * lineOfB(tile))

/** The tile is one that this text can do: whole vectors, and all threads with the same number of them to stage. */
export function fitsStaged(tile: GpuTile): boolean {
  const threads = threadsOf(tile)
  const whole = [
    tile.depth / 4,
    tile.threadColumns / 4,
    threads,
    (tile.rows * tile.depth) / 4 / threads,
    (tile.columns * tile.depth) / 4 / threads,
  ]
  return whole.every((part) => Number.isInteger(part) && part > 0)
}

export function stagedText(
  parts: TileText,
  tile: GpuTile,
  { aAlongDepth, bAlongDepth }: Pick<Product, 'aAlongDepth' | 'bAlongDepth'>,
): string {
  const { operands } = parts
  const threads = threadsOf(tile)
  const across = tile.columns / tile.threadColumns
  const rows = range(tile.threadRows)
  const vectors = range(tile.threadColumns / 4)
  const sums = rows.flatMap((r) => vectors.map((v) => `sum${r}_${v}`))
  const aLoads = range((tile.rows * tile.depth) / 4 / threads)
  const bLoads = range((tile.columns * tile.depth) / 4 / threads)
  const aPlace = (i: number): string =>
    aAlongDepth
      ? `let ar${i} = v${i} / ${tile.depth / 4}; let ad${i} = v${i} % ${tile.depth / 4};`
      : `let ar${i} = v${i} % ${tile.rows}; let ad${i} = v${i} / ${tile.rows};`
  const bPlace = (i: number): string =>
    bAlongDepth
      ? `let bd${i} = v${i} % ${tile.depth}; let bc${i} = v${i} / ${tile.depth};`
      : `let bd${i} = v${i} / ${tile.columns / 4}; let bc${i} = v${i} % ${tile.columns / 4};`
  const fetch = `${lines(aLoads, (i) => `nextA${i} = readA(a${i}, depth + 4 * ad${i}, end);`)}
  ${lines(bLoads, (i) => `nextB${i} = readB(b${i}, depth + bd${i}, end);`)}`
  const multiply = rows
    .map((r) => {
      const lines = [0, 1, 2, 3].flatMap((d) => vectors.map((v) => `sum${r}_${v} = fma(vec4<f32>(a[${d}]), b${d}_${v}, sum${r}_${v});`))
      return `{ let a = stageA[(down * ${tile.threadRows} + ${r}) * lineA + d]; ${lines.join(' ')} }`
    })
    .join('\n      ')
  return moduleText(
    parts,
    `var<workgroup> stageA: array<vec4<f32>, ${tile.rows * lineOfA(tile)}>;
var<workgroup> stageB: array<vec4<f32>, ${tile.depth * lineOfB(tile)}>;
fn elementA(row: vec3i, depth: i32, end: i32) -> f32 {
  if (depth >= end) { return 0f; }
  let segment = depth / $inner;
  let at = rowAt(row, segmentOf(segment));
  if (at == outside) { return 0f; }
  return ${operands.load('a', 'at + (depth - segment * $inner) * $aStep')};
}
fn readA(row: vec3i, depth: i32, end: i32) -> vec4<f32> {
  let segment = depth / $inner;
  let first = depth - segment * $inner;
  if (first + 4 > $inner || depth + 4 > end) {
    return vec4<f32>(elementA(row, depth, end), elementA(row, depth + 1, end), elementA(row, depth + 2, end), elementA(row, depth + 3, end));
  }
  let at = rowAt(row, segmentOf(segment));
  if (at == outside) { return vec4<f32>(); }
  let x = at + first * $aStep;
  return vec4<f32>(${range(4)
    .map((j) => operands.load('a', j === 0 ? 'x' : `x + ${j} * $aStep`))
    .join(', ')});
}
fn readB(columns: vec4i, depth: i32, end: i32) -> vec4<f32> {
  if (depth >= end) { return vec4<f32>(); }
  let segment = depth / $inner;
  let s = segmentOf(segment);
  let step = (depth - segment * $inner) * $bStep;
  return vec4<f32>(${range(4)
    .map((j) => operands.load('b', `columnAt(columns[${j}], s) + step`))
    .join(', ')});
}
fn columnsOf(column: i32, item: i32) -> vec4i {
  let last = $columns - 1;
  return vec4i(${range(4)
    .map((j) => `columnOf(min(column + ${j}, last), item)`)
    .join(', ')});
}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  ${gridText(workgroupNumber())}
  let thread = i32(local);
  let down = thread / ${across};
  let right = thread % ${across};
  let firstRow = rowTile * ${tile.rows};
  let firstColumn = columnTile * ${tile.columns};
  ${lines(aLoads, (i) => `let v${i} = thread + ${i * threads}; ${aPlace(i)} let a${i} = rowOf(min(firstRow + ar${i}, $rows - 1), item);`)}
  ${lines(bLoads, (i) => `${i < aLoads.length ? '' : `let v${i} = thread + ${i * threads}; `}${bPlace(i)} let b${i} = columnsOf(firstColumn + 4 * bc${i}, item);`)}
  ${lines(sums, (name) => `var ${name} = vec4<f32>(); var total_${name} = vec4<f32>();`)}
  let end = min((split + 1) * $splitDepth, $depth);
  var depth = split * $splitDepth;
  ${lines(aLoads, (i) => `var nextA${i}: vec4<f32>;`)}
  ${lines(bLoads, (i) => `var nextB${i}: vec4<f32>;`)}
  ${fetch}
  var added = 0;
  while (depth < end) {
    ${lines(aLoads, (i) => `stageA[ar${i} * lineA + ad${i}] = nextA${i};`)}
    ${lines(bLoads, (i) => `stageB[bd${i} * lineB + bc${i}] = nextB${i};`)}
    workgroupBarrier();
    depth += ${tile.depth};
    ${fetch}
    for (var d = 0; d < ${tile.depth / 4}; d++) {
      ${[0, 1, 2, 3].flatMap((d) => vectors.map((v) => `let b${d}_${v} = stageB[(4 * d + ${d}) * lineB + right + ${v * across}];`)).join(' ')}
      ${multiply}
    }
    workgroupBarrier();
    added += ${tile.depth};
    if (added >= partialSum) {
      added = 0;
      ${lines(sums, (name) => `total_${name} += ${name}; ${name} = vec4<f32>();`)}
    }
  }
  ${lines(rows, (r) => `let to${r} = outRowIn(firstRow + down * ${tile.threadRows} + ${r}, item);`)}
  ${lines(vectors, (v) =>
    range(4)
      .map(
        (j) => `{
    let column = firstColumn + 4 * right + ${4 * v * across + j};
    if (column < $columns) {
      ${biasText(parts)}
      ${lines(rows, (r) => `if (to${r} >= 0) { ${storeText(parts, `to${r} + column * $outColumn`, `total_sum${r}_${v}[${j}] + sum${r}_${v}[${j}]`)} }`)}
    }
  }`,
      )
      .join('\n  '),
  )}
}`,
    { subgroups: false, constants: [`const lineA = ${lineOfA(tile)};`, `const lineB = ${lineOfB(tile)};`] },
  )
}
