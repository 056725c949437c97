/**
 * @file The document's plain training settings as specifications: the form shows them, the check before training reads them, the command
 * line borrows their ranges. Settings that can be off have no default in the document; the one given here is what a form suggests.
 */
import { bool, choice, float, int, type ParamSpecs } from '../layers/kit/params'

export const trainingSpecs = {
  batchSize: int({
    label: { en: 'Batch size', zh: '批量大小' },
    help: {
      en: 'Samples in one step: more give a steadier gradient, fewer give more steps in the same time.',
      zh: '每一步使用的样本数：多则梯度更稳定，少则同样时间内步数更多。',
    },
    default: 64,
    min: 1,
    max: 65536,
  }),
  epochs: int({
    label: { en: 'Epochs', zh: '轮数' },
    help: { en: 'How often training goes through all samples.', zh: '训练遍历全部样本的次数。' },
    default: 10,
    min: 1,
    max: 100000,
  }),
  validationSplit: float({
    label: { en: 'Held out to validate', zh: '验证集比例' },
    help: {
      en: 'Share of the samples that training never sees, to tell learning from memorising.',
      zh: '不参与训练的样本比例，用来区分学会与死记。',
    },
    default: 0.1,
    min: 0,
    max: 0.9,
  }),
  shuffle: bool({
    label: { en: 'Shuffle', zh: '打乱顺序' },
    help: { en: 'Takes the samples in a new order every epoch.', zh: '每一轮以新的顺序取样本。' },
    default: true,
    advanced: true,
  }),
  replacement: bool({
    label: { en: 'With replacement', zh: '有放回抽样' },
    help: {
      en: 'Draws every sample from all of them, so that within an epoch some come twice and others not at all.',
      zh: '每次都从全部样本中抽取，因此同一轮中有的样本会重复，有的不出现。',
    },
    default: false,
    advanced: true,
  }),
  seed: int({
    label: { en: 'Seed', zh: '随机种子' },
    help: {
      en: 'Same seed, same numbers: parameters, order of the samples, dropout and generated data.',
      zh: '种子相同，结果相同：决定参数初值、样本顺序、丢弃和生成的数据。',
    },
    default: 0,
    min: 0,
    max: 4294967295,
    advanced: true,
  }),
  warmup: int({
    label: { en: 'Warm-up steps', zh: '预热步数' },
    help: {
      en: 'The learning rate rises to its value in so many steps, which spares fresh weights a violent start.',
      zh: '学习率在这么多步内逐渐升到设定值，避免刚初始化的权重剧烈变化。',
    },
    default: 0,
    min: 0,
    max: 1_000_000_000,
  }),
  clipNorm: float({
    label: { en: 'Longest gradient θ', zh: '梯度长度上限 θ' },
    help: {
      en: 'Gradients longer than this, all taken as one vector, are shortened to it: the cure for cliffs and recurrent networks that explode.',
      zh: '把所有梯度看作一个向量，超过该长度时缩短到该长度：应对陡崖和循环网络的梯度爆炸。',
    },
    default: 1,
    min: 0,
    above: true,
  }),
  averaging: float({
    label: { en: 'Decay γ', zh: '衰减 γ' },
    help: {
      en: 'Share of the average that is kept at each step: 0.99 looks back over about a hundred steps.',
      zh: '每一步保留的平均值比例：0.99 约相当于回看一百步。',
    },
    default: 0.99,
    min: 0,
    max: 0.999999,
  }),
  l2: float({
    label: { en: 'L2 penalty λ', zh: 'L2 惩罚 λ' },
    help: {
      en: 'Adds λ/2 Σw² to the loss in training: weights stay small, and the network smooth. Layers can have a λ of their own.',
      zh: '训练时在损失中加入 λ/2 Σw²：权重保持较小，网络更平滑。各层可另设 λ。',
    },
    default: 0,
    min: 0,
    max: 1000,
  }),
  l1: float({
    label: { en: 'L1 penalty λ', zh: 'L1 惩罚 λ' },
    help: {
      en: 'Adds λ Σ|w| to the loss in training: many weights become zero. Layers can have a λ of their own.',
      zh: '训练时在损失中加入 λ Σ|w|：许多权重变为零。各层可另设 λ。',
    },
    default: 0,
    min: 0,
    max: 1000,
  }),
  decay: bool({
    label: { en: 'L2 as decay', zh: 'L2 作为权重衰减' },
    help: {
      en: 'Shrinks the weights by (1 − ελ) at every step instead of adding to the loss; with Adam and its like the two differ.',
      zh: '每一步把权重乘以 (1 − ελ)，而不加入损失；使用 Adam 等方法时两者不同。',
    },
    default: false,
    advanced: true,
  }),
  penalizeBiases: bool({
    label: { en: 'Penalise biases too', zh: '惩罚也包括偏置' },
    help: {
      en: 'Penalties, decay and ties take all weights; usually only those that inputs are multiplied by.',
      zh: '惩罚、衰减和绑定作用于全部权重；通常只作用于与输入相乘的权重。',
    },
    default: false,
    advanced: true,
  }),
  weightNoise: float({
    label: { en: 'Noise on weights σ', zh: '权重噪声 σ' },
    help: {
      en: 'Every step sees the weights with normal noise of this deviation, which leads to minima that are wide.',
      zh: '每一步在权重上加入该标准差的正态噪声，使训练趋向平坦的极小值。',
    },
    default: 0,
    min: 0,
    max: 1000,
    advanced: true,
  }),
  precision: choice({
    label: { en: 'Precision', zh: '精度' },
    help: {
      en: 'f16 stores activations and their gradients as halves, computes in f32 and scales the loss: half the memory, on a GPU that has f16.',
      zh: 'f16 以半精度存储激活及其梯度，仍以 f32 计算并缩放损失：内存减半，需要支持 f16 的 GPU。',
    },
    default: 'f32',
    options: { f32: { en: 'Single (f32)', zh: '单精度 (f32)' }, f16: { en: 'Mixed (f16)', zh: '混合精度 (f16)' } },
    advanced: true,
  }),
  watchCurvature: bool({
    label: { en: 'Watch the curvature', zh: '监视曲率' },
    help: {
      en: 'Every few steps, compares ½ε²gᵀHg with εgᵀg and warns when the step has become too long for the valley; costs some time.',
      zh: '每隔几步比较 ½ε²gᵀHg 与 εgᵀg，步子对谷底过大时给出警告；会花费一些时间。',
    },
    default: false,
    advanced: true,
  }),
} as const satisfies ParamSpecs
