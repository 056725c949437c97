/** @file Input and label: what they promise, and that the batch is their first axis. Dropout: what it does to its random numbers. */
import { expect, test } from 'vitest'
import { gradients } from '../../engine/autodiff/gradients'
import { ProgramBuilder } from '../../engine/ir/builder'
import { evaluate } from '../../engine/ir/evaluate'
import { inputNames } from '../../engine/ir/names'
import dropout from '../../engine/layers/dropout'
import input from '../../engine/layers/input'
import label from '../../engine/layers/label'
import { expectAllClose } from '../support/allclose'
import { BATCH_SIZE } from '../support/layerProgram'
import { accepted } from '../support/shapeRule'

test('input and label put the batch first', () => {
  expect(accepted(input, {}, { shape: [1, 8, 8] })).toEqual({ y: { shape: [BATCH_SIZE, 1, 8, 8], dtype: 'f32' } })
  expect(accepted(input, {}, { shape: [7], dtype: 'i32', classes: 9 })).toEqual({ y: { shape: [BATCH_SIZE, 7], dtype: 'i32', classes: 9 } })
  expect(accepted(input, {}, { shape: [7], dtype: 'i32' })).toEqual({ y: { shape: [BATCH_SIZE, 7], dtype: 'i32' } })
  expect(accepted(label, {}, { classes: 3 })).toEqual({ y: { shape: [BATCH_SIZE], dtype: 'i32', classes: 3 } })
  expect(accepted(label, {}, { type: 'number', shape: [2] })).toEqual({ y: { shape: [BATCH_SIZE, 2], dtype: 'f32' } })
})

test('C4: dropout drops about a share p, scales the rest, and draws anew at every step', () => {
  const b = new ProgramBuilder('dropout')
  const x = b.input('x', [4000])
  const { y } = dropout.lower(
    b,
    { x },
    {},
    { p: 0.3 },
    {
      training: true,
      inputs: {},
      penalize: () => {
        throw new Error('nothing to penalise')
      },
      assign: () => {
        throw new Error('dropout has no statistics')
      },
      kept: (_name, shape) => b.constant(0, shape),
      keep: () => {},
      feed: () => x,
    },
  )
  const [gradient] = gradients(b, y, [x])
  const program = b.finish()
  const run = (step: number) => evaluate(program, { x: new Float32Array(4000).fill(7), [inputNames.key]: [1, step] })
  const at = (step: number) => run(step).get(y.id) ?? []
  const first = [...at(1)]
  const dropped = first.filter((value) => value === 0).length / first.length
  expect(Math.abs(dropped - 0.3)).toBeLessThan(0.03)
  for (const value of first) if (value !== 0) expect(value).toBeCloseTo(10, 9)
  // What was dropped gets no gradient, the rest 1 / (1 − p).
  expectAllClose(
    [...(run(1).get(gradient?.id ?? -1) ?? [])].map((g) => 7 * g),
    first,
    1e-12,
  )
  expect([...at(1)]).toEqual(first)
  expect([...at(2)]).not.toEqual(first)
})
