/** @file Information measures of tables (J1): any categorical data set, counted and measured, against sums written out here. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DiagnosedError } from '../../engine/core/diagnostics'
import type { ColumnTable } from '../../engine/datasets/columns/column'
import { readColumns } from '../../engine/datasets/columns/csv-columns'
import { openColumns } from '../../engine/datasets/columns/open'
import { type Held, measureTable, partsOf } from '../../engine/information/measure-table'
import type { InformationReport, VariableRequest } from '../../engine/information/report'
import { formatBits, shownCategory } from '../../engine/information/shown'
import { memoryFiles } from '../datasets/memory-files'

const read = (text: string | Uint8Array, label = ''): Promise<ColumnTable> => {
  const files = memoryFiles('given.csv', { 'given.csv': text })
  const size = typeof text === 'string' ? new TextEncoder().encode(text).length : text.length
  return readColumns(files, 'given.csv', size, label)
}

type Ask = Partial<Record<'x' | 'y', string>> & { readonly xBins?: VariableRequest['bins']; readonly yBins?: VariableRequest['bins'] }

const measured = (table: ColumnTable, { x, y, xBins = 'auto', yBins = 'auto' }: Ask = {}, held?: Held): InformationReport =>
  measureTable(table, held, {
    x: { ...(x !== undefined && { column: x }), bins: xBins },
    y: { ...(y !== undefined && { column: y }), bins: yBins },
    name: 'given.csv',
  })

/** Some rows of the table itself; a share of 0 is none. */
function heldOut(table: ColumnTable, share: number, seed: number): Held | undefined {
  const parts = partsOf(table, share, seed)
  return parts && { parts }
}

/** y and joint of a report that must have them. */
function bothOf(report: InformationReport) {
  const { x, y, joint } = report
  if (!y || !joint) throw new Error('the report has but one column')
  return { x, y, joint }
}

async function codesOf(work: () => unknown): Promise<readonly string[]> {
  try {
    await work()
  } catch (error) {
    if (error instanceof DiagnosedError) return error.diagnostics.map(({ code }) => code)
    throw error
  }
  return []
}

const days = `outlook,temperature,windy,play
sunny,31.5,false,no
sunny,28,true,no
overcast,30,false,yes
rainy,,false,yes
rainy,18.25,true,no
overcast,16,true,yes
`

