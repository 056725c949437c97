/** @file Simplification keeps every value, and the rules do what they say. */
import { describe, expect, it } from 'vitest'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import { evaluate } from '../../engine/ir/evaluate'
import type { Program } from '../../engine/ir/program'
import { verify } from '../../engine/ir/verify'
import { simplify } from '../../engine/optimize/simplify'
import { expectAllClose } from '../support/allclose'
import { randomProgram } from '../support/randomProgram'

/** Ops of the simplified program, inputs left out. */
function opsAfter(write: (b: ProgramBuilder) => Tensor): string[] {
  const b = new ProgramBuilder('test')
  b.output('y', write(b))
  const program = simplify(b.finish())
  verify(program, 'simplify')
  return program.values.flatMap(({ op }) =>
    op.op === 'input' ? [] : [op.op === 'unary' || op.op === 'binary' ? op.name : op.op === 'constant' ? `${op.value}` : op.op],
  )
}

const x = (b: ProgramBuilder) => b.input('x', [4, 6])
const v = (b: ProgramBuilder) => b.input('v', [6])
/** Each column minus its mean. */
const centered = (b: ProgramBuilder) => b.sub(x(b), b.broadcast(b.mean(x(b), [0]), [4, 6]))

function expectEqualValues(before: Program, after: Program, feed: Parameters<typeof evaluate>[1], label: string): void {
  const a = evaluate(before, feed)
  const b = evaluate(after, feed)
  const pairs = [
    ...before.outputs.map(({ name, value }, i) => [name, value, after.outputs[i]?.value] as const),
    ...before.state.flatMap(({ name, update }, i) => (update === undefined ? [] : [[name, update, after.state[i]?.update] as const])),
  ]
  for (const [name, was, is] of pairs)
    expectAllClose(b.get(is as number) as Float64Array, a.get(was) as Float64Array, 1e-9, `${label}: ${name}`, 1)
}

