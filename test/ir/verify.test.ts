/** @file The verifier: a legal program passes, and each way to be illegal is named with its node. */
import { describe, expect, it } from 'vitest'
import { InternalError } from '../../engine/core/diagnostics'
import type { Shape } from '../../engine/core/tensor'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { ConvWindow, Instruction, Op, PoolWindow, Program } from '../../engine/ir/program'
import { verify } from '../../engine/ir/verify'

const conv: ConvWindow = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1, layout: 'NCHW' }
const pool: PoolWindow = { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1], layout: 'NCHW' }

type Type = Shape | { readonly i32: Shape }
const typed = (type: Type) => ('i32' in type ? { shape: type.i32, dtype: 'i32' as const } : { shape: type as Shape, dtype: 'f32' as const })

/** Inputs of the given types, then one instruction that says it is `result`. */
function programOf(op: Op, operands: readonly Type[], result: Type): Program {
  const inputs = operands.map(
    (type, i): Instruction => ({ op: { op: 'input', name: `x${i}`, role: 'data' }, inputs: [], ...typed(type), origin: '' }),
  )
  const instruction: Instruction = { op, inputs: operands.map((_, i) => i), ...typed(result), origin: 'node1' }
  return { name: 'test', values: [...inputs, instruction], state: [], outputs: [{ name: 'y', value: inputs.length }] }
}

