/** @file Text as data (SYSTEMS F1): tokens, vocabularies, stretches, and the two ways to make batches of them. */
import { describe, expect, it, test } from 'vitest'
import { bindFields } from '../../engine/datasets/bind'
import type { Dataset } from '../../engine/datasets/dataset'
import { openDataset } from '../../engine/datasets/open'
import { prepareData } from '../../engine/datasets/prepare'
import { recognise } from '../../engine/datasets/recognise'
import { splitIndices } from '../../engine/datasets/split'
import { story } from '../../engine/datasets/text/story'
import { joined, tokensIn, tokensOf } from '../../engine/datasets/text/tokens'
import { UNKNOWN, Vocabulary } from '../../engine/datasets/text/vocabulary'
import type { GraphDocument } from '../../engine/document/schema'
import { inferShapes } from '../../engine/shapes/infer'
import { epochOrder } from '../../engine/train/batches'
import { templates } from '../../templates/registry'
import { memoryFiles, samplesOf } from './memory-files'

const open = (text: string | Uint8Array, params: Record<string, number | string> = {}, seed = 0): Promise<Dataset> =>
  openDataset({ kind: 'textFile', params: { path: 'a.txt', ...params } }, { seed, files: memoryFiles('a.txt', { 'a.txt': text }) })

const textOf = (dataset: Dataset, indices: ArrayLike<number> | undefined): string =>
  joined(tokensOf(dataset.fields[0]?.classNames ?? [], indices ?? []), dataset.fields[0]?.unit ?? 'char')

const codeOf = (work: Promise<unknown>): Promise<unknown> => work.then(String, (error) => error.diagnostics[0].code)

describe('tokens (F1)', () => {
  it('characters are code points, and every line break is one', () => {
    expect([...tokensIn('a😀\r\nb\r', 'char')]).toEqual(['a', '😀', '\n', 'b', '\n'])
  })
  it('words keep what joins them; every other mark is a word of its own', () => {
    expect([...tokensIn('Isn’t it well-made, “Mara”?\n42 bees…', 'word')]).toEqual([
      'Isn’t',
      'it',
      'well-made',
      ',',
      '“',
      'Mara',
      '”',
      '?',
      '42',
      'bees',
      '…',
    ])
  })
  it('joined words read as a text', () => {
    const text = 'She said (once): “Go, then!” And he went.'
    expect(joined([...tokensIn(text, 'word')], 'word')).toBe(text)
    expect(joined([...tokensIn(story, 'char')], 'char')).toBe(story)
  })
})

describe('a vocabulary (F1)', () => {
  it('has the frequent first, equals in the order of their code points, and one token for all that is rare', () => {
    const { tokens } = Vocabulary.of(tokensIn('b a b c a b d', 'word'), 1)
    expect(tokens).toEqual([UNKNOWN, 'b', 'a', 'c', 'd'])
    const small = Vocabulary.of(tokensIn('b a b c a b d', 'word'), 2)
    expect(small.tokens).toEqual([UNKNOWN, 'b', 'a'])
    expect([...small.encode(['a', 'c', 'b', 'z'])]).toEqual([2, 0, 1, 0])
  })
})

