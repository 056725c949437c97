/**
 * @file Rows by index: reading them (gather), adding to them (scatterAdd), and the index of the largest element (argMax).
 * In: the kernels. Out: their dispatches. Nothing is atomic: a sum has one thread, which adds in the updates' order, so that runs repeat.
 */
import type { ArgMaxKernel, GatherKernel, ScatterAddKernel } from '../../optimize/kernel'
import type { Dispatch, GpuContext, Storage } from './emitter'
import { lineOfWorkgroups, workgroupNumber } from './grid'
import { mathText } from './math'
import { bindOperands, type Operands, withSizes } from './operands'

type Named = { readonly origins?: readonly string[] }

const threads = 64
/** Rows this long are searched by a whole workgroup. */
const longRow = 256
/** Updates in one running sum. */
const block = 64

interface Job<Name extends string> {
  readonly label: string
  readonly operands: Readonly<Record<Name, Storage>>
  readonly sizes: Readonly<Record<string, number>>
  readonly groups: number
  /** Declarations before `main`, and the statements of `main`, which know `group`, `lane` and `id`, the number of the thread. */
  readonly before?: string
  main(operands: Operands<Name>): string
}

function dispatch<Name extends string>({ label, operands, sizes, groups, before, main }: Job<Name>, context: GpuContext): Dispatch {
  const names = Object.keys(sizes)
  const bound = bindOperands<Name>(operands, names.length, context, () => 'i32')
  const text = `${before ?? ''}@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) groupId: vec3u, @builtin(num_workgroups) groupCount: vec3u, @builtin(local_invocation_index) laneId: u32) {
  let group = ${workgroupNumber('groupId', 'groupCount')};
  let lane = i32(laneId);
  let id = group * ${threads} + lane;
${main(bound)}}
`
  return {
    label,
    code: `${bound.header}${withSizes(text, names)}`,
    storages: bound.storages,
    sizes: Object.values(sizes),
    workgroups: lineOfWorkgroups(groups, context.limits.workgroupsPerDimension),
  }
}

const labelled = ({ origins }: Named, what: string): string => `${origins?.[0] ?? ''} ${what}`.trim()

/** An index out of range counts as 0. */
const inRange = (index: string): string => `select(0, ${index}, ${index} >= 0 && ${index} < $rows)`

export function emitGather(kernel: GatherKernel & Named, context: GpuContext): Dispatch[] {
  const { rows, count, width } = kernel
  const gather = dispatch(
    {
      label: labelled(kernel, 'gather'),
      operands: { table: { buffer: kernel.table }, indices: { buffer: kernel.indices }, out: { buffer: kernel.out } },
      sizes: { rows, width, elements: count * width },
      groups: Math.ceil((count * width) / threads),
      main: ({ load, store }) => `  if (id >= $elements) { return; }
  let place = id / $width;
  let index = ${load('indices', 'place')};
  let row = ${inRange('index')};
  ${store('out', 'id', load('table', 'row * $width + (id - place * $width)'))}
`,
    },
    context,
  )
  return [gather]
}

/**
 * The first dispatch clears the result and links the updates of each row: `links[i]` is twice the place of the next update of the same row
 * (the number of updates after the last one), plus 1 where update i is the first. In the second, the first update of each row follows its links.
 */
