/**
 * @file A small world of categories: what the weather is like, and whether the match is played. Made on demand by rules and chances of our own.
 * In: number of days and a seed. Out: outlook, temperature, humidity and wind as one-hot features, and the decision as a class; as columns, in words.
 * The outlook says most of the decision, the wind something, the temperature little but through the outlook; wind and outlook are independent.
 */
import { hash32, keyOf, Random } from '../../core/random'
import { int } from '../../layers/kit/params'
import type { ColumnTable } from '../columns/column'
import { defineDataset } from '../dataset'

const values = {
  outlook: ['sunny', 'overcast', 'rainy'],
  temperature: ['hot', 'mild', 'cool'],
  humidity: ['high', 'normal'],
  wind: ['calm', 'strong'],
} as const
const features = Object.entries(values)
const width = features.reduce((sum, [, names]) => sum + names.length, 0)
const decisions = ['no', 'yes'] as const

/** By outlook. */
const outlooks = [0.4, 0.25, 0.35]
const temperatures = [
  [0.5, 0.35, 0.15],
  [0.2, 0.5, 0.3],
  [0.1, 0.45, 0.45],
] as const
const humid = [0.4, 0.5, 0.7] as const
const strongWind = 0.4

interface Day {
  /** In the order of `values`. */
  readonly codes: readonly [number, number, number, number]
  readonly play: number
}

function drawn(random: Random, chances: readonly number[]): number {
  let left = random.uniform()
  for (const [index, chance] of chances.entries()) {
    if (left < chance) return index
    left -= chance
  }
  return chances.length - 1
}

/** Nobody plays in a storm; overcast days are played in nearly always, sunny ones unless it is sultry, rainy ones when it is calm. */
function chanceOfPlay([outlook, temperature, humidity, wind]: Day['codes']): number {
  if (outlook === 1) return 0.95
  if (outlook === 0) return humidity === 0 ? (temperature === 0 ? 0.05 : 0.3) : 0.9
  return wind === 1 ? 0.05 : 0.8
}

function dayOf(random: Random): Day {
  const outlook = drawn(random, outlooks)
  const codes = [
    outlook,
    drawn(random, temperatures[outlook] ?? []),
    drawn(random, [humid[outlook] ?? 0, 1]),
    drawn(random, [1 - strongWind, strongWind]),
  ] as const
  return { codes, play: Number(random.uniform() < chanceOfPlay(codes)) }
}

const daysOf = (seed: number): ((index: number) => Day) => {
  const key = keyOf(seed, 'weather')
  return (index) => dayOf(new Random(hash32(key, index)))
}

export default defineDataset({
  kind: 'weather',
  title: { en: 'Weather and play', zh: '天气与比赛' },
  summary: {
    en: 'Days with outlook, temperature, humidity and wind in words, and whether a match was played: categories to measure information with.',
    zh: '若干天的天气状况、气温、湿度和风力（均为类别），以及比赛是否举行：适合用来度量信息。',
  },
  onDisk: false,
  params: {
    samples: int({
      label: { en: 'Days', zh: '天数' },
      help: { en: 'How many days are drawn; each is one sample.', zh: '随机生成的天数，每天为一个样本。' },
      default: 500,
      min: 20,
      max: 1_000_000,
    }),
  },
  columns: async ({ samples }, { seed }): Promise<ColumnTable> => {
    const dayAt = daysOf(seed)
    const days = Array.from({ length: samples }, (_, index) => dayAt(index))
    return {
      length: samples,
      columns: [
        ...features.map(([name, names], at) => ({
          name,
          categories: { names, codes: Uint8Array.from(days, ({ codes }) => codes[at] ?? 0) },
        })),
        { name: 'play', categories: { names: decisions, codes: Uint8Array.from(days, ({ play }) => play) } },
      ],
      target: 'play',
      rowsPerSample: 1,
    }
  },
  open: async ({ samples }, { seed }) => {
    const dayAt = daysOf(seed)
    return {
      fields: [
        {
          name: 'features',
          dtype: 'f32',
          shape: [width],
          role: 'input',
          display: 'table',
          columns: features.flatMap(([name, names]) => names.map((each) => `${name}: ${each}`)),
        },
        { name: 'label', dtype: 'i32', shape: [], role: 'target', classes: decisions.length, classNames: decisions, display: 'text' },
      ],
      length: samples,
      read(indices, out) {
        for (let i = 0; i < indices.length; i++) {
          const { codes, play } = dayAt(indices[i] as number)
          if (out.label) out.label[i] = play
          if (!out.features) continue
          let at = i * width
          out.features.fill(0, at, at + width)
          for (const [feature, [, names]] of features.entries()) {
            out.features[at + (codes[feature] ?? 0)] = 1
            at += names.length
          }
        }
      },
    }
  },
})
