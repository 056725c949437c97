/**
 * @file Programs as text, stable from run to run, so that they can be read and snapshot.
 * In: a program. Out: one line a value: `%3: f32 2×4 = matmul(%1, %2) transposeB  ; dense1`.
 */
import { annotated, type Listing, listingLine, listingText } from '../core/listing'
import { formatShape, type Shape } from '../core/tensor'
import type { Panels } from './packing'
import type { ConvWindow, Instruction, Op, OpName, PoolWindow, Program, ValueId } from './program'

type Attributes = { readonly [K in OpName]: (op: Extract<Op, { op: K }>) => readonly (string | false)[] }

const none = () => []
const list = (name: string, values: readonly number[]): string => `${name}=(${values.join(' ')})`
const by = ([height, width]: readonly [number, number]): string => `${height}×${width}`
const window = (w: ConvWindow | PoolWindow): (string | false)[] => [
  'kernel' in w && `kernel=${by(w.kernel)}`,
  `stride=${by(w.stride)}`,
  `padding=${by(w.padding)}`,
  `dilation=${by(w.dilation)}`,
  'groups' in w && `groups=${w.groups}`,
  w.layout,
]
const windowed = (op: { readonly window: ConvWindow | PoolWindow }) => window(op.window)
const inPanels = ({ columns, width }: Panels): string => `panels=${columns} by ${width}`
const convolved = ({ panels, ...op }: { readonly window: ConvWindow; readonly panels?: Panels }) => [
  ...windowed(op),
  panels !== undefined && inPanels(panels),
]

/** What an op knows beside its operands. */
const attributes: Attributes = {
  input: ({ name, role }) => [role, `“${name}”`],
  constant: ({ value }) => [Object.is(value, -0) ? '-0' : String(value)],
  iota: ({ axis }) => [`axis=${axis}`],
  random: ({ stream }) => [`stream=${stream}`],
  unary: none,
  binary: none,
  select: none,
  cast: none,
  stopGradient: none,
  reshape: none,
  transpose: ({ permutation }) => [list('permutation', permutation)],
  broadcast: ({ axes }) => [list('axes', axes)],
  slice: ({ starts, steps }) => [list('starts', starts), list('steps', steps)],
  pad: ({ low, high, interior }) => [list('low', low), list('high', high), list('interior', interior)],
  concat: ({ axis }) => [`axis=${axis}`],
  reduce: ({ axes }) => [list('axes', axes)],
  argMax: ({ axis }) => [`axis=${axis}`],
  matmul: ({ transposeA, transposeB, panels }) => [
    transposeA && 'transposeA',
    transposeB && 'transposeB',
    panels !== undefined && `${panels.of} ${inPanels(panels)}`,
  ],
  conv2d: convolved,
  conv2dInputGrad: convolved,
  conv2dKernelGrad: convolved,
  maxPool2d: windowed,
  maxPool2dIndex: windowed,
  maxPool2dGrad: windowed,
  maxPool2dTake: windowed,
  avgPool2d: windowed,
  avgPool2dGrad: windowed,
  gather: none,
  scatterAdd: none,
  scan: ({ length, reverse, constants, sequences, body }) => [
    `${length} steps`,
    reverse && 'reverse',
    `constants=(${constants.join(' ')})`,
    `state=(${body.state.map(({ name }) => name).join(' ')})`,
    `sequences=(${sequences.join(' ')})`,
  ],
  result: ({ index }) => [String(index)],
}

const nameOf = (op: Op): string =>
  op.op === 'unary' || op.op === 'binary' ? op.name : op.op === 'reduce' ? `reduce${op.name === 'sum' ? 'Sum' : 'Max'}` : op.op
const typed = (dtype: string, shape: Shape): string => `${dtype} ${formatShape(shape)}`

function instructionText({ op, inputs, shape, dtype }: Instruction, id: ValueId): string {
  const operands = inputs.length > 0 ? `(${inputs.map((input) => `%${input}`).join(', ')})` : ''
  const facts = (attributes[op.op] as (op: Op) => readonly (string | false)[])(op).filter((fact) => fact !== false)
  return `  %${id}: ${typed(dtype, shape)} = ${[nameOf(op) + operands, ...facts].join(' ')}`
}

export function programListing(program: Program): Listing {
  return [
    listingLine(`program “${program.name}”`),
    ...program.values.flatMap((value, id) => {
      const line = listingLine(instructionText(value, id), value.origin)
      return value.op.op === 'scan' ? [line, ...bodyListing(value.op.body)] : [line]
    }),
    ...program.outputs.map(({ name, value }) => listingLine(`  output “${name}” = %${value}`, program.values[value]?.origin)),
    ...program.state.flatMap(({ name, value, update }) =>
      update === undefined ? [] : [listingLine(`  update “${name}” = %${update}`, program.values[value]?.origin)],
    ),
  ]
}

const bodyListing = (body: Program): Listing => programListing(body).map((line) => ({ ...line, text: `    ${line.text}` }))

export const printProgram = (program: Program): string => listingText(annotated(programListing(program)))
