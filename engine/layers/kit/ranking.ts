/**
 * @file What losses share that only ask which of two scores is larger: of something wanted, and of something else (notes 002 §11).
 * In: the formula and the words of one loss, written on the lead of the wanted score. Out: its layer definition.
 */
import type { Emit, Tensor } from '../../ir/emit'
import { reducedFormula } from './average'
import type { LayerCase } from './define'
import { defineLoss } from './loss'
import type { ParamSpecs, ParamValues } from './params'
import { expectTarget } from './target'

const inputs = {
  score: { about: { en: 'scores of what is wanted', zh: '正例的得分' } },
  negativeScore: {
    about: { en: 'scores of what is not (corrupted or sampled), of the same shape', zh: '负例（采样或破坏得到）的得分，形状相同' },
  },
} as const

interface RankingDefinition<S extends ParamSpecs>
  extends Pick<Parameters<typeof defineLoss>[0], 'kind' | 'title' | 'aliases' | 'summary' | 'formula' | 'reference' | 'operations'> {
  readonly params: S
  readonly each: (b: Emit, lead: Tensor, params: ParamValues<S>) => Tensor
  readonly brief?: (params: ParamValues<S>) => string
  /** In Python; `lead` is an expression in brackets. */
  readonly pytorch: (lead: string, params: ParamValues<S>) => string
  readonly cases: readonly LayerCase<ParamValues<S>>[]
}

/** The metric is the share of pairs in the right order. */
export const defineRankingLoss = <const S extends ParamSpecs>({ each, pytorch, brief, cases, ...words }: RankingDefinition<S>) =>
  defineLoss<S, typeof inputs>({
    ...words,
    inputs,
    shape: ({ score, negativeScore }, _params, fail) => expectTarget(score, 'score', negativeScore, fail, 'negativeScore'),
    each: (b, { score, negativeScore }, params) => each(b, b.sub(score, negativeScore), params),
    exposes: { score: 'score', negativeScore: 'negativeScore' },
    measures: (b, { score, negativeScore }) => ({ accuracy: { each: b.greater(score, negativeScore) } }),
    brief,
    pytorch: ([score = '', negative = ''], params, _inputs, reduction) =>
      reducedFormula(pytorch(`(${score} - ${negative})`, params), reduction),
    cases: [
      { inputs: { score: [5], negativeScore: [5] } },
      { name: 'several a sample, masked', inputs: { score: [3, 4], negativeScore: [3, 4], mask: [3, 4] } },
      { name: 'batch 1, weighted', inputs: { score: [1, 2], negativeScore: [1, 2], weight: [1] } },
      ...cases,
    ],
  })
