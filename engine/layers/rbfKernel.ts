/** @file exp(−γ‖x − l‖²) against landmark points: radial basis functions (notes 002 §14; Broomhead and Lowe 1988). */
import { defineKernelFeatures, gammaSpec } from './kit/landmarks'

const rbfKernel = defineKernelFeatures({
  kind: 'rbfKernel',
  idStem: 'rbf',
  title: { en: 'RBF kernel features', zh: '高斯（RBF）核特征' },
  aliases: { en: 'Gaussian kernel, radial basis functions, kernel trick, SVM', zh: '径向基函数, 核技巧, 支持向量机' },
  summary: {
    en: 'Tells how near each sample lies to landmark points: 1 on the point, towards 0 far away. A linear layer behind it draws any smooth border; needs features of similar scale.',
    zh: '给出每个样本与各地标点的接近程度：重合为 1，远离则趋于 0。其后的线性层可画出任意光滑的分界；各特征的尺度应相近。',
  },
  formula: String.raw`y_{n,l} = e^{-\gamma \lVert x_n - p_l \rVert^2}`,
  reference: 'notes 002 §14; Broomhead & Lowe 1988',
  params: { gamma: gammaSpec },
  // ‖x − p‖² = ‖x‖² + ‖p‖² − 2 x·p needs no tensor of all differences; rounding must not make it negative.
  apply: (b, x, landmarks, { gamma }) => {
    const lengths = b.add(b.sum(b.mul(x, x), [1], true), b.sum(b.mul(landmarks, landmarks), [1]))
    const distance = b.max(b.sub(lengths, b.mul(b.matmul(x, landmarks, { transposeB: true }), 2)), 0)
    return b.exp(b.mul(distance, -gamma))
  },
  operations: 7,
  brief: ({ numLandmarks, gamma }) => `${numLandmarks} · γ = ${gamma}`,
  pytorch: (x, landmarks, { gamma }) => `torch.exp(-${gamma} * (${x}.unsqueeze(1) - ${landmarks}).square().sum(-1))`,
  cases: [
    { inputs: { x: [4, 3] }, params: { numLandmarks: 5 } },
    { name: 'narrow', inputs: { x: [3, 6] }, params: { numLandmarks: 2, gamma: 4 } },
    { name: 'batch 1, one feature, fixed landmark', inputs: { x: [1, 1] }, params: { numLandmarks: 1, learned: false, gamma: 0.3 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    rbfKernel: typeof rbfKernel
  }
}
export default rbfKernel
