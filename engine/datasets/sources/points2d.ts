/**
 * @file Points in the plane: the classic toy problems that a line cannot part, and one that it can, made on demand.
 * In: pattern, number of points, noise and a seed. Out: two features and a class (or the class as a number, for regression).
 * XOR lies on the corners of the unit square; the others fill about [−1, 1]².
 */
import { hash32, keyOf, Random } from '../../core/random'
import { choice, float, int } from '../../layers/kit/params'
import { defineDataset } from '../dataset'

type Place = (index: number, classOf: number, random: Random) => readonly [number, number]

const patterns: Readonly<Record<'xor' | 'spirals' | 'moons' | 'circles' | 'halves', Place>> = {
  /** Samples go round the corners 00, 01, 11, 10; equal bits are class 0. */
  xor: (index, classOf) => {
    const first = Math.floor(index / 2) % 2
    return [first, classOf === 0 ? first : 1 - first]
  },
  /** Two arms, each one and three quarter turns long; even along the arm. */
  spirals: (_, classOf, random) => {
    const along = Math.sqrt(random.uniform(0.01, 1))
    const angle = along * 3.5 * Math.PI + classOf * Math.PI
    return [along * Math.cos(angle), along * Math.sin(angle)]
  },
  /** Two half circles that reach into each other. */
  moons: (_, classOf, random) => {
    const angle = random.uniform(0, Math.PI)
    return classOf === 0
      ? [(Math.cos(angle) - 0.5) / 1.5, (Math.sin(angle) - 0.25) / 1.5]
      : [(0.5 - Math.cos(angle)) / 1.5, (0.25 - Math.sin(angle)) / 1.5]
  },
  /** A ring around a ring. */
  circles: (_, classOf, random) => {
    const radius = classOf === 0 ? 1 : 0.5
    const angle = random.uniform(0, 2 * Math.PI)
    return [radius * Math.cos(angle), radius * Math.sin(angle)]
  },
  /** On either side of a slanting line, with a gap between: what a perceptron can learn. */
  halves: (_, classOf, random) => {
    const across = (classOf === 0 ? -1 : 1) * random.uniform(0.1, 0.9)
    const along = random.uniform(-0.9, 0.9)
    return [0.8 * across - 0.6 * along, 0.6 * across + 0.8 * along]
  },
}

export default defineDataset({
  kind: 'points2d',
  title: { en: 'Points in the plane', zh: '平面点集' },
  summary: {
    en: 'Two classes of points that no straight line parts (XOR, spirals, moons or circles), or halves of a square that one does.',
    zh: '两类点：无法用直线分开的异或、螺旋、双月、同心圆，以及可用直线分开的两半。',
  },
  onDisk: false,
  params: {
    pattern: choice({
      label: { en: 'Pattern', zh: '图案' },
      help: { en: 'How the two classes lie in the plane.', zh: '两类点在平面上的分布方式。' },
      default: 'xor',
      options: {
        xor: { en: 'XOR', zh: '异或' },
        spirals: { en: 'Spirals', zh: '螺旋' },
        moons: { en: 'Moons', zh: '双月' },
        circles: { en: 'Circles', zh: '同心圆' },
        halves: { en: 'Halves', zh: '两半' },
      },
    }),
    samples: int({
      label: { en: 'Samples', zh: '样本数' },
      help: { en: 'How many points there are in all.', zh: '数据集中点的总数。' },
      default: 1000,
      min: 4,
      max: 1_000_000,
    }),
    noise: float({
      label: { en: 'Noise', zh: '噪声' },
      help: { en: 'Standard deviation of the normal noise on both coordinates.', zh: '两个坐标上正态噪声的标准差。' },
      default: 0.1,
      min: 0,
      max: 2,
    }),
    target: choice({
      label: { en: 'Target', zh: '目标' },
      help: { en: 'A class for classification, or the number 0 or 1 for regression.', zh: '用于分类的类别，或用于回归的数 0 或 1。' },
      default: 'class',
      options: { class: { en: 'Class', zh: '类别' }, number: { en: 'Number', zh: '数' } },
    }),
  },
  open: async (params, { seed }) => {
    const key = keyOf(seed, `points2d ${params.pattern}`)
    const place = patterns[params.pattern]
    return {
      fields: [
        { name: 'features', dtype: 'f32', shape: [2], role: 'input', display: 'points', columns: ['x', 'y'] },
        params.target === 'class'
          ? { name: 'label', dtype: 'i32', shape: [], role: 'target', classes: 2, classNames: ['0', '1'], display: 'text' }
          : { name: 'target', dtype: 'f32', shape: [1], role: 'target', display: 'table', columns: ['class'] },
      ],
      length: params.samples,
      read(indices, out) {
        const target = out.label ?? out.target
        for (let i = 0; i < indices.length; i++) {
          const index = indices[i] as number
          const classOf = index % 2
          const random = new Random(hash32(key, index))
          const [x, y] = place(index, classOf, random)
          if (out.features) {
            out.features[2 * i] = x + params.noise * random.normal()
            out.features[2 * i + 1] = y + params.noise * random.normal()
          }
          if (target) target[i] = classOf
        }
      },
    }
  },
})
