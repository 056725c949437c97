/** @file Rosenblatt's perceptron (1958; notes 001, 002 §2, 004) on XOR, where it must fail: no line parts the corners. */
import { batchSize } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'

export default template({
  id: 'perceptron',
  title: { en: 'Perceptron on XOR', zh: '感知机与异或' },
  section: 'fundamentals',
  summary: {
    en: 'One threshold unit, trained by the perceptron rule. On XOR it never settles; give it the noisy points of another pattern that a line parts, and it does.',
    zh: '一个阈值单元，用感知机法则训练。在异或上永不收敛；换成线性可分的数据，它就会收敛。',
  },
  source: {
    en: 'Rosenblatt 1958; Minsky and Papert 1969; notes 001, 002 §2 and 004',
    zh: 'Rosenblatt 1958；Minsky、Papert 1969；笔记 001、002 第 2 节、004',
  },
  expected: {
    en: 'At least one corner of the four stays wrong, and the line keeps moving from corner to corner.',
    zh: '四个角中至少有一个始终分错，分界线不断来回移动。',
  },
  lessons: [{ title: { en: 'The perceptron fails on XOR', zh: '感知机无法解决异或' }, weights: 'fresh' }],
  params: { batchSize: batchSize(1) },
  build(g) {
    const fires = g.step(g.dense(g.input('features', [2]), { numHiddens: 1 }))
    g.meanSquaredError(fires, g.label('target', { type: 'number', shape: [1] }))
  },
  data: { kind: 'points2d', params: { pattern: 'xor', target: 'number', noise: 0 } },
  training: (p) => ({ optimizer: 'perceptron', lr: 0.1, batchSize: p.batchSize, epochs: 2 }),
})
