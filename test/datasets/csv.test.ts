/** @file Tables from disk: headers, targets, images in rows, chunks, and errors that name file and line. */
import { describe, expect, it } from 'vitest'
import type { OpenOptions } from '../../engine/datasets/dataset'
import { openDataset } from '../../engine/datasets/open'
import { memoryFiles, samplesOf } from './memory-files'

const open = (text: string, params: Record<string, string | number[]> = {}, options: Partial<OpenOptions> = {}) =>
  openDataset({ kind: 'csv', params }, { seed: 0, files: memoryFiles('table.csv', { 'table.csv': text }), ...options })

describe('a table', () => {
  it('has its target last; whole numbers are classes', async () => {
    const dataset = await open('1,2.5,0\n3,4,2\n-5,6e1,1\n')
    expect(dataset.length).toBe(3)
    expect(dataset.fields).toMatchObject([
      { name: 'features', shape: [2], columns: ['column 1', 'column 2'] },
      { name: 'label', dtype: 'i32', classes: 3, classNames: ['0', '1', '2'] },
    ])
    const { features, label } = await samplesOf(dataset, [2, 0])
    expect([...(features ?? [])]).toEqual([-5, 60, 1, 2.5])
    expect([...(label ?? [])]).toEqual([1, 0])
  })

  it('may have a header, Windows line ends, a byte-order mark, quotes, semicolons and blank lines', async () => {
    const dataset = await open('\uFEFF"width";"kind";"height"\r\n1;a;2\r\n\r\n3;b;"4"\r\n', { label: 'kind' })
    expect(dataset.fields).toMatchObject([{ columns: ['width', 'height'] }, { classNames: ['a', 'b'] }])
    const { features, label } = await samplesOf(dataset, [0, 1])
    expect([...(features ?? [])]).toEqual([1, 2, 3, 4])
    expect([...(label ?? [])]).toEqual([0, 1])
  })

  it('may have two columns that semicolons or tabs part', async () => {
    for (const delimiter of [';', '\t']) {
      const { features, label } = await samplesOf(await open(['1,0', '3,1', ''].join('\n').replaceAll(',', delimiter)), [0, 1])
      expect([...(features ?? []), ...(label ?? [])]).toEqual([1, 3, 0, 1])
    }
  })

  it('tells word targets from a header', async () => {
    const words = await open('5.1,3.5,setosa\n4.9,3.0,virginica\n')
    expect(words.length).toBe(2)
    expect(words.fields[1]).toMatchObject({ classNames: ['setosa', 'virginica'] })
    expect((await open('x,y,class\n1,2,0\n3,4,1\n')).length).toBe(2)
    expect((await open('0,1,class\n1,2,0\n3,4,1\n')).length).toBe(2)
  })

  it('with real targets is for regression', async () => {
    const dataset = await open('1,2,0.5\n3,4,1.5\n')
    expect(dataset.fields[1]).toMatchObject({ name: 'target', dtype: 'f32', shape: [1] })
    expect([...((await samplesOf(dataset, [1])).target ?? [])]).toEqual([1.5])
    expect((await open('1,2,0\n3,4,1\n', { target: 'number' })).fields[1]).toMatchObject({ dtype: 'f32' })
  })

  it('may hold images, resized where asked', async () => {
    const row = '0,1,2,3,7\n'
    const dataset = await open(row, { shape: [1, 2, 2] })
    expect(dataset.fields[0]).toMatchObject({ name: 'image', shape: [1, 2, 2], display: 'image' })
    const large = await open(row, { shape: [1, 2, 2] }, { imageSize: 4 })
    expect(large.fields[0]?.shape).toEqual([1, 4, 4])
    const { image } = await samplesOf(large, [0])
    expect([...(image ?? [])].slice(0, 4)).toEqual([0, 0.25, 0.75, 1])
    await expect(open(row, { shape: [1, 3, 3] })).rejects.toMatchObject({ diagnostics: [{ code: 'data.row-shape', file: 'table.csv' }] })
  })

  it('may be very wide', async () => {
    const wide = await open(`${'1,'.repeat(2_000_000)}0\n`)
    expect(wide.fields[0]?.shape).toEqual([2_000_000])
  })

  it('refuses numbers that single precision cannot hold', async () => {
    await expect(open('1,2,0\n1,1e39,1\n')).rejects.toMatchObject({ diagnostics: [{ code: 'data.range', values: { line: 2, column: 2 } }] })
    await expect(open('1,2,0.5\n1,1,-1e39\n')).rejects.toMatchObject({
      diagnostics: [{ code: 'data.range', values: { line: 2, column: 3 } }],
    })
  })

  it('is read in chunks that end inside lines, quotes and characters', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `${i},"${i / 2}",${i % 2 ? '"été"' : '"hiver"'}`)
    const dataset = await open(`höhe,breite,saison\n${lines.join('\n')}`)
    expect(dataset.length).toBe(30_000)
    const { features, label } = await samplesOf(dataset, [29_999, 4097])
    expect([...(features ?? [])]).toEqual([29_999, 14_999.5, 4097, 2048.5])
    expect([...(label ?? [])]).toEqual([1, 1])
  })

  it('takes the classes of the training data for validation', async () => {
    const { fields } = await open('1,a\n2,b\n3,c\n')
    const { label } = await samplesOf(await open('1,c\n2,a\n', {}, { like: fields }), [0, 1])
    expect([...(label ?? [])]).toEqual([2, 0])
    await expect(open('1,d\n', {}, { like: fields })).rejects.toMatchObject({ diagnostics: [{ code: 'data.class', file: 'table.csv' }] })
  })
})

describe('errors name file and line', () => {
  it.each([
    ['ragged rows', '1,2,0\n1,2,3,0\n', { code: 'data.columns', values: { line: 2, expected: 3, got: 4 } }],
    ['words among numbers', '1,2,0\n1,2,1\n\n1,x,0\n', { code: 'data.number', values: { line: 4, column: 2, got: 'x' } }],
    ['missing values', '1,2,0\n1,,1\n', { code: 'data.number', values: { line: 2, column: 2, got: '' } }],
    ['missing targets', '1,2,0\n1,2,\n', { code: 'data.number', values: { line: 2, column: 3 } }],
    ['a quotation mark that nothing closes', '1,2,a\n1,2,b\n3,4,"a\n5,6,b\n', { code: 'data.quote', values: { line: 3 } }],
    ['an empty file', '', { code: 'data.empty' }],
    ['nothing but a header', 'a,b,c\n', { code: 'data.empty' }],
    ['labels without features', '1\n2\n', { code: 'data.one-column' }],
    ['a header and labels without features', 'kind\nred\nblue\n', { code: 'data.one-column' }],
  ])('%s', async (_, text, expected) => {
    await expect(open(text)).rejects.toMatchObject({ diagnostics: [{ ...expected, file: 'table.csv' }] })
  })

  it('far down a file of several chunks', async () => {
    const lines = Array.from({ length: 200_000 }, () => '1.25,2.5,0')
    lines[199_000] = '1,oops,0'
    await expect(open(lines.join('\r\n'))).rejects.toMatchObject({ diagnostics: [{ values: { line: 199_001, got: 'oops' } }] })
  })

  it('a column that is not there', async () => {
    await expect(open('a,b,c\n1,2,0\n', { label: 'z' })).rejects.toMatchObject({ diagnostics: [{ code: 'data.label-column' }] })
  })
})
