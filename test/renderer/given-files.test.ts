import { describe, expect, test } from 'vitest'
import { choiceOf } from '../../renderer/panels/dock/given-files'

const entry = (path: string) => ({ path, file: new File([''], path.split('/').at(-1) ?? '') })
const names = (choice: ReturnType<typeof choiceOf>) => choice?.groups.map(({ name, files }) => [name, files.map(({ path }) => path)])

describe('chosen files', () => {
  test('a folder is one group, with paths inside it', () => {
    const choice = choiceOf([entry('pets/cat/1.png'), entry('pets/dog/2.png')])
    expect(names(choice)).toEqual([['pets', ['cat/1.png', 'dog/2.png']]])
    expect(choice?.source).toBe('pets')
  })

  test('one table is a source', () => {
    expect(choiceOf([entry('iris.csv')])).toMatchObject({ source: 'iris.csv', validation: undefined })
  })

  test.each([
    [['optdigits.tes.csv', 'optdigits.tra.csv'], 'optdigits.tra.csv', 'optdigits.tes.csv'],
    [['test.csv', 'train.csv'], 'train.csv', 'test.csv'],
    [['a.csv', 'b.csv'], 'a.csv', undefined],
    [['latest.csv', 'contest.csv'], 'latest.csv', undefined],
  ])('of the tables %j %s trains and %s validates', (paths, source, validation) => {
    expect(choiceOf(paths.map(entry))).toMatchObject({ source, validation })
  })

  test('MNIST’s four files are one group', () => {
    const paths = ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz', 't10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz']
    expect(names(choiceOf(paths.map(entry)))).toEqual([[paths[0], paths]])
  })

  test('nothing is nothing', () => {
    expect(choiceOf([])).toBeUndefined()
  })
})
