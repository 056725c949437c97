/**
 * @file What layers with a kernel and a bias share: the form fields, the weights, and how they are called in PyTorch.
 */
import { InternalError } from '../../core/diagnostics'
import { initializers } from '../../initializers/registry'
import type { Tensor } from '../../ir/emit'
import type { PyTorchExport, WeightSpec } from './define'
import { bool, variant } from './params'

/** How the kernel starts (notes 002 §4). */
export const initializerSpec = variant({
  label: { en: 'Initial weights', zh: '权重初始化' },
  help: {
    en: 'Xavier keeps the size of signals steady through sigmoid and tanh, He through ReLU.',
    zh: 'Xavier 适合 sigmoid 和 tanh，He 适合 ReLU，使信号在各层间保持相近的幅度。',
  },
  default: 'xavier',
  advanced: true,
  options: Object.fromEntries([...initializers].map(([kind, { title }]) => [kind, title])),
  settings: Object.fromEntries(
    [...initializers].flatMap(([kind, { params }]) => (Object.keys(params).length > 0 ? [[kind, params] as const] : [])),
  ),
})

export const useBiasSpec = bool({
  label: { en: 'Bias', zh: '偏置' },
  help: { en: 'Adds a learned constant to every output.', zh: '为每个输出加上一个可学习的常数。' },
  default: true,
  advanced: true,
})

/** The kernel, then a bias of zeros where one is wanted. */
export function kernelAndBias(kernel: WeightSpec, numOutputs: number, useBias: boolean): Readonly<Record<string, WeightSpec>> {
  return useBias ? { kernel, bias: { shape: [numOutputs], init: 'zeros' } } : { kernel }
}

/** PyTorch's names; `permutation` takes our kernel to its. */
export const pytorchKernelAndBias = (useBias: boolean, permutation?: readonly number[]): NonNullable<PyTorchExport['weights']> => {
  const kernel = { name: 'weight', permutation }
  return useBias ? { kernel, bias: { name: 'bias' } } : { kernel }
}

/** A weight that the layer's own `weights` always gives. */
export function weightOf(weights: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const weight = weights[name]
  if (!weight) throw new InternalError('lowering', `weight “${name}” is missing`)
  return weight
}