const illegal: [what: string, op: Op, operands: readonly Type[], result: Type, message: string][] = [
  ['an operand too few', { op: 'select' }, [[2], [2]], [2], 'select takes 3 operands, got 2'],
  ['an operand too many', { op: 'constant', value: 1 }, [[2]], [2], 'constant takes 0 operands, got 1'],
  ['an empty extent', { op: 'constant', value: 1 }, [], [2, 0], 'every extent must be a whole number from 1, got 2×0'],
  ['a wrong result shape', { op: 'unary', name: 'exp' }, [[2]], [3], 'says f32 3 but is f32 2'],
  ['a wrong result dtype', { op: 'binary', name: 'less' }, [[2], [2]], { i32: [2] }, 'says i32 2 but is f32 2'],
  ['half a whole number', { op: 'constant', value: 0.5 }, [], { i32: [] }, 'an i32 constant cannot be 0.5'],
  ['a real iota', { op: 'iota', axis: 0 }, [], [3], 'result must be i32, got f32'],
  ['an iota along no axis', { op: 'iota', axis: 1 }, [], { i32: [3] }, 'axis 1 does not exist in 3'],
  ['a random key of another kind', { op: 'random', stream: 0 }, [[2]], [3], 'key must be i32 2, got f32 2'],
  ['whole random numbers', { op: 'random', stream: 0 }, [{ i32: [2] }], { i32: [3] }, 'result must be f32, got i32'],
  ['the exponential of a whole number', { op: 'unary', name: 'exp' }, [{ i32: [2] }], [2], 'operand of exp must be f32'],
  ['operands of two shapes', { op: 'binary', name: 'add' }, [[2], [1]], [2], 'operands of add must have one shape, got 2 and 1'],
  [
    'operands of two dtypes',
    { op: 'binary', name: 'add' },
    [[2], { i32: [2] }],
    [2],
    'operands of add must have one dtype, got f32 and i32',
  ],
  ['a quotient of whole numbers', { op: 'binary', name: 'div' }, [{ i32: [2] }, { i32: [2] }], { i32: [2] }, 'operands of div must be f32'],
  ['a whole condition', { op: 'select' }, [{ i32: [2] }, [2], [2]], [2], 'condition must be f32, got i32'],
  ['a condition of another shape', { op: 'select' }, [[1], [2], [2]], [2], 'condition and branches must have one shape, got 1 and 2'],
  ['branches of two shapes', { op: 'select' }, [[2], [2], [3]], [2], 'branches must have one shape, got 2 and 3'],
  ['branches of two dtypes', { op: 'select' }, [[2], [2], { i32: [2] }], [2], 'branches must have one dtype, got f32 and i32'],
  ['a reshape to another size', { op: 'reshape' }, [[2, 3]], [5], 'cannot reshape 2×3 to 5'],
  ['a permutation that is none', { op: 'transpose', permutation: [0, 0] }, [[2, 3]], [2, 2], '(0 0) does not permute the axes of 2×3'],
  ['a broadcast that stretches', { op: 'broadcast', axes: [1] }, [[1]], [2, 3], 'cannot broadcast 1 to 2×3 along axes (1)'],
  ['a broadcast that turns axes', { op: 'broadcast', axes: [1, 0] }, [[3, 2]], [2, 3], 'cannot broadcast 3×2 to 2×3 along axes (1 0)'],
  ['a slice beyond the end', { op: 'slice', starts: [1], steps: [2] }, [[4]], [3], 'slice (1) by (2) of 3 leaves 4'],
  ['a slice that goes backwards', { op: 'slice', starts: [3], steps: [-1] }, [[4]], [2], 'slice (3) by (-1) of 2 leaves 4'],
  ['a slice of another rank', { op: 'slice', starts: [0], steps: [1] }, [[4, 2]], [4], 'slice (0) by (1) of 4 leaves 4×2'],
  ['negative padding', { op: 'pad', low: [-1], high: [0], interior: [0] }, [[4]], [3], 'padding must be a count for each axis of 4'],
  ['a concat of nothing', { op: 'concat', axis: 0 }, [], [1], 'concat needs an operand'],
  [
    'a concat of unlike shapes',
    { op: 'concat', axis: 0 },
    [
      [2, 3],
      [2, 4],
    ],
    [4, 3],
    'cannot concat 2×3 and 2×4 along axis 0',
  ],
  ['a concat of two dtypes', { op: 'concat', axis: 0 }, [[2], { i32: [2] }], [4], 'operands of concat must have one dtype'],
  ['axes out of order', { op: 'reduce', name: 'sum', axes: [1, 0] }, [[2, 3]], [], 'axes (1 0) must increase'],
  ['an axis that is not there', { op: 'reduce', name: 'max', axes: [2] }, [[2, 3]], [2, 3], 'axis 2 does not exist in 2×3'],
  ['the index along no axis', { op: 'argMax', axis: 1 }, [[2]], { i32: [2] }, 'axis 1 does not exist in 2'],
  ['a product of vectors', { op: 'matmul', transposeA: false, transposeB: false }, [[2], [2]], [2], 'left factor must have 2 axes or more'],
  [
    'factors of two ranks',
    { op: 'matmul', transposeA: false, transposeB: false },
    [
      [2, 3],
      [1, 3, 2],
    ],
    [2, 2],
    'right factor must have 2 axes',
  ],
  [
    'factors that do not meet',
    { op: 'matmul', transposeA: true, transposeB: false },
    [
      [2, 3],
      [3, 2],
    ],
    [3, 2],
    'cannot multiply 2×3ᵀ by 3×2',
  ],
  [
    'batches that do not meet',
    { op: 'matmul', transposeA: false, transposeB: false },
    [
      [2, 2, 3],
      [1, 3, 2],
    ],
    [2, 2, 2],
    'cannot multiply',
  ],
  ['a whole factor', { op: 'matmul', transposeA: false, transposeB: false }, [{ i32: [2, 3] }, [3, 2]], [2, 2], 'left factor must be f32'],
  [
    'a flat image',
    { op: 'conv2d', window: conv },
    [
      [3, 8, 8],
      [4, 3, 3, 3],
    ],
    [4, 6, 6],
    'image must have 4 axes, got 3×8×8',
  ],
  [
    'other channels',
    { op: 'conv2d', window: conv },
    [
      [1, 2, 8, 8],
      [4, 3, 3, 3],
    ],
    [1, 4, 6, 6],
    'kernel reads 3×1 channels, image has 2',
  ],
  [
    'groups that do not divide',
    { op: 'conv2d', window: { ...conv, groups: 2 } },
    [
      [1, 4, 8, 8],
      [3, 2, 3, 3],
    ],
    [1, 3, 6, 6],
    '3 output channels do not divide into 2 groups',
  ],
  [
    'no groups',
    { op: 'conv2d', window: { ...conv, groups: 0 } },
    [
      [1, 4, 8, 8],
      [3, 4, 3, 3],
    ],
    [1, 3, 6, 6],
    'groups must be at least 1',
  ],
  [
    'a kernel beyond the image',
    { op: 'conv2d', window: conv },
    [
      [1, 1, 2, 2],
      [1, 1, 3, 3],
    ],
    [1, 1, 1, 1],
    'kernel 3×3 does not fit into 2×2',
  ],
  [
    'no stride',
    { op: 'conv2d', window: { ...conv, stride: [0, 1] } },
    [
      [1, 1, 4, 4],
      [1, 1, 3, 3],
    ],
    [1, 1, 2, 2],
    'stride and dilation must be at least 1',
  ],
  [
    'negative conv padding',
    { op: 'conv2d', window: { ...conv, padding: [-1, 0] } },
    [
      [1, 1, 4, 4],
      [1, 1, 1, 1],
    ],
    [1, 1, 2, 4],
    'padding must not be negative',
  ],
  [
    'an image of another size',
    { op: 'conv2dInputGrad', window: conv },
    [
      [1, 4, 6, 6],
      [4, 3, 3, 3],
    ],
    [1, 3, 9, 8],
    'convolved image and gradient must have one shape, got 1×4×7×6 and 1×4×6×6',
  ],
  [
    'a kernel of another size',
    { op: 'conv2dKernelGrad', window: conv },
    [
      [1, 3, 8, 8],
      [1, 4, 6, 6],
    ],
    [4, 3, 5, 3],
    'convolved image and gradient must have one shape',
  ],
  [
    'padding beyond the window',
    { op: 'maxPool2d', window: { ...pool, padding: [2, 0] } },
    [[1, 1, 4, 4]],
    [1, 1, 4, 2],
    'padding 2 leaves windows without an element',
  ],
  [
    'a window beyond the image',
    { op: 'avgPool2d', window: { ...pool, kernel: [5, 5] } },
    [[1, 1, 4, 4]],
    [1, 1, 1, 1],
    'window 5×5 does not fit into 4×4',
  ],
  [
    'an empty window',
    { op: 'avgPool2d', window: { ...pool, kernel: [0, 2] } },
    [[1, 1, 4, 4]],
    [1, 1, 1, 1],
    'pooling window must be at least 1',
  ],
  ['a real index', { op: 'maxPool2dIndex', window: pool }, [[1, 1, 4, 4]], [1, 1, 2, 2], 'says f32 1×1×2×2 but is i32 1×1×2×2'],
  [
    'a pooled gradient without index',
    { op: 'maxPool2dGrad', window: pool },
    [
      [1, 1, 2, 2],
      [1, 1, 2, 2],
    ],
    [1, 1, 4, 4],
    'index must be i32',
  ],
  [
    'an index of another shape',
    { op: 'maxPool2dGrad', window: pool },
    [{ i32: [1, 1, 2, 2] }, [1, 1, 2, 2]],
    [1, 1, 6, 4],
    'pooled image and index must have one shape',
  ],
  [
    'a gradient of another shape',
    { op: 'maxPool2dGrad', window: pool },
    [{ i32: [1, 1, 2, 2] }, [1, 1, 2, 1]],
    [1, 1, 4, 4],
    'index and gradient must have one shape',
  ],
  [
    'to take by a real index',
    { op: 'maxPool2dTake', window: pool },
    [
      [1, 1, 2, 2],
      [1, 1, 4, 4],
    ],
    [1, 1, 2, 2],
    'index must be i32',
  ],
  [
    'to take from another image',
    { op: 'maxPool2dTake', window: pool },
    [{ i32: [1, 1, 3, 2] }, [1, 1, 4, 4]],
    [1, 1, 2, 2],
    'pooled image and index must have one shape',
  ],
  [
    'to spread over another image',
    { op: 'avgPool2dGrad', window: pool },
    [[1, 1, 2, 2]],
    [1, 1, 6, 4],
    'pooled image and gradient must have one shape',
  ],
  ['real indices', { op: 'gather' }, [[3, 2], [4]], [4, 2], 'indices must be i32, got f32'],
  ['a table without rows', { op: 'gather' }, [[], { i32: [4] }], [4], 'table must have rows'],
  ['updates of another width', { op: 'scatterAdd' }, [{ i32: [4] }, [4, 3]], [5, 2], 'cannot add 4×3 by indices 4 into 5×2'],
  ['whole updates', { op: 'scatterAdd' }, [{ i32: [4] }, { i32: [4] }], [5], 'updates must be f32'],
  ['a scalar to add into', { op: 'scatterAdd' }, [{ i32: [] }, []], [], 'result must have rows'],
]

