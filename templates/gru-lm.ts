/** @file Language model on gated recurrent units (Cho et al. 2014; notes 002 §7). */
import { batchSize, numHiddens, numSteps, vocabularySize } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'

export default template({
  id: 'gru-lm',
  title: { en: 'GRU language model', zh: '门控循环单元语言模型' },
  section: 'sequence',
  summary: {
    en: 'A reset gate and an update gate decide what is forgotten and what is kept: the state reaches further back than that of a plain recurrent layer.',
    zh: '由重置门和更新门决定遗忘与保留：隐藏状态比普通循环层记得更久。',
  },
  source: { en: 'Cho et al. 2014; notes 002 §7', zh: 'Cho 等 2014；笔记 002 第 7 章' },
  expected: {
    en: 'A perplexity of about 5.5 on the part of the story that is held out; three letters counted together (n-gram) reach 5.7.',
    zh: '在留出的故事片段上困惑度约 5.5；作为对照，三元语法为 5.7。',
  },
  params: {
    numHiddens: numHiddens(256),
    numSteps: numSteps(35),
    vocabularySize: vocabularySize(),
    batchSize: batchSize(32),
  },
  build(g, p) {
    const tokens = g.input('tokens', { shape: [p.numSteps], dtype: 'i32', classes: p.vocabularySize })
    const { y } = g.gru(g.oneHotEncoding(tokens, { classes: p.vocabularySize }), { numHiddens: p.numHiddens })
    const logits = g.dense(y, { numHiddens: p.vocabularySize })
    g.softmaxCrossEntropy(logits, g.label('targets', { shape: [p.numSteps], classes: p.vocabularySize }))
  },
  data: (p) => ({ kind: 'story', params: { numSteps: p.numSteps } }),
  training: (p) => ({ optimizer: 'sgd', lr: 2, clipNorm: 1, batchSize: p.batchSize, epochs: 50 }),
})
