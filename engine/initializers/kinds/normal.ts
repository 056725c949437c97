/** @file Normal numbers of a given deviation, whatever the size of the layer (notes 002 §4). */
import { float } from '../../layers/kit/params'
import { defineInitializer } from '../kit'

export default defineInitializer({
  kind: 'normal',
  title: { en: 'Normal', zh: '正态分布' },
  formula: String.raw`w \sim \mathcal{N}(\mu, \sigma^2)`,
  reference: 'notes 002 §4',
  params: {
    mean: float({
      label: { en: 'Mean μ', zh: '均值 μ' },
      help: { en: 'Around which number the weights are drawn, usually 0.', zh: '权重围绕此数抽取，通常为 0。' },
      default: 0,
      advanced: true,
    }),
    deviation: float({
      label: { en: 'Deviation σ', zh: '标准差 σ' },
      help: {
        en: 'How far from the mean they usually lie: small ones begin with weak signals.',
        zh: '权重偏离均值的典型幅度：越小，初始信号越弱。',
      },
      default: 0.01,
      min: 0,
    }),
  },
  fill: (values, random, _fans, { mean, deviation }) => random.fillNormal(values, mean, deviation),
  pytorch: (_unit, { mean, deviation }) => ({ call: `nn.init.normal_(w, ${mean}, ${deviation})` }),
})
