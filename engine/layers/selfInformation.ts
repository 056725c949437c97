/** @file −log₂ p: how many bits it tells that something with probability p has come (notes 002 §12, with the probability that they leave out). */
import { defineMeasure, distributionPort, PER_BIT } from './kit/information'

const selfInformation = defineMeasure({
  kind: 'selfInformation',
  title: { en: 'Self-information', zh: '自信息' },
  aliases: { en: 'information content, surprise', zh: '信息量' },
  summary: {
    en: 'The surprise in each event, in bits: the rarer, the more. Certain events tell nothing, impossible ones would tell infinitely much.',
    zh: '每个事件的信息量（比特）：越罕见越大。必然事件为 0，不可能事件为无穷大。',
  },
  formula: String.raw`I(x) = -\log_2 p(x)`,
  takes: 'distribution',
  gives: 'each',
  inputs: { p: distributionPort },
  params: {},
  apply: (b, { p }) => b.mul(b.log(p), -PER_BIT),
  operations: 2,
  pytorch: ([p = '']) => `-torch.log2(${p})`,
  cases: [{ inputs: { p: [3, 4] } }, { name: 'a table, batch 1', inputs: { p: [1, 2, 3] } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    selfInformation: typeof selfInformation
  }
}
export default selfInformation
