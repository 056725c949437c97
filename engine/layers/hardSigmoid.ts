/** @file The sigmoid in three straight pieces (Courbariaux et al. 2015; the slope 1/6 as in Howard et al. 2019). */
import { defineActivation } from './kit/unary'

const hardSigmoid = defineActivation({
  kind: 'hardSigmoid',
  idStem: 'hardSigmoid',
  title: { en: 'Hard sigmoid', zh: '分段线性 Sigmoid' },
  summary: {
    en: 'A sigmoid made of straight lines: 0 below −3, 1 above 3, a ramp between. Cheap gates for small devices; no gradient outside the ramp.',
    zh: '由直线段组成的 sigmoid：−3 以下为 0，3 以上为 1，其间为斜坡。计算简单，适合小型设备上的门控；斜坡之外没有梯度。',
  },
  formula: String.raw`y = \min\!\left(1, \max\!\left(0, \tfrac{x}{6} + \tfrac12\right)\right)`,
  reference: 'Courbariaux et al. 2015; Howard et al. 2019',
  params: {},
  apply: (b, x) => b.min(b.max(b.add(b.mul(x, 1 / 6), 0.5), 0), 1),
  operations: 4,
  pytorch: (x) => `F.hardsigmoid(${x})`,
  cases: [{ name: 'past both ends', inputs: { x: [4, 7] }, ranges: { x: [-7, 8] } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    hardSigmoid: typeof hardSigmoid
  }
}
export default hardSigmoid