describe('J1: columns of a CSV file', () => {
  test('words, numbers and truth values are categories; the last column is the label', async () => {
    const report = measured(await read(days))
    expect(report.rows).toBe(6)
    expect(report.columns).toEqual([
      { name: 'outlook', distinct: 3, isNumeric: false },
      { name: 'temperature', distinct: 6, isNumeric: true },
      { name: 'windy', distinct: 2, isNumeric: false },
      { name: 'play', distinct: 2, isNumeric: false },
    ])
    const { x, y, joint } = bothOf(report)
    expect([x.column, y.column]).toEqual(['outlook', 'play'])
    expect(x.categories).toEqual(['overcast', 'rainy', 'sunny'])
    expect(x.counts).toEqual([2, 2, 2])
    expect(y.categories).toEqual(['no', 'yes'])
    expect(joint.counts).toEqual([0, 2, 1, 1, 2, 0])
    expect(x.entropy).toBeCloseTo(Math.log2(3), 12)
    expect(y.entropy).toBe(1)
    // Overcast and sunny settle the matter, rainy leaves one bit.
    expect(joint.yGivenX).toBeCloseTo(1 / 3, 12)
    expect(joint.mutual).toBeCloseTo(2 / 3, 12)
    expect(joint.pointwise[0]).toBe(Number.NEGATIVE_INFINITY)
    expect(joint.pointwise[1]).toBeCloseTo(1, 12)
    expect(joint.chance).toBeCloseTo((2 * 1) / (2 * 6 * Math.LN2), 12)
    expect(joint.relative).toBeUndefined()
  })

  test('numbers by size, what is missing last, equal numbers once', async () => {
    const { x } = measured(await read('size,kind\n10,a\n9,b\n,a\n9.0,b\nNA,a\n1e1,b\n'))
    expect(x.categories).toEqual(['9', '10', ''])
    expect(x.counts).toEqual([2, 2, 2])
  })

  test('a header is told from data by what comes again, and columns without a name get one', async () => {
    const names = async (text: string) => (await read(text)).columns.map(({ name }) => name)
    expect(await names('red,yes\nblue,no\nred,no\n')).toEqual(['column 1', 'column 2'])
    expect(await names('colour,,colour\nred,no,1\nblue,no,2\n')).toEqual(['colour', 'column 2', 'colour (2)'])
    expect(await names('5.1,3.5,rose\n4.9,3,tulip\n')).toEqual(['column 1', 'column 2', 'column 3'])
    expect(await names('"a;b";c\nx;y\nz;w\n')).toEqual(['a;b', 'c'])
  })

  test('more than 256 different words are refused with the first that is no number; numbers are cut into bins', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `${i},name ${i},${i % 2}`)
    const table = await read(`id,name,even\n${rows.join('\n')}\n`)
    const [id, name] = measured(table).columns
    expect(id).toEqual({ name: 'id', isNumeric: true })
    expect(name).toEqual({ name: 'name', isNumeric: false })
    const { x } = measured(table)
    expect([x.column, x.bins]).toEqual(['id', { count: 8, by: 'width' }])
    expect(x.categories.length).toBe(8)
    await expect((async () => measured(table, { x: 'name' }))()).rejects.toMatchObject({
      diagnostics: [{ code: 'information.categories', values: { got: 'name', expected: 256, line: 2, word: 'name 0' } }],
    })
    expect(await codesOf(() => measured(table, { x: 'id', xBins: 'none' }))).toEqual(['information.unbinned'])
    const late = await read(`id\n${Array.from({ length: 300 }, (_, i) => i).join('\n')}\nx\n`)
    await expect((async () => measured(late))()).rejects.toMatchObject({ diagnostics: [{ values: { line: 302, word: 'x' } }] })
  })

  test('a table larger than memory allows is refused while it is read', async () => {
    const text = `a,b\n${Array.from({ length: 80_000 }, (_, i) => `${i},${2 * i}`).join('\n')}\n`
    const files = memoryFiles('given.csv', { 'given.csv': text })
    const wide = readColumns(files, 'given.csv', text.length, '', 1)
    await expect(wide).rejects.toMatchObject({ diagnostics: [{ code: 'data.columns-memory', values: { expected: 1 } }] })
    expect((await readColumns(files, 'given.csv', text.length, '', 2)).length).toBe(80_000)
  })

  test('files that are no table, and columns that are not there', async () => {
    expect(await codesOf(() => read('a,b\n1,2\n1\n'))).toEqual(['data.columns'])
    expect(await codesOf(() => read('a,b\n1,2\n3,"4\n5,6\n'))).toEqual(['data.quote'])
    expect(await codesOf(() => read(''))).toEqual(['data.empty'])
    expect(await codesOf(() => read('a,b\n'))).toEqual(['data.empty'])
    expect(await codesOf(() => read(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0xff, 10, 0xfe, 0x2c, 10)))).toEqual(['data.text'])
    expect(await codesOf(() => read(Uint8Array.of(0x61, 0x2c, 0x62, 10, 0xe9, 0x2c, 0x63, 10)))).toEqual(['data.text'])
    expect(await codesOf(() => read(days, 'rain'))).toEqual(['data.label-column'])
    const table = await read(days)
    expect(await codesOf(() => measured(table, { x: 'rain' }))).toEqual(['information.column'])
    expect(await codesOf(() => measured(table, { x: 'temperature', xBins: { count: 1, by: 'width' } }))).toEqual(['information.bins'])
  })
})

describe('J1: bins', () => {
  const numbers = `v,w\n${[0, 1, 2, 3, 4, 5, 6, 10].map((v) => `${v},${v}`).join('\n')}\n`

  test('of equal width, the last one closed; and equally full', async () => {
    const table = await read(numbers)
    const wide = measured(table, { x: 'v', xBins: { count: 4, by: 'width' } }).x
    expect(wide.categories).toEqual(['[0, 2.5)', '[2.5, 5)', '[5, 7.5)', '[7.5, 10]'])
    expect(wide.counts).toEqual([3, 2, 2, 1])
    const full = measured(table, { x: 'v', xBins: { count: 4, by: 'quantile' } }).x
    expect(full.categories).toEqual(['[0, 2)', '[2, 4)', '[4, 6)', '[6, 10]'])
    expect(full.counts).toEqual([2, 2, 2, 2])
  })

  test('words, and few numbers, stay as they are; a value that comes often fills a bin of its own', async () => {
    const table = await read(days)
    expect(measured(table, { x: 'outlook', xBins: { count: 4, by: 'width' } }).x.bins).toBeUndefined()
    expect(measured(table, { x: 'temperature', xBins: { count: 8, by: 'width' } }).x.bins).toBeUndefined()
    const often = await read(`v,w\n${[...new Array<number>(40).fill(7), 8, 9, 10].map((v) => `${v},a`).join('\n')}\n`)
    const { x } = measured(often, { x: 'v', xBins: { count: 3, by: 'quantile' } })
    expect([x.categories, x.counts]).toEqual([
      ['[7, 8)', '[8, 10)', '[10, 10]'],
      [40, 2, 1],
    ])
  })

  test('every value is in one bin, whatever the numbers and the bins', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 2, max: 64 }),
        fc.constantFrom('width' as const, 'quantile' as const),
        (values, count, by) => {
          const numbers = Float64Array.from(values)
          const table: ColumnTable = { length: values.length, columns: [{ name: 'v', numbers: () => numbers }], rowsPerSample: 1 }
          const { x } = measured(table, { xBins: { count, by } })
          expect(x.counts.reduce((sum, each) => sum + each, 0)).toBe(values.length)
          expect(x.categories.length).toBeLessThanOrEqual(count)
          expect(new Set(x.categories).size).toBe(x.categories.length)
        },
      ),
      { seed: 4 },
    )
  })
})