describe('instructions', () => {
  it.each(illegal)('refuses %s', (_, op, operands, result, message) => {
    expect(() => verify(programOf(op, operands, result), 'some pass')).toThrow(message)
    expect(() => verify(programOf(op, operands, result), 'some pass')).toThrow('internal error in some pass at node node1')
  })
})

describe('programs', () => {
  const b = new ProgramBuilder('legal')
  const w = b.state('w', [2])
  const y = b.at('exp1', () => b.exp(b.add(w, b.input('x', [2]))))
  b.update('w', y)
  b.output('y', y)
  const legal = b.finish()
  const [slot] = legal.state as [Program['state'][number]]
  const [output] = legal.outputs as [Program['outputs'][number]]
  const refuse = (changed: Partial<Program>, message: string) => expect(() => verify({ ...legal, ...changed })).toThrow(message)

  it('lets a legal one pass', () => expect(() => verify(legal)).not.toThrow())
  it('refuses a value that reads what comes after it', () => {
    const values = legal.values.map((value, id) => (id === 2 ? { ...value, inputs: [0, 3] } : value))
    refuse({ values }, 'value 2 (binary) reads value 3, which does not come before it')
  })
  it('refuses inputs, slots and outputs of one name', () => {
    const twin = { ...(legal.values[1] as Instruction) }
    refuse({ values: [...legal.values, twin] }, 'two inputs are called “x”')
    refuse({ state: [slot, slot] }, 'two state slots are called “w”')
    refuse({ outputs: [output, output] }, 'two outputs are called “y”')
  })
  it('refuses a slot that is not its input, and an input without a slot', () => {
    refuse({ state: [{ ...slot, value: 1 }] }, 'state slot “w” is not the state input of that name')
    refuse({ state: [{ ...slot, value: 9 }] }, 'state slot “w” names value 9, which does not exist')
    refuse({ state: [] }, 'state input “w” has no slot')
  })
  it('refuses an update of another shape, or of nothing', () => {
    const scalar: Instruction = { op: { op: 'constant', value: 0 }, inputs: [], shape: [], dtype: 'f32', origin: 'node1' }
    refuse({ values: [...legal.values, scalar], state: [{ ...slot, update: legal.values.length }] }, 'update of “w” is scalar, the slot 2')
    refuse({ state: [{ ...slot, update: 9 }] }, 'update of “w” names value 9, which does not exist')
  })
  it('refuses an output of nothing', () => refuse({ outputs: [{ name: 'y', value: 9 }] }, 'output “y” names value 9, which does not exist'))
})

