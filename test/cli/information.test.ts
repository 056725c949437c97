/** @file `netloom information` (J1): any categorical data set measured from the command line; its numbers are the engine's. */
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { entropy, mutualInformation, tableFromCounts } from '../../engine/information/measures'
import { formatBits } from '../../engine/information/shown'
import { netloom, scratch } from './run'

const at = scratch()
const fruit = (rows: readonly string[]): string => {
  const file = at(`fruit-${rows.length}.csv`)
  writeFileSync(file, `colour,weight,fruit\n${rows.join('\n')}\n`)
  return file
}
const some = fruit(['red,110.5,apple', 'red,95,apple', 'green,120,apple', 'green,260,melon', 'green,3000,melon', 'yellow,118,banana'])

describe('J1: netloom information', () => {
  it('prints counts and every measure of the first column and the label', async () => {
    const { code, out, err } = await netloom('information', some)
    expect([code, err]).toEqual([0, ''])
    const counts = [1, 0, 2, 2, 0, 0, 0, 1, 0]
    const bits = (name: string): string | undefined =>
      out
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length)
        .trim()
        .split(' ')[0]
    expect(bits('I(X;Y)')).toBe(formatBits(mutualInformation(tableFromCounts(3, 3, counts))))
    expect(bits('H(X)')).toBe(formatBits(entropy([3 / 6, 2 / 6, 1 / 6])))
    expect(bits('H(X,Y)')).toBe(formatBits(entropy(counts.map((count) => count / 6))))
    for (const name of ['H(Y)', 'H(X|Y)', 'H(Y|X)', 'chance']) expect(bits(name)).toMatch(/^\d\.\d{4}$/)
    expect(out).toMatch(/^green +1 +0 +2$/m)
  })

  it('gives JSON with the pointwise values, infinities as strings', async () => {
    const { out } = await netloom('information', some, '--x', 'weight', '--bins', '2', '--quantiles', '--json')
    const { rows, x, y, joint } = JSON.parse(out)
    expect([rows, x.column, x.bins, y.column]).toEqual([6, 'weight', { count: 2, by: 'quantile' }, 'fruit'])
    expect([x.categories, x.counts]).toEqual([
      ['[95, 120)', '[120, 3000]'],
      [3, 3],
    ])
    expect(joint.counts).toEqual([2, 1, 0, 1, 0, 2])
    expect(joint.pointwise[2]).toBe('-Infinity')
    expect(joint.mutual).toBeCloseTo(mutualInformation(tableFromCounts(2, 3, joint.counts)), 12)
  })

  it('measures how validation data differs', async () => {
    const other = fruit(['blue,100,apple', 'red,100,apple'])
    const { out } = await netloom('information', some, '--validation', other)
    expect(out).toContain('6 rows, 2 to validate with')
    expect(out).toMatch(/^D\(t‖v\) X +∞ bits/m)
    const parsed = JSON.parse((await netloom('information', some, '--validation', other, '--json')).out)
    expect([parsed.y.shift.forward, parsed.y.shift.backward]).toEqual(['Infinity', 1])
  })

  it('takes built-in data, and bins for each column', async () => {
    const { out } = await netloom('information', 'moons', '--x', 'x', '--y', 'y', '--bins', '4,3', '--json')
    const { x, y } = JSON.parse(out)
    expect([x.categories.length, y.categories.length]).toEqual([4, 3])
    expect((await netloom('information', 'weather')).out).toContain('Y = play, 2 categories')
    expect((await netloom('information', 'digits')).out).not.toContain('I(X;Y)')
  })

  it('says what to do with columns that are not there, or hold too much', async () => {
    expect(await netloom('information', some, '--y', 'price')).toMatchObject({
      code: 1,
      err: 'error[information.column]: There is no column called “price”; there are: colour, weight, fruit.\n',
    })
    const many = fruit(Array.from({ length: 300 }, (_, i) => `shade ${i},${i},apple`))
    expect((await netloom('information', many, '--x', 'colour')).err).toMatch(/^error\[information\.categories\].*merge rare values/)
    expect((await netloom('information', many, '--x', 'weight', '--bins', 'none')).err).toMatch(/^error\[information\.unbinned\].*in bins/)
    for (const wrong of ['1', '65', '2.5', 'x', '2,3,4', '']) expect((await netloom('information', some, '--bins', wrong)).code).toBe(2)
    expect((await netloom('information', '--help')).out).toContain('mutual information')
  })
})
