/** @file Uniform in ±√(6 / (a + b)) for a inputs and b outputs: signals and gradients keep their size (notes 002 §4; Glorot and Bengio 2010). */
import { defineInitializer, needed, torchFans, type Unit } from '../kit'

const boundOf = (unit: Unit): number => Math.sqrt(6 / (needed(unit, 'fanIn') + needed(unit, 'fanOut')))

export default defineInitializer({
  kind: 'xavier',
  title: { en: 'Xavier (uniform)', zh: 'Xavier（均匀）' },
  formula: String.raw`w \sim \mathcal{U}\left(-\sqrt{\tfrac{6}{a + b}},\ \sqrt{\tfrac{6}{a + b}}\right)`,
  reference: 'notes 002 §4; Glorot & Bengio 2010',
  params: {},
  fill: (values, random, fans) => {
    const bound = boundOf(fans)
    random.fillUniform(values, -bound, bound)
  },
  pytorch: (unit) => {
    const { fanIn, fanOut } = torchFans(unit)
    const bound = boundOf(unit)
    const isSame = fanIn + fanOut === needed(unit, 'fanIn') + needed(unit, 'fanOut')
    return { call: isSame ? 'nn.init.xavier_uniform_(w)' : `nn.init.uniform_(w, -${bound}, ${bound})` }
  },
})