describe('the builder', () => {
  const b = new ProgramBuilder('test')
  const [u, v] = [b.input('u', [2, 3]), b.input('v', [4])]
  it('names the node that writes something illegal', () => {
    expect(() => b.at('block1/dense1', () => b.matmul(u, u))).toThrow(
      'internal error in build at node block1/dense1: cannot multiply 2×3 by 2×3',
    )
    expect(() => b.at('add1', () => b.add(u, v))).toThrow('shapes 2×3 and 4 do not broadcast together')
    expect(() => b.broadcast(u, [2, 4])).toThrow('cannot broadcast 2×3 to 2×4')
    expect(() => b.broadcast(u, [3])).toThrow('cannot broadcast 2×3 to 3')
    expect(() => b.neg({ id: 0, shape: [2], dtype: 'i32' })).toThrow(InternalError)
  })
  it('refuses to update what is no state, or twice', () => {
    const w = b.state('w', [2])
    expect(() => b.update('nothing', w)).toThrow('there is no state “nothing” to update')
    b.update('w', w)
    expect(() => b.update('w', w)).toThrow('state “w” is updated twice')
  })
  it('makes one value of identical instructions, but not of 0 and −0 or of infinities', () => {
    expect(b.exp(u).id).toBe(b.exp(u).id)
    expect(b.constant(0).id).not.toBe(b.constant(-0).id)
    expect(new Set([Infinity, -Infinity, Number.NaN].map((value) => b.constant(value).id)).size).toBe(3)
    expect(b.random([2]).id).not.toBe(b.random([2]).id)
  })
})
