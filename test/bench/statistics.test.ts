import { describe, expect, test } from 'vitest'
import { trainingProgram } from '../support/trainingProgram'
import { cases, chosenCases } from './cases'
import { programFlops } from './flops'
import { median, quantile, ratioOf, spreadOf } from './statistics'
import { formatTable, markdownTable, mebibytes, short } from './table'
import { verdictOf } from './verdict'

describe('statistics', () => {
  test('quantiles lie between neighbours', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(quantile([0, 10], 0.1)).toBe(1)
    expect(quantile([5], 0.9)).toBe(5)
    expect(median([])).toBeNaN()
    expect(spreadOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toEqual({ median: 5, low: 1, high: 9 })
  })

  test('a ratio is of medians, its range from round to round', () => {
    const ours = [[1, 1, 1], [2, 2, 2], [1]]
    const theirs = [[3], [4], [5]]
    expect(ratioOf(theirs, ours)).toEqual({ median: 4, low: expect.closeTo(2.2, 9), high: expect.closeTo(4.6, 9) })
  })

  test('rounds that one of the two missed do not count', () => {
    expect(ratioOf([[6], [], [8]], [[2]]).high).toBe(3)
  })
})

describe('verdict', () => {
  const steady = [[1], [1.01], [0.99]]

  test('quiet and steady can be trusted', () => {
    expect(verdictOf([0.01, 0.02, 0], steady)).toMatchObject({ trustworthy: true, takenByOthers: 0.01 })
  })

  test('a machine that others use cannot', () => {
    expect(verdictOf([0.3, 0.4, 0], steady)).toMatchObject({ trustworthy: false, reason: expect.stringContaining('30 %') })
  })

  test('nor can a time that goes up and down', () => {
    expect(verdictOf([0, 0, 0], [[1], [2], [1]])).toMatchObject({ trustworthy: false, reason: expect.stringContaining('factor') })
  })

  test('nothing measured is nothing to trust', () => {
    expect(verdictOf([], []).trustworthy).toBe(false)
  })

  test('a system that does not count others is said to be so', () => {
    expect(verdictOf([undefined], steady)).toMatchObject({
      trustworthy: true,
      takenByOthers: undefined,
      reason: expect.stringContaining('does not say'),
    })
  })
})

describe('tables', () => {
  const table = { head: ['', 'ms'], rows: [['one', '1.5'], ['tfjs | cpu', '12'], ['none']] }

  test('numbers stand flush right', () => {
    expect(formatTable(table)).toBe('             ms\none         1.5\ntfjs | cpu   12\nnone')
  })

  test('bars in cells do not end them', () => {
    expect(markdownTable(table).split('\n')).toEqual(['|  | ms |', '|---|---:|', '| one | 1.5 |', '| tfjs \\| cpu | 12 |', '| none |  |'])
  })

  test('three digits that count', () => {
    expect([0.01234, 1.234, 12.34, 123.4, 1234, 0, Number.NaN].map(short)).toEqual(['0.0123', '1.23', '12.3', '123', '1234', '0.00', '–'])
    expect([mebibytes(3 * 2 ** 20), mebibytes(undefined)]).toEqual(['3', '–'])
  })
})

describe('cases', () => {
  test('are chosen by network, or by network and batch', () => {
    expect(chosenCases([])).toEqual(cases)
    expect(chosenCases(['lenet/256']).map(({ title }) => title)).toEqual(['LeNet b256'])
    expect(chosenCases(['mlp', 'lenet/32']).map(({ batch }) => batch)).toEqual([32, 64])
  })

  test('a training step of the multilayer perceptron has five products', async () => {
    const [batch, features, hiddens, classes] = [64, 784, 256, 10]
    // Forward, kernel gradient, and the input gradient of all but the first layer.
    const multiplications = batch * (2 * features * hiddens + 3 * hiddens * classes)
    expect(programFlops(await trainingProgram('mlp', { batchSize: batch }))).toBe(2 * multiplications)
  })
})
