/** @file Parameters against their specifications: defaults, unknown names, wrong types, values out of range. */
import { expect, test } from 'vitest'
import { messageOf } from '../../engine/core/diagnostic-message'
import { bool, choice, float, int, int2d, ints, text } from '../../engine/layers/kit/params'
import { completeParams, problemValues } from '../../engine/layers/kit/validate'

const label = { en: 'x', zh: 'x' }
const specs = {
  count: int({ label, default: 3, min: 1, max: 9 }),
  rate: float({ label, default: 0.5, min: 0, max: 1, above: true }),
  on: bool({ label, default: true }),
  way: choice({ label, default: 'a', options: { a: label, b: label } }),
  name: text({ label, default: '' }),
  size: int2d({ label, default: 2, min: 1 }),
  shape: ints({ label, default: [1], min: -1, minLength: 1, maxLength: 3 }),
}

test('defaults fill what is not given', () => {
  expect(completeParams(specs, {})).toEqual({
    params: { count: 3, rate: 0.5, on: true, way: 'a', name: '', size: 2, shape: [1] },
    problems: [],
  })
})

test('good values are taken as they are', () => {
  const given = { count: 9, rate: 1, on: false, way: 'b', name: 'n', size: [1, 2], shape: [4, -1] }
  expect(completeParams(specs, given)).toEqual({ params: given, problems: [] })
})

test.each([
  ['count', 0],
  ['count', 10],
  ['count', 1.5],
  ['count', '3'],
  ['count', Number.NaN],
  ['rate', 0],
  ['rate', 1.1],
  ['rate', Number.POSITIVE_INFINITY],
  ['on', 'true'],
  ['way', 'c'],
  ['way', 'toString'],
  ['name', 1],
  ['size', 0],
  ['size', [1]],
  ['size', [1, 0]],
  ['size', [1, 2, 3]],
  ['shape', []],
  ['shape', [1, 2, 3, 4]],
  ['shape', [-2]],
  ['shape', 5],
  ['count', null],
])('%s = %j is refused and replaced by its default', (param, value) => {
  const { params, problems } = completeParams(specs, { [param]: value })
  expect(problems.map((problem) => problem.param)).toEqual([param])
  expect(params).toEqual(completeParams(specs, {}).params)
})

test('every problem is reported, unknown names too', () => {
  const { problems, params } = completeParams(specs, { count: 0, nope: 1, way: 'c' })
  expect(problems.map(({ param }) => param)).toEqual(['count', 'way', 'nope'])
  expect(params).not.toHaveProperty('nope')
})

test('a problem reads as a sentence in both languages', () => {
  const [problem] = completeParams(specs, { count: 0 }).problems
  if (!problem) throw new Error('no problem')
  const diagnostic = { code: 'param.invalid', values: problemValues(problem) } as const
  expect(messageOf(diagnostic, 'en')).toBe('count: expected a whole number, at least 1 and at most 9, got 0.')
  expect(messageOf(diagnostic, 'zh')).toContain('整数，不小于 1 且不大于 9')
})