describe('stretches of a text (F1)', () => {
  const text = 'abcdefghijklmnopqrstuvwxyz'
  it('targets are the tokens, one further on', async () => {
    const dataset = await open(text, { numSteps: 5 })
    expect(dataset.length).toBe(4)
    const { tokens, targets } = await samplesOf(dataset, [0, 3])
    expect(textOf(dataset, tokens)).toBe('abcdepqrst')
    expect(textOf(dataset, targets)).toBe('bcdefqrstu')
    expect(dataset.fields.map(({ classes, shape }) => [classes, shape])).toEqual([
      [27, [5]],
      [27, [5]],
    ])
  })
  it('every epoch begins at one of the first T tokens, the first at the first, the same for the same seed', async () => {
    const starts = async (seed: number) => {
      const dataset = await open(text, { numSteps: 5 }, seed)
      const first = async (epoch: number) => textOf(dataset, (await samplesOf(dataset, [0, 3], epoch)).targets).slice(-1)
      return Promise.all(Array.from({ length: 40 }, (_, epoch) => first(epoch)))
    }
    const found = await starts(1)
    expect(found[0]).toBe('u')
    expect(new Set(found)).toEqual(new Set(['u', 'v', 'w', 'x', 'y']))
    expect(await starts(1)).toEqual(found)
    expect(await starts(2)).not.toEqual(found)
  })
  it('another text has the vocabulary of the training text', async () => {
    const { fields } = await open(text, { numSteps: 5 })
    const files = memoryFiles('a.txt', { 'a.txt': 'Ab'.repeat(20) })
    const other = await openDataset({ kind: 'textFile', params: { path: 'a.txt', numSteps: 5 } }, { seed: 0, files, like: fields })
    expect(other.fields[0]?.classes).toBe(27)
    expect([...((await samplesOf(other, [0])).tokens ?? [])]).toEqual([0, 2, 0, 2, 0])
  })
  it('says what is wrong with a text', async () => {
    expect(await codeOf(open('too short', { numSteps: 35 }))).toBe('data.text-length')
    expect(await codeOf(open(Uint8Array.of(0x61, 0xff, 0xfe, 0x62)))).toBe('data.text')
    expect(await codeOf(open(text, { numSteps: 0 }))).toBe('param.invalid')
    expect(await codeOf(open(text, { level: 'syllable' }))).toBe('param.invalid')
  })
  it('the end is held out, and nothing that an epoch may shift into it', () => {
    const { training, validation } = splitIndices(20, 0.1, 0, true)
    expect([...validation]).toEqual([18, 19])
    expect([...training]).toEqual(Array.from({ length: 17 }, (_, i) => i))
  })
})

test('F1: in sequence, each row of a batch goes on where the same row of the batch before ended', async () => {
  const dataset = await open('abcdefghijklmnopqrstuvwxyz', { numSteps: 2 })
  expect(dataset.sequential).toBe(true)
  const indices = Uint32Array.from({ length: dataset.length }, (_, i) => i)
  const order = epochOrder(indices, 0, 0, { shuffle: true, rows: 3 })
  const batches = await Promise.all(
    [0, 1, 2, 3].map(async (step) => textOf(dataset, (await samplesOf(dataset, [...order.subarray(3 * step, 3 * step + 3)])).tokens)),
  )
  expect(batches).toEqual(['abijqr', 'cdklst', 'efmnuv', 'ghopwx'])
})

describe('which file is a text', () => {
  const kindOf = async (name: string, content: string) => (await recognise(memoryFiles(name, { [name]: content }))).source.kind
  it('prose is, whatever its commas; numbers in columns are a table', async () => {
    expect(await kindOf('a.txt', 'Once, there was a mill.\nIt stood still, then.\n')).toBe('textFile')
    expect(await kindOf('a.md', '# Title\n')).toBe('textFile')
    expect(await kindOf('a.txt', 'x,y,label\n1,2,cat\n3,4,dog\n')).toBe('csv')
    expect(await kindOf('a.data', '5.1;3.5;setosa\n4.9;3.0;setosa\n')).toBe('csv')
    expect(await kindOf('a.csv', 'a,b\n')).toBe('csv')
  })
})

test('tokens, targets and their number of steps change together', async () => {
  const document = templates.get('rnn-lm')?.create({ numHiddens: 4 }) as GraphDocument
  const data = { ...document.data, source: { kind: 'story', params: { numSteps: 20 } } }
  const prepared = await prepareData({ ...document, data }, () => undefined)
  const shaped = inferShapes(prepared.document)
  expect(shaped.diagnostics).toEqual([])
  expect(bindFields(shaped, prepared.fields).bindings.map(({ node, type }) => [node, type.shape])).toEqual([
    ['tokens', [20]],
    ['targets', [20]],
  ])
})
