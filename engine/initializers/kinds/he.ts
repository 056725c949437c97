/** @file Normal with deviation √(2 / fan-in): makes up for the half that ReLU cuts off (notes 003; He et al. 2015). */
import { defineInitializer, needed, torchFans, type Unit } from '../kit'

const deviationOf = (unit: Unit): number => Math.sqrt(2 / needed(unit, 'fanIn'))

export default defineInitializer({
  kind: 'he',
  title: { en: 'He (normal)', zh: 'He（正态）' },
  formula: String.raw`w \sim \mathcal{N}\left(0, \tfrac{2}{a}\right)`,
  reference: 'notes 003; He et al. 2015',
  params: {},
  fill: (values, random, fans) => random.fillNormal(values, 0, deviationOf(fans)),
  pytorch: (unit) => ({
    call:
      torchFans(unit).fanIn === unit.fanIn
        ? `nn.init.kaiming_normal_(w, nonlinearity='relu')`
        : `nn.init.normal_(w, 0, ${deviationOf(unit)})`,
  }),
})
