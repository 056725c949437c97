/** @file Language model on long short-term memory (Hochreiter and Schmidhuber 1997; notes 002 §7). */
import { batchSize, numHiddens, numSteps, vocabularySize } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'

export default template({
  id: 'lstm-lm',
  title: { en: 'LSTM language model', zh: '长短期记忆语言模型' },
  section: 'sequence',
  summary: {
    en: 'A memory cell beside the state, and gates for writing, keeping and reading it: the usual choice where what matters lies far back.',
    zh: '在隐藏状态之外另设记忆细胞，由门控制写入、保留和读出：适合依赖较远上文的任务。',
  },
  source: { en: 'Hochreiter and Schmidhuber 1997; notes 002 §7', zh: 'Hochreiter、Schmidhuber 1997；笔记 002 第 7 章' },
  expected: {
    en: 'A perplexity below 6 on the part of the story that is held out; three letters counted together (n-gram) reach 5.7.',
    zh: '在留出的故事片段上困惑度低于 6；作为对照，三元语法为 5.7。',
  },
  params: {
    numHiddens: numHiddens(256),
    numSteps: numSteps(35),
    vocabularySize: vocabularySize(),
    batchSize: batchSize(32),
  },
  build(g, p) {
    const tokens = g.input('tokens', { shape: [p.numSteps], dtype: 'i32', classes: p.vocabularySize })
    const { y } = g.lstm(g.oneHotEncoding(tokens, { classes: p.vocabularySize }), { numHiddens: p.numHiddens })
    const logits = g.dense(y, { numHiddens: p.vocabularySize })
    g.softmaxCrossEntropy(logits, g.label('targets', { shape: [p.numSteps], classes: p.vocabularySize }))
  },
  data: (p) => ({ kind: 'story', params: { numSteps: p.numSteps } }),
  training: (p) => ({ optimizer: 'sgd', lr: 2, clipNorm: 1, batchSize: p.batchSize, epochs: 50 }),
})
