/** @file Language model on several recurrent layers (notes 002 §7): each reads the states of the one below. */
import { batchSize, numHiddens, numLayers, numSteps, vocabularySize } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'
import type { Handle } from '../engine/builder/types'

export default template({
  id: 'deep-rnn-lm',
  title: { en: 'Deep recurrent language model', zh: '深度循环神经网络语言模型' },
  section: 'sequence',
  summary: {
    en: 'Recurrent layers on top of each other: the lower see characters, the upper what the lower have made of them.',
    zh: '循环层逐层叠放：下层看到字符，上层看到下层提取的内容。',
  },
  source: { en: 'Pascanu et al. 2014; notes 002 §7', zh: 'Pascanu 等 2014；笔记 002 第 7 章' },
  expected: {
    en: 'A perplexity of about 7 on the part of the story that is held out; three letters counted together (n-gram) reach 5.7.',
    zh: '在留出的故事片段上困惑度约 7；作为对照，三元语法为 5.7。',
  },
  params: {
    numHiddens: numHiddens(256),
    numLayers: numLayers(2),
    numSteps: numSteps(35),
    vocabularySize: vocabularySize(),
    batchSize: batchSize(32),
  },
  build(g, p) {
    const tokens = g.input('tokens', { shape: [p.numSteps], dtype: 'i32', classes: p.vocabularySize })
    let x: Handle = g.oneHotEncoding(tokens, { classes: p.vocabularySize })
    for (let layer = 0; layer < p.numLayers; layer++) x = g.rnn(x, { numHiddens: p.numHiddens }).y
    const logits = g.dense(x, { numHiddens: p.vocabularySize })
    g.softmaxCrossEntropy(logits, g.label('targets', { shape: [p.numSteps], classes: p.vocabularySize }))
  },
  data: (p) => ({ kind: 'story', params: { numSteps: p.numSteps } }),
  training: (p) => ({ optimizer: 'sgd', lr: 1, clipNorm: 1, batchSize: p.batchSize, epochs: 30 }),
})