describe('simplify', () => {
  it('keeps the values of random programs, and is done when it stops', () => {
    for (let seed = 0; seed < 120; seed++) {
      const { program, feed } = randomProgram(seed)
      const before = JSON.stringify(program)
      const after = simplify(program)
      verify(after, 'simplify')
      expectEqualValues(program, after, feed, `seed ${seed}`)
      expect(JSON.stringify(program), 'the input is left alone').toBe(before)
      expect(simplify(after)).toEqual(after)
    }
  })

  it('drops what nobody reads, but never an input', () => {
    const b = new ProgramBuilder('test')
    b.exp(b.input('x', [3]))
    b.output('y', b.neg(b.input('z', [3])))
    expect(simplify(b.finish()).values.map(({ op }) => op.op)).toEqual(['input', 'input', 'unary'])
  })

  it('computes equal expressions once', () => {
    expect(opsAfter((b) => b.add(b.exp(x(b)), b.mul(b.exp(x(b)), b.exp(x(b)))))).toEqual(['exp', 'mul', 'add'])
  })

  it('works out constants', () => {
    expect(opsAfter((b) => b.add(b.exp(b.constant(0, [2])), 2))).toEqual(['3'])
    expect(opsAfter((b) => b.sum(b.constant(0.5, [4, 6])))).toEqual(['12'])
  })

  it.each<[string, (b: ProgramBuilder) => Tensor, string[]]>([
    ['x · 1', (b) => b.mul(x(b), 1), []],
    ['1 · x', (b) => b.mul(1, x(b)), []],
    ['x + 0', (b) => b.add(x(b), 0), []],
    ['−−x', (b) => b.neg(b.neg(x(b))), []],
    ['x + (−y)', (b) => b.add(x(b), b.neg(b.exp(x(b)))), ['exp', 'sub']],
    ['x · −1', (b) => b.mul(x(b), -1), ['neg']],
    ['x / 4', (b) => b.div(x(b), 4), ['0.25', 'mul']],
    ['x²', (b) => b.pow(x(b), 2), ['mul']],
    ['(x · 2) · 3', (b) => b.mul(b.mul(x(b), 2), 3), ['6', 'mul']],
    ['stopGradient', (b) => b.stopGradient(x(b)), []],
    ['reshape there and back', (b) => b.reshape(b.reshape(x(b), [24]), [4, 6]), []],
    ['transpose there and back', (b) => b.transpose(b.transpose(x(b), [1, 0]), [1, 0]), []],
    ['transpose of extents of 1', (b) => b.transpose(b.reshape(x(b), [1, 4, 6]), [1, 0, 2]), ['reshape']],
    ['broadcast of a broadcast', (b) => b.broadcast(b.broadcast(v(b), [4, 6]), [2, 4, 6]), ['broadcast']],
    ['work under a broadcast', (b) => b.exp(b.broadcast(v(b), [4, 6])), ['exp', 'broadcast']],
    ['slice of a slice', (b) => b.slice(b.slice(x(b), [1, 0], [4, 6]), [1, 2], [3, 4]), ['slice']],
    ['sum over extents of 1', (b) => b.sum(b.reshape(x(b), [4, 1, 6]), [1]), []],
    ['Σ(x · s) = s · Σx', (b) => b.sum(b.mul(x(b), b.broadcast(v(b), [4, 6])), [0]), ['reduce', 'mul']],
    ['Σ(−x / s) = −Σx / s', (b) => b.sum(b.neg(b.div(x(b), b.broadcast(v(b), [4, 6]))), [0]), ['reduce', 'div', 'neg']],
    ['Σ of what repeats', (b) => b.sum(b.broadcast(v(b), [4, 6]), [0]), ['4', 'mul']],
    ['Σ(x − mean) = 0', (b) => b.sum(centered(b), [0]), ['0']],
    ['Σ(x + s) stays one pass', (b) => b.sum(b.add(x(b), b.broadcast(v(b), [4, 6])), [0]), ['broadcast', 'add', 'reduce']],
    [
      'x · y with one column each',
      (b) => b.matmul(b.reshape(v(b), [6, 1]), b.input('w', [1, 5])),
      ['broadcast', 'reshape', 'broadcast', 'mul'],
    ],
    ['select with one outcome', (b) => b.select(b.less(x(b), 0), x(b), x(b)), []],
  ])('%s', (_, write, ops) => {
    expect(opsAfter(write)).toEqual(ops)
  })

  it('puts transposes into products', () => {
    const b = new ProgramBuilder('test')
    const w = b.input('w', [5, 6])
    b.output('y', b.matmul(x(b), b.transpose(w, [1, 0])))
    const { op } = simplify(b.finish()).values.at(-1) as { op: unknown }
    expect(op).toEqual({ op: 'matmul', transposeA: false, transposeB: true })
  })

  it('gets the gradient of a mean from sums that are there', () => {
    // As in a batch normalisation: Σ(s·g + c·(x − mean)) where Σg is wanted too.
    const b = new ProgramBuilder('test')
    const spread = (small: Tensor) => b.broadcast(small, [4, 6])
    const g = b.exp(x(b))
    b.output('shift', b.sum(g, [0]))
    b.output('sum', b.sum(b.add(b.mul(g, spread(v(b))), b.mul(centered(b), spread(b.exp(v(b))))), [0]))
    const program = simplify(b.finish())
    expect(program.values.filter(({ op }) => op.op === 'reduce')).toHaveLength(1)
    const feed = { x: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)), v: Float32Array.of(3, -1, 0.5, 2, 0, 1) }
    expectEqualValues(b.finish(), program, feed, 'gradient of a mean')
  })

  it('takes the mask of a rectifier from its result', () => {
    const b = new ProgramBuilder('test')
    const s = b.exp(x(b))
    b.output('relu', b.max(s, 0))
    b.output('mask', b.less(0, s))
    const program = simplify(b.finish())
    const mask = program.values[program.outputs[1]?.value as number]
    expect(mask?.inputs[1]).toBe(program.outputs[0]?.value)
  })
})
