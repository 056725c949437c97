/**
 * @file A text as samples for language models (notes 002 §7): stretches of T tokens, and as targets the same one token further on.
 * In: a text, the settings, the vocabulary of the training text if this is another. Out: a data set. Every epoch begins at another of the
 * first T tokens, the first epoch at the first.
 */
import { diagnosedError } from '../../core/diagnostics'
import { Random } from '../../core/random'
import { choice, int, type ParamValues } from '../../layers/kit/params'
import type { Dataset, Field, OpenOptions } from '../dataset'
import { type TokenUnit, tokensIn } from './tokens'
import { Vocabulary } from './vocabulary'

export const stretchSpecs = {
  level: choice({
    label: { en: 'Tokens', zh: '词元' },
    help: {
      en: 'What the network reads and writes one at a time: characters make a small vocabulary and long sequences, words the opposite.',
      zh: '网络逐个读写的单位：字符的词表小而序列长，单词则相反。',
    },
    default: 'char',
    options: { char: { en: 'Characters', zh: '字符' }, word: { en: 'Words', zh: '单词' } },
  }),
  numSteps: int({
    label: { en: 'Steps', zh: '时间步数' },
    help: {
      en: 'Tokens in one sample: how far back the gradient reaches through time.',
      zh: '一个样本包含的词元数，即梯度沿时间回传的长度。',
    },
    default: 35,
    min: 1,
    max: 10_000,
  }),
  sampling: choice({
    label: { en: 'Batches', zh: '采样方式' },
    help: {
      en: 'In sequence, each batch goes on where the one before ended and recurrent layers keep their state until the epoch ends; at random, every sample begins without a past.',
      zh: '相邻采样时，每批样本承接上一批，循环层在一轮之内保留隐藏状态；随机采样时，每个样本都从零状态开始。',
    },
    default: 'sequential',
    options: { sequential: { en: 'In sequence', zh: '相邻采样' }, random: { en: 'At random', zh: '随机采样' } },
  }),
  minFrequency: int({
    label: { en: 'Least frequency', zh: '最低词频' },
    help: {
      en: 'Tokens that occur less often are all the same unknown token; keeps the vocabulary of words small.',
      zh: '出现次数低于此值的词元统一视为未知词元，可缩小单词词表。',
    },
    default: 1,
    min: 1,
    max: 1_000_000,
  }),
} as const

export type StretchSettings = ParamValues<typeof stretchSpecs>

/** The field that a language model reads. */
export const isTokens = ({ role, unit }: Field): boolean => role === 'input' && unit !== undefined

/** What a language model reads and what it is to answer; `names` by index. */
export function textFields(names: readonly string[], unit: TokenUnit, numSteps: number): readonly Field[] {
  const common = { dtype: 'i32', shape: [numSteps], classes: names.length, classNames: names, display: 'text', unit } as const
  return [
    { name: 'tokens', role: 'input', ...common },
    { name: 'targets', role: 'target', ...common },
  ]
}

/** `file`: what messages call the text. */
export function stretchesOf(text: string, settings: StretchSettings, { seed, like }: OpenOptions, file: string): Dataset {
  const { level, numSteps, sampling, minFrequency } = settings
  const known = like?.find(isTokens)?.classNames
  const vocabulary = known ? new Vocabulary(known) : Vocabulary.of(tokensIn(text, level), minFrequency)
  const corpus = vocabulary.encode(tokensIn(text, level))
  // Whichever token an epoch begins at, the last target is still in the text.
  const length = Math.floor(corpus.length / numSteps) - 1
  if (length < 1) throw diagnosedError('data.text-length', { file, got: corpus.length, expected: 2 * numSteps })
  const startOf = (epoch: number) => (epoch === 0 ? 0 : Random.seeded(seed, `start of epoch ${epoch}`).below(numSteps))
  return {
    fields: textFields(vocabulary.tokens, level, numSteps),
    length,
    contiguous: true,
    sequential: sampling === 'sequential',
    read(indices, { tokens, targets }, epoch) {
      const start = startOf(epoch)
      indices.forEach((index, i) => {
        const from = start + index * numSteps
        tokens?.set(corpus.subarray(from, from + numSteps), i * numSteps)
        targets?.set(corpus.subarray(from + 1, from + 1 + numSteps), i * numSteps)
      })
    },
  }
}
