/** @file Squared error near the target, absolute error far from it (Huber 1964); smooth L1 is this, divided by the distance of change. */
import { reductionArgument } from './kit/average'
import { defineLoss } from './kit/loss'
import { float } from './kit/params'
import { expectTarget, regressionPorts } from './kit/target'

const huber = defineLoss({
  kind: 'huber',
  title: { en: 'Huber loss', zh: 'Huber 损失' },
  aliases: { en: 'smooth L1', zh: '平滑 L1' },
  summary: {
    en: 'A loss for regression: squared for small errors, absolute for large ones. Take it where a few targets are far off and the L1 loss is too rough near the goal.',
    zh: '回归任务的损失：误差小时取平方，误差大时取绝对值。少数目标值偏离较大、而 L1 在目标附近又不够平滑时使用。',
  },
  formula: String.raw`\ell = \begin{cases} \tfrac{1}{2} d^2 & |d| \le \delta \\ \delta\,(|d| - \tfrac{1}{2}\delta) & |d| > \delta \end{cases} \qquad d = \hat{y} - y`,
  reference: 'Huber 1964',
  inputs: regressionPorts,
  params: {
    delta: float({
      label: { en: 'Change at δ', zh: '转折点 δ' },
      help: { en: 'Errors below it count squared, those above it absolutely.', zh: '误差小于此值时按平方计，大于时按绝对值计。' },
      default: 1,
      min: 0,
      max: 1_000_000,
      above: true,
    }),
  },
  shape: ({ prediction, target }, _params, fail) => expectTarget(prediction, 'prediction', target, fail),
  each: (b, { prediction, target }, { delta }) => {
    const distance = b.abs(b.sub(prediction, target))
    // With d capped at δ both branches are c (d − c/2).
    const capped = b.min(distance, delta)
    return b.mul(capped, b.sub(distance, b.mul(capped, 0.5)))
  },
  operations: 6,
  exposes: { prediction: 'prediction' },
  measures: (b, { prediction, target }) => ({ absoluteError: { each: b.abs(b.sub(prediction, target)) } }),
  brief: ({ delta }) => `δ ${delta}`,
  pytorch: ([prediction = '', target = ''], { delta }, _inputs, reduction) =>
    `F.huber_loss(${prediction}, ${target}, delta=${delta}${reductionArgument(reduction)})`,
  cases: [
    { inputs: { prediction: [4, 3], target: [4, 3] }, params: { delta: 0.5 } },
    { name: 'far off', inputs: { prediction: [5], target: [5] }, ranges: { prediction: [-9, 9] } },
    { name: 'masked samples', inputs: { prediction: [3, 2], target: [3, 2], mask: [3], weight: [3, 2] }, params: { delta: 0.3 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    huber: typeof huber
  }
}
export default huber
