/** @file The n-gram language model with Laplace smoothing (notes 002 §1, §7): counts instead of gradients. */
import { batchSize, numSteps, vocabularySize } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'
import { int } from '../engine/layers/kit/params'

export default template({
  id: 'ngram',
  title: { en: 'n-gram language model', zh: 'n 元语法语言模型' },
  section: 'sequence',
  summary: {
    en: 'Counts which character follows which, and smooths the counts with those of shorter contexts. What it reaches in one reading is what a recurrent network has to beat.',
    zh: '统计字符之后出现什么字符，并用更短上下文的统计作平滑。通读一遍即达到的效果，是循环网络需要超越的基准。',
  },
  source: { en: 'notes 002 §1 and §7', zh: '笔记 002 第 1、7 章' },
  expected: {
    en: 'A perplexity of 5.7 on the part of the story that is held out, after one reading.',
    zh: '通读一遍后，在留出的故事片段上困惑度为 5.7。',
  },
  params: {
    order: int({
      label: { en: 'n', zh: 'n' },
      help: { en: 'How many characters are counted together.', zh: '一起计数的字符个数。' },
      default: 3,
      min: 1,
      max: 3,
    }),
    numSteps: numSteps(35),
    vocabularySize: vocabularySize(),
    batchSize: batchSize(32),
  },
  build(g, p) {
    const tokens = g.input('tokens', { shape: [p.numSteps], dtype: 'i32', classes: p.vocabularySize })
    const targets = g.label('targets', { shape: [p.numSteps], classes: p.vocabularySize })
    g.softmaxCrossEntropy(g.ngram(tokens, targets, { classes: p.vocabularySize, order: p.order }), targets)
  },
  data: (p) => ({ kind: 'story', params: { numSteps: p.numSteps } }),
  training: (p) => ({ optimizer: 'sgd', batchSize: p.batchSize, epochs: 1 }),
})
