/**
 * @file What kernel features share: points of the input space (landmarks) that every sample is compared with.
 * In: the formula and the words of one kernel. Out: its layer definition; feature l of a sample is k(x, landmark l).
 */
import { type Shape, sizeOf } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'
import { weightOf } from './affine'
import { defineLayer, type LayerCase, type LayerDefinition } from './define'
import { expectFeatures } from './expect'
import { bool, float, int, type ParamSpecs, type ParamValues } from './params'

const inputs = { x: { about: { en: 'features (N, in)', zh: '特征 (N, in)' } } } as const
const outputs = { y: { about: { en: 'similarities (N, landmarks)', zh: '相似度 (N, 地标点个数)' } } } as const

export const gammaSpec = float({
  label: { en: 'Gamma γ', zh: 'γ' },
  help: {
    en: 'How fast similarity falls off or grows; one divided by the number of features is a good start for standardised data.',
    zh: '相似度变化的快慢；对标准化的数据，可先取特征个数的倒数。',
  },
  default: 1,
  min: 0,
  max: 1_000_000,
  above: true,
})

const landmarkSpecs = {
  numLandmarks: int({
    label: { en: 'Landmarks', zh: '地标点个数' },
    help: { en: 'How many points a sample is compared with: the width of the output.', zh: '与每个样本比较的点的个数，即输出的宽度。' },
    default: 16,
    min: 1,
    max: 1_000_000,
  }),
  learned: bool({
    label: { en: 'Learn the landmarks', zh: '学习地标点' },
    help: {
      en: 'Moves the points by gradient descent; off, they stay where they started or where a weights file put them.',
      zh: '用梯度下降移动这些点；关闭时保持初始位置或权重文件给定的位置。',
    },
    default: true,
  }),
  spread: float({
    label: { en: 'Spread at the start', zh: '初始分布范围' },
    help: {
      en: 'Deviation of the normal numbers that the points start with; 1 suits standardised features.',
      zh: '地标点初值所服从正态分布的标准差；特征经标准化时取 1 为宜。',
    },
    default: 1,
    min: 0,
    max: 1_000_000,
    advanced: true,
  }),
}

type Specs<S> = S & typeof landmarkSpecs

interface KernelDefinition<S extends ParamSpecs>
  extends Pick<LayerDefinition, 'kind' | 'title' | 'aliases' | 'summary' | 'formula' | 'reference' | 'idStem'> {
  readonly params: S
  /** The kernel of every sample (N, F) with every landmark (L, F): (N, L). */
  readonly apply: (b: Emit, x: Tensor, landmarks: Tensor, params: ParamValues<Specs<S>>) => Tensor
  /** Operations per similarity beside the product. */
  readonly operations: number
  readonly brief: (params: ParamValues<Specs<S>>) => string
  /** In Python; `landmarks` is the expression of the points. */
  readonly pytorch: (x: string, landmarks: string, params: ParamValues<Specs<S>>) => string
  readonly cases: readonly LayerCase<ParamValues<Specs<S>>>[]
}

export const defineKernelFeatures = <const S extends ParamSpecs>(kernel: KernelDefinition<S>) => {
  const { params, apply, operations, brief, pytorch, cases, ...words } = kernel
  const shapeOf = (x: Shape, landmarks: number): Shape => [x[0] ?? 1, landmarks]
  return defineLayer<Specs<S>, typeof inputs, 'y'>({
    ...words,
    category: 'dense',
    inputs,
    outputs,
    params: { ...landmarkSpecs, ...params },
    adjustable: { width: 'numLandmarks' },
    shape: ({ x }, { numLandmarks }, fail) =>
      expectFeatures(x, fail) ? { y: { shape: shapeOf(x.shape, numLandmarks), dtype: 'f32' } } : undefined,
    weights: ({ x }, { numLandmarks, learned, spread }) => ({
      landmarks: { shape: [numLandmarks, x.shape[1] ?? 1], init: { kind: 'normal', deviation: spread }, trainable: learned },
    }),
    lower: (b, { x }, weights, values) => ({ y: apply(b, x, weightOf(weights, 'landmarks'), values) }),
    flops: ({ x }, { numLandmarks }) => 2 * sizeOf(x.shape) * numLandmarks + operations * sizeOf(shapeOf(x.shape, numLandmarks)),
    brief,
    // A linear module without bias holds the points.
    pytorch: (values, { x }) => ({
      module: `nn.Linear(${x.shape[1]}, ${values.numLandmarks}, bias=False)`,
      call: (self, [input = '']) => pytorch(input, `${self}.weight`, values),
      weights: { landmarks: { name: 'weight' } },
    }),
    cases,
  })
}
