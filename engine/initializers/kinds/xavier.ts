/** @file Uniform in ±√(6 / (a + b)) for a inputs and b outputs: signals and gradients keep their size (notes 002 §4; Glorot and Bengio 2010). */
import { defineInitializer, needed } from '../kit'

export default defineInitializer({
  kind: 'xavier',
  title: { en: 'Xavier (uniform)', zh: 'Xavier（均匀）' },
  formula: String.raw`w \sim \mathcal{U}\left(-\sqrt{\tfrac{6}{a + b}},\ \sqrt{\tfrac{6}{a + b}}\right)`,
  reference: 'notes 002 §4; Glorot & Bengio 2010',
  params: {},
  fill: (values, random, fans) => {
    const bound = Math.sqrt(6 / (needed(fans, 'fanIn') + needed(fans, 'fanOut')))
    random.fillUniform(values, -bound, bound)
  },
})
