/** @file Normal with deviation √(2 / fan-in): makes up for the half that ReLU cuts off (notes 003; He et al. 2015). */
import { defineInitializer, needed } from '../kit'

export default defineInitializer({
  kind: 'he',
  title: { en: 'He (normal)', zh: 'He（正态）' },
  formula: String.raw`w \sim \mathcal{N}\left(0, \tfrac{2}{a}\right)`,
  reference: 'notes 003; He et al. 2015',
  params: {},
  fill: (values, random, fans) => random.fillNormal(values, 0, Math.sqrt(2 / needed(fans, 'fanIn'))),
})
