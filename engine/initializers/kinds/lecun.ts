/** @file Normal with deviation 1 / √(fan-in): a unit's sum has the size of one input (notes 003; LeCun et al. 1998). */
import { defineInitializer, needed, torchFans, type Unit } from '../kit'

const deviationOf = (unit: Unit): number => 1 / Math.sqrt(needed(unit, 'fanIn'))

export default defineInitializer({
  kind: 'lecun',
  title: { en: 'LeCun (1 / √fan-in)', zh: 'LeCun（1 / √扇入）' },
  formula: String.raw`w \sim \mathcal{N}\left(0, \tfrac{1}{a}\right)`,
  reference: 'notes 003; LeCun et al. 1998',
  params: {},
  fill: (values, random, fans) => random.fillNormal(values, 0, deviationOf(fans)),
  pytorch: (unit) => ({
    call:
      torchFans(unit).fanIn === unit.fanIn
        ? `nn.init.kaiming_normal_(w, nonlinearity='linear')`
        : `nn.init.normal_(w, 0, ${deviationOf(unit)})`,
  }),
})
