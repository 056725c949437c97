/** @file Language model on a plain recurrent layer (Elman 1990; notes 002 §7): H = tanh(X Wxh + H′ Whh + b), O = H Whq + bq. */
import { batchSize, numHiddens, numSteps, vocabularySize } from '../engine/builder/recurring-params'
import { template } from '../engine/builder/template'

export default template({
  id: 'rnn-lm',
  title: { en: 'Recurrent language model', zh: '循环神经网络语言模型' },
  section: 'sequence',
  summary: {
    en: 'Reads a text character by character and learns which comes next; then it writes by itself. Gradients flow back through time and are clipped.',
    zh: '逐个字符阅读文本，学习预测下一个字符，之后便能自己续写。梯度沿时间反向传播并加以裁剪。',
  },
  source: { en: 'Elman 1990; notes 002 §7', zh: 'Elman 1990；笔记 002 第 7 章' },
  expected: {
    en: 'A perplexity of about 7 on the part of the story that is held out; three letters counted together (n-gram) reach 5.7.',
    zh: '在留出的故事片段上困惑度约 7；作为对照，三元语法为 5.7。',
  },
  params: {
    numHiddens: numHiddens(256),
    numSteps: numSteps(35),
    vocabularySize: vocabularySize(),
    batchSize: batchSize(32),
  },
  build(g, p) {
    const tokens = g.input('tokens', { shape: [p.numSteps], dtype: 'i32', classes: p.vocabularySize })
    const { y } = g.rnn(g.oneHotEncoding(tokens, { classes: p.vocabularySize }), { numHiddens: p.numHiddens })
    const logits = g.dense(y, { numHiddens: p.vocabularySize })
    g.softmaxCrossEntropy(logits, g.label('targets', { shape: [p.numSteps], classes: p.vocabularySize }))
  },
  data: (p) => ({ kind: 'story', params: { numSteps: p.numSteps } }),
  training: (p) => ({ optimizer: 'sgd', lr: 1, clipNorm: 1, batchSize: p.batchSize, epochs: 30 }),
})