describe('J1: all measures of random tables', () => {
  const pairs = fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 3 })), { minLength: 1, maxLength: 80 })
  const tableOf = (rows: readonly (readonly [number, number])[]): Promise<ColumnTable> =>
    read(`x,y\n${rows.map(([x, y]) => `a${x},a${y}`).join('\n')}\n`)

  test('agree with sums over the rows, and keep the identities', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async (rows) => {
        const { x, y, joint } = bothOf(measured(await tableOf(rows)))
        const n = rows.length
        // Row by row: a mean over what happened is a sum over the table.
        const share = (same: (other: readonly [number, number]) => boolean): number => rows.filter(same).length / n
        const mean = (bits: (row: readonly [number, number]) => number): number => rows.reduce((sum, row) => sum + bits(row), 0) / n
        const px = (row: readonly [number, number]) => share(([other]) => other === row[0])
        const py = (row: readonly [number, number]) => share(([, other]) => other === row[1])
        const pxy = (row: readonly [number, number]) => share(([a, b]) => a === row[0] && b === row[1])
        expect(x.entropy).toBeCloseTo(
          mean((row) => -Math.log2(px(row))),
          10,
        )
        expect(y.entropy).toBeCloseTo(
          mean((row) => -Math.log2(py(row))),
          10,
        )
        expect(joint.entropy).toBeCloseTo(
          mean((row) => -Math.log2(pxy(row))),
          10,
        )
        expect(joint.mutual).toBeCloseTo(
          mean((row) => Math.log2(pxy(row) / (px(row) * py(row)))),
          10,
        )
        expect(joint.xGivenY).toBeCloseTo(
          mean((row) => -Math.log2(pxy(row) / py(row))),
          10,
        )
        expect(joint.yGivenX).toBeCloseTo(
          mean((row) => -Math.log2(pxy(row) / px(row))),
          10,
        )
        expect(joint.mutual).toBeCloseTo(x.entropy + y.entropy - joint.entropy, 10)
        expect(joint.entropy).toBeCloseTo(x.entropy + joint.yGivenX, 10)
        expect(x.counts.reduce((sum, each) => sum + each, 0)).toBe(n)
        expect(joint.counts.reduce((sum, each) => sum + each, 0)).toBe(n)
        // D(X‖Y) over the categories of both: infinite where Y never has what X has.
        const { relative } = joint
        expect(relative !== undefined).toBe(rows.some(([a]) => rows.some(([, b]) => a === b)))
        if (!relative) return
        const impossible = rows.some(([a]) => rows.every(([, b]) => a !== b))
        expect(relative.forward === Number.POSITIVE_INFINITY).toBe(impossible)
        expect(relative.forward).toBeGreaterThan(-1e-12)
        expect(relative.backward).toBeGreaterThan(-1e-12)
      }),
      { seed: 5, numRuns: 60 },
    )
  })

  test('a column says all of itself, and nothing of a constant', async () => {
    const table = await read(days)
    const { x, joint } = bothOf(measured(table, { x: 'outlook', y: 'outlook' }))
    expect(joint.mutual).toBeCloseTo(x.entropy, 12)
    expect(joint.xGivenY).toBeCloseTo(0, 12)
    expect(joint.relative).toEqual({ forward: 0, backward: 0 })
    const constant = bothOf(measured(await read('a,b\nx,1\ny,1\n')))
    expect([constant.y.entropy, constant.joint.mutual, constant.joint.chance]).toEqual([0, 0, 0])
  })
})