export function emitScatterAdd(kernel: ScatterAddKernel & Named, context: GpuContext): Dispatch[] {
  const { rows, count, width } = kernel
  const indices = { buffer: kernel.indices }
  const out = { buffer: kernel.out }
  const links = { workspace: 0, bytes: 4 * count }
  const link = dispatch(
    {
      label: labelled(kernel, 'scatter links'),
      operands: { indices, links, out },
      sizes: { rows, count, elements: rows * width },
      groups: Math.ceil(Math.max(count, rows * width) / threads),
      main: ({ load, store }) => {
        const rowAt = (name: string, place: string) =>
          `let ${name}Index = ${load('indices', place)}; let ${name} = ${inRange(`${name}Index`)};`
        return `  if (id < $elements) { ${store('out', 'id', '0.0')} }
  if (id >= $count) { return; }
  ${rowAt('own', 'id')}
  var first = 1;
  for (var i = id - 1; i >= 0; i--) {
    ${rowAt('row', 'i')}
    if (row == own) { first = 0; break; }
  }
  var next = id + 1;
  for (; next < $count; next++) {
    ${rowAt('row', 'next')}
    if (row == own) { break; }
  }
  ${store('links', 'id', '2 * next + first')}
`
      },
    },
    context,
  )
  const add = dispatch(
    {
      label: labelled(kernel, 'scatter'),
      operands: { indices, updates: { buffer: kernel.updates }, links, out },
      sizes: { rows, count, width, elements: count * width },
      groups: Math.ceil((count * width) / threads),
      main: ({ load, store }) => `  if (id >= $elements) { return; }
  var update = id / $width;
  let column = id - update * $width;
  var next = ${load('links', 'update')};
  if ((next & 1) == 0) { return; }
  let index = ${load('indices', 'update')};
  let row = ${inRange('index')};
  var sum = 0.0;
  while (update < $count) {
    var part = 0.0;
    for (var i = 0; i < ${block} && update < $count; i++) {
      part += ${load('updates', 'update * $width + column')};
      update = next >> 1u;
      next = ${load('links', 'min(update, $count - 1)')};
    }
    sum += part;
  }
  ${store('out', 'row * $width + column', 'sum')}
`,
    },
    context,
  )
  return [link, add]
}

export function emitArgMax(kernel: ArgMaxKernel & Named, context: GpuContext): Dispatch[] {
  const { outer, extent, inner } = kernel
  const results = outer * inner
  const together = extent >= longRow
  const whole = context.elementOf(kernel.x) === 'i32'
  const main = ({ load, store }: Operands<'x' | 'out'>): string => {
    const first = `let block = result / $inner;
  let first = block * $extent * $inner + (result - block * $inner);`
    const at = (place: string) => load('x', `first + (${place}) * $inner`)
    if (!together)
      return `  let result = id;
  if (result >= $results) { return; }
  ${first}
  var best = 0;
  var largest = ${at('0')};
  for (var i = 1; i < $extent; i++) {
    let value = ${at('i')};
    if (value > largest) { best = i; largest = value; }
  }
  ${store('out', 'result', 'best')}
`
    // A NaN is never larger; only the very first element, when it is NaN, is never beaten either.
    const number = (place: string) => (whole ? at(place) : `asNumber(${at(place)})`)
    return `  let result = min(group, $results - 1);
  ${first}
  var best = lane;
  var largest = ${number('lane')};
  for (var i = lane + ${threads}; i < $extent; i += ${threads}) {
    let value = ${number('i')};
    if (value > largest) { best = i; largest = value; }
  }
  values[lane] = largest;
  places[lane] = best;
  workgroupBarrier();
  if (lane > 0 || group >= $results) { return; }
  for (var i = 1; i < ${threads}; i++) {
    if (values[i] > largest || (values[i] == largest && places[i] < best)) { best = places[i]; largest = values[i]; }
  }
  ${store('out', 'result', whole ? 'best' : `select(best, 0, isNan(${at('0')}))`)}
`
  }
  const memory = `var<workgroup> values: array<${whole ? 'i32' : 'f32'}, ${threads}>;
var<workgroup> places: array<i32, ${threads}>;
`
  const numbers = whole
    ? ''
    : `${mathText(['isNan', 'ofBits'])}fn asNumber(x: f32) -> f32 { return select(x, ofBits(0xff800000u), isNan(x)); }\n`
  const search = dispatch(
    {
      label: labelled(kernel, 'argMax'),
      operands: { x: { buffer: kernel.x }, out: { buffer: kernel.out } },
      sizes: { extent, inner, results },
      groups: together ? results : Math.ceil(results / threads),
      before: together ? `${memory}${numbers}` : '',
      main,
    },
    context,
  )
  return [search]
}
