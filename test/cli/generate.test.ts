/** @file `netloom generate` and text files on the command line, from training to the text. */
import { writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { story } from '../../engine/datasets/text/story'
import { netloom, scratch } from './run'

const at = scratch()
const small = ['--set', 'numHiddens=8', '--set', 'numSteps=10', '--set', 'batchSize=4', '--backend', 'wasm', '--threads', '1']

beforeAll(() => {
  writeFileSync(at('story.txt'), story.slice(0, 2000).toLowerCase())
})

/** Trains an epoch on a text file. */
const train = (out: string, ...more: string[]) =>
  netloom('train', 'gru-lm', '--data', at('story.txt'), ...small, '--epochs', '1', '--out', at(out), '--json', ...more)
const written = async (weights: string, ...words: string[]): Promise<{ prefix: string; text: string }> => {
  const ran = await netloom('generate', 'gru-lm', '--weights', at(weights), ...small, ...words, '--json')
  expect(ran).toMatchObject({ code: 0, err: '' })
  return JSON.parse(ran.out)
}

describe('a language model on a text file (F1, F3)', () => {
  it('tells the perplexity: the exponential of the loss', async () => {
    const ran = await train('w', '--metrics', at('m.jsonl'))
    expect(ran.code).toBe(0)
    const told = JSON.parse(ran.out)
    expect(told.perplexity).toBeCloseTo(Math.exp(told.loss), 3)
    expect(told.validationPerplexity).toBeCloseTo(Math.exp(told.validationLoss), 3)
  })

  it('writes on from the prefix, with the vocabulary that the weights were trained on', async () => {
    await train('w')
    const wish = ['--prefix', 'the river ', '--length', '30', '--seed', '5']
    const { prefix, text } = await written('w', ...wish)
    expect(prefix).toBe('the river ')
    expect(text).toHaveLength(30)
    expect([...text].every((character) => story.toLowerCase().includes(character))).toBe(true)
    expect((await written('w', ...wish)).text).toBe(text)
    expect((await written('w', '--prefix', 'the river ', '--length', '30', '--seed', '6')).text).not.toBe(text)
    const bold = ['--prefix', 'the river ', '--length', '30', '--temperature', '0']
    expect((await written('w', ...bold, '--seed', '1')).text).toBe((await written('w', ...bold, '--seed', '2')).text)
    const plain = await netloom('generate', 'gru-lm', '--weights', at('w'), ...small, ...wish)
    expect(plain).toEqual({ code: 0, out: `the river ${text}\n`, err: '' })
  })

  it('reads and writes words as well as characters', async () => {
    await train('words', '--set', 'level=word', '--set', 'minFrequency=2')
    const { text } = await written('words', '--prefix', 'the river', '--length', '12')
    expect(text).not.toContain('<unk>')
    expect(text.startsWith(' ') || /^[.,!?":]/.test(text)).toBe(true)
  })

  it('measures another text with the vocabulary of the first', async () => {
    await train('w')
    writeFileSync(at('other.txt'), 'The mill stood still. '.repeat(20))
    const ran = await netloom('evaluate', 'gru-lm', '--weights', at('w'), '--data', at('other.txt'), ...small, '--json')
    expect(ran.err).toBe('')
    const { perplexity, loss } = JSON.parse(ran.out)
    expect(perplexity).toBeCloseTo(Math.exp(loss), 3)
  })

  it('samples at random when asked to, and refuses what cannot be', async () => {
    expect(await train('random', '--set', 'sampling=random')).toMatchObject({ code: 0 })
    const short = await train('none', '--set', 'numSteps=1500')
    expect(short).toMatchObject({ code: 1, out: '' })
    expect(short.err).toContain('error[data.text-length]')
    expect(await netloom('generate', 'gru-lm', '--weights', at('w'), '--temperature', '-1')).toMatchObject({ code: 2 })
    expect(await netloom('generate', 'gru-lm')).toMatchObject({ code: 2 })
  })
})