describe('J1: training beside validation', () => {
  test('another file, over the categories of either; the same bins', async () => {
    const training = await read('kind,size\na,0\na,5\nb,10\nb,10\n')
    const validation = await read('kind,size\na,-3\na,4\na,20\nc,2\n')
    const report = measured(training, { x: 'kind', y: 'size', yBins: { count: 2, by: 'width' } }, { table: validation })
    expect(report.heldOut).toBe(4)
    const kinds = report.x.shift
    expect(kinds).toMatchObject({ categories: ['a', 'b', 'c'], training: [2, 2, 0], validation: [3, 0, 1] })
    expect([kinds?.forward, kinds?.backward]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
    const sizes = bothOf(report).y.shift
    expect(sizes).toMatchObject({ categories: ['[0, 5)', '[5, 10]'], training: [1, 3], validation: [3, 1] })
    expect(sizes?.forward).toBeCloseTo(0.25 * Math.log2(1 / 3) + 0.75 * Math.log2(3), 12)
  })

  test('a share of the same rows, those that training holds out', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 3},${i % 2}`)
    const table = await read(`x,y\n${rows.join('\n')}\n`)
    const report = measured(table, {}, heldOut(table, 0.25, 7))
    expect(report.heldOut).toBe(10)
    const { x } = report
    expect(x.counts).toEqual([14, 13, 13])
    expect(x.shift?.training.map((count, i) => count + (x.shift?.validation[i] ?? 0))).toEqual(x.counts)
    expect(x.shift?.validation.reduce((sum, each) => sum + each, 0)).toBe(10)
    expect(measured(table, {}, heldOut(table, 0, 7)).x.shift).toBeUndefined()
  })
})

describe('J1: data sets that are no CSV file', () => {
  const noFiles = () => undefined

  test('a label alone has its entropy', async () => {
    const report = measured(await openColumns({ kind: 'digits', params: { samples: 400 } }, noFiles, 0))
    expect(report.x.column).toBe('label')
    expect(report.x.counts.reduce((sum, each) => sum + each, 0)).toBe(400)
    expect(report.x.entropy).toBeGreaterThan(3.2)
    expect([report.y, report.joint]).toEqual([undefined, undefined])
  })

  test('points are numbers in columns', async () => {
    const { x, y, joint } = bothOf(measured(await openColumns({ kind: 'points2d', params: { pattern: 'halves', noise: 0 } }, noFiles, 0)))
    expect([x.column, x.categories.length, y.column]).toEqual(['x', 8, 'label'])
    expect(joint.mutual).toBeGreaterThan(0.2)
    const corners = measured(await openColumns({ kind: 'points2d', params: { pattern: 'xor', noise: 0 } }, noFiles, 0))
    expect(corners.x.categories).toEqual(['0', '1'])
    // One bit of XOR says nothing of the answer.
    expect(bothOf(corners).joint.mutual).toBeCloseTo(0, 12)
  })

  test('a text is each token with the one that follows', async () => {
    const table = await openColumns({ kind: 'story', params: { numSteps: 10 } }, noFiles, 0)
    const { x, y, joint } = bothOf(measured(table, {}, heldOut(table, 0.2, 0)))
    expect([x.column, y.column]).toEqual(['tokens', 'targets'])
    // The chain of a text: what one place holds as a target, the next holds as a token.
    expect(x.entropy).toBeCloseTo(y.entropy, 2)
    expect(joint.yGivenX).toBeLessThan(y.entropy - 0.5)
    expect(x.shift?.forward).toBeGreaterThan(0)
    const words = await openColumns({ kind: 'story', params: { level: 'word' } }, noFiles, 0)
    expect(await codesOf(() => measured(words))).toEqual(['information.classes'])
  })

  test('the weather: the outlook says most of the decision, wind and outlook are independent', async () => {
    const table = await openColumns({ kind: 'weather', params: { samples: 20_000 } }, noFiles, 0)
    const saysOfPlay = (x: string) => bothOf(measured(table, { x })).joint.mutual
    expect(measured(table).columns.map(({ name }) => name)).toEqual(['outlook', 'temperature', 'humidity', 'wind', 'play'])
    expect(saysOfPlay('outlook')).toBeGreaterThan(2 * saysOfPlay('temperature'))
    const { mutual, chance } = bothOf(measured(table, { x: 'outlook', y: 'wind' })).joint
    expect(mutual).toBeLessThan(6 * chance)
  })

  test('what is neither a class nor a column is refused', async () => {
    const table: ColumnTable = { length: 3, columns: [], rowsPerSample: 1 }
    expect(await codesOf(() => measured(table))).toEqual(['information.nothing'])
  })
})

test('J1: bits and categories as people read them', () => {
  expect([1.5, -0.25, -1e-9, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN].map(formatBits)).toEqual([
    '1.5000',
    '−0.2500',
    '0.0000',
    '∞',
    '−∞',
    '–',
  ])
  expect(['a b', ' ', '\n', '', ' \t'].map((name) => shownCategory(name))).toEqual(['a b', '␣', '↵', '(no value)', '␣⇥'])
  expect(shownCategory('', 'zh')).toBe('（无值）')
})
