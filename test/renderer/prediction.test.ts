import { describe, expect, test } from 'vitest'
import type { Field } from '../../engine/datasets/dataset'
import { durationOf } from '../../renderer/panels/dock/durations'
import { formatRow } from '../../renderer/panels/dock/format-row'
import { verdictOf } from '../../renderer/panels/dock/prediction'

const pets: Field = {
  name: 'label',
  dtype: 'i32',
  shape: [],
  role: 'target',
  classes: 3,
  classNames: ['cat', 'dog', 'owl'],
  display: 'text',
}

describe('verdicts', () => {
  test('name the likeliest class, how sure it is, and whether it is right', () => {
    expect(verdictOf({ inputs: {}, target: 1, output: [0.1, 0.7, 0.2] }, pets)).toEqual({
      predicted: 'dog',
      confidence: 0.7,
      target: 'dog',
      right: true,
    })
    expect(verdictOf({ inputs: {}, target: 2, output: [0.1, 0.7, 0.2] }, pets)).toMatchObject({ target: 'owl', right: false })
  })

  test('one probability decides between two classes', () => {
    const two: Field = { ...pets, classes: 2, classNames: undefined }
    expect(verdictOf({ inputs: {}, target: 0, output: [0.2] }, two)).toEqual({ predicted: '0', confidence: 0.8, target: '0', right: true })
  })

  test('numbers are neither right nor wrong', () => {
    const number: Field = { name: 'y', dtype: 'f32', shape: [1], role: 'target', display: 'table' }
    expect(verdictOf({ inputs: {}, target: [2], output: [1.98765] }, number)).toEqual({ predicted: '1.99', target: '2' })
  })
})

test('spans of time are said in the unit that fits', () => {
  expect([0, 1.2, 89, 91, 5399, 7200].map(durationOf)).toEqual([
    { unit: 'seconds', count: 1 },
    { unit: 'seconds', count: 2 },
    { unit: 'seconds', count: 89 },
    { unit: 'minutes', count: 2 },
    { unit: 'minutes', count: 90 },
    { unit: 'hours', count: '2.0' },
  ])
})

test('rows are short', () => {
  expect(formatRow([1, 0.333333, 1234.5, 9], 3)).toBe('1  0.33  1235 …')
})
