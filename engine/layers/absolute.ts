/** @file |x|: the rectifier max(0, x) + a · min(0, x) with a = −1 (notes 002 §14; Jarrett et al. 2009). */
import { defineActivation } from './kit/unary'

const absolute = defineActivation({
  kind: 'absolute',
  idStem: 'abs',
  title: { en: 'Absolute value', zh: '绝对值整流' },
  aliases: { en: 'abs, absolute value rectifier', zh: '绝对值' },
  summary: {
    en: 'Keeps the size and forgets the sign. Useful where a feature and its opposite mean the same, such as edges in an image whose contrast may be reversed.',
    zh: '只保留大小，舍弃正负号。适合特征与其相反数含义相同的情形，例如图像中明暗可能对调的边缘。',
  },
  formula: String.raw`y = |x| = \max(0, x) - \min(0, x)`,
  reference: 'notes 002 §14; Jarrett et al. 2009',
  params: {},
  apply: (b, x) => b.abs(x),
  operations: 1,
  pytorch: (x) => `torch.abs(${x})`,
})

declare module './kit/kinds' {
  interface LayerKinds {
    absolute: typeof absolute
  }
}
export default absolute
