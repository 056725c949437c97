/** @file Words of the writing pane. */
import { defineWords } from '../../../i18n/i18n'

export const writingWords = defineWords('writing', {
  writing: { en: 'Writing', zh: '续写' },
  prefix: { en: 'Begin with', zh: '开头' },
  prefixHint: { en: 'What the text begins with; it warms up the memory of the network', zh: '文本的开头，用于预热网络的隐藏状态' },
  length: { en: 'Length', zh: '长度' },
  lengthHint: { en: 'How many tokens to write', zh: '续写的词元数' },
  temperature: { en: 'Temperature', zh: '温度' },
  temperatureHint: {
    en: 'Below 1 the network sticks to what it finds likely, above 1 it dares more; at 0 it always takes the best',
    zh: '小于 1 时更倾向于高概率的词元，大于 1 时更多变；为 0 时总取最可能的词元',
  },
  write: { en: 'Write', zh: '续写' },
  end: { en: 'Stop writing', zh: '停止续写' },
  text: { en: 'Text of the network', zh: '网络生成的文本' },
  nothing: {
    en: 'The network goes on with what you begin, at any moment of its training.',
    zh: '无论训练进行到哪一步，网络都能接着你的开头续写。',
  },
  cannot: { en: 'The network cannot write', zh: '网络无法续写' },
})
