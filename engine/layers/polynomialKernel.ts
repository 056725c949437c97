/** @file (γ x·l + c)ᵈ against landmark points: the kernel trick with explicit features (notes 002 §14; Boser et al. 1992). */
import { defineKernelFeatures, gammaSpec } from './kit/landmarks'
import { float, int } from './kit/params'

const polynomialKernel = defineKernelFeatures({
  kind: 'polynomialKernel',
  idStem: 'polynomial',
  title: { en: 'Polynomial kernel features', zh: '多项式核特征' },
  aliases: { en: 'kernel trick, SVM', zh: '核技巧, 支持向量机' },
  summary: {
    en: 'Compares each sample with landmark points by a power of their product, so that a linear layer behind it separates curved classes; products of up to d features count.',
    zh: '以内积的幂将每个样本与地标点比较，其后的线性层即可分开弯曲的类别；可体现至多 d 个特征的乘积。',
  },
  formula: String.raw`y_{n,l} = (\gamma\, x_n \cdot p_l + c)^d`,
  reference: 'notes 002 §14; Boser et al. 1992',
  params: {
    degree: int({
      label: { en: 'Degree d', zh: '次数 d' },
      help: { en: 'Highest number of features multiplied together; 1 is linear.', zh: '相乘的特征个数上限；1 即线性。' },
      default: 3,
      min: 1,
      max: 10,
    }),
    gamma: gammaSpec,
    offset: float({
      label: { en: 'Constant c', zh: '常数 c' },
      help: {
        en: 'Weighs products of few features against those of many; 0 keeps only the highest degree.',
        zh: '平衡低次与高次项；0 表示只保留最高次项。',
      },
      default: 1,
    }),
  },
  apply: (b, x, landmarks, { degree, gamma, offset }) =>
    b.pow(b.add(b.mul(b.matmul(x, landmarks, { transposeB: true }), gamma), offset), degree),
  operations: 4,
  brief: ({ numLandmarks, degree }) => `${numLandmarks} · d = ${degree}`,
  pytorch: (x, landmarks, { degree, gamma, offset }) => `(${gamma} * ${x} @ ${landmarks}.T + ${offset}) ** ${degree}`,
  cases: [
    { inputs: { x: [4, 3] }, params: { numLandmarks: 5 } },
    { name: 'squares of products', inputs: { x: [3, 6] }, params: { numLandmarks: 2, degree: 2, offset: 0, gamma: 0.5 } },
    { name: 'fifth degree of both signs', inputs: { x: [5, 2] }, params: { numLandmarks: 4, degree: 5, offset: -0.3 } },
    { name: 'linear, batch 1, fixed landmarks', inputs: { x: [1, 4] }, params: { numLandmarks: 1, degree: 1, learned: false } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    polynomialKernel: typeof polynomialKernel
  }
}
export default polynomialKernel
