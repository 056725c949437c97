/** @file The form fields and ports of recurrent layers (notes 002 §7). */
import type { Text } from '../../core/text'
import { initializerSpec } from './affine'
import type { LayerCase } from './define'
import { bool, choice, float, int, type ParamValues } from './params'

export const recurrentParams = {
  numHiddens: int({
    label: { en: 'Units', zh: '隐藏单元个数' },
    help: { en: 'Numbers that the layer remembers from step to step.', zh: '该层在时间步之间记住的数的个数。' },
    default: 128,
    min: 1,
    max: 65536,
  }),
  returns: choice({
    label: { en: 'Gives', zh: '输出' },
    help: {
      en: 'The output of every step, for a language model or a further recurrent layer; or only of the last, to say something about the whole sequence.',
      zh: '每个时间步的输出（用于语言模型或后续循环层），或仅最后一步的输出（用于概括整个序列）。',
    },
    default: 'sequence',
    options: { sequence: { en: 'every step', zh: '每个时间步' }, last: { en: 'the last step', zh: '最后一步' } },
  }),
  numLayers: int({
    label: { en: 'Layers', zh: '层数' },
    help: { en: 'Recurrent layers on top of each other (a deep recurrent network).', zh: '叠放的循环层数（深度循环神经网络）。' },
    default: 1,
    min: 1,
    max: 16,
    advanced: true,
  }),
  bidirectional: bool({
    label: { en: 'Both directions', zh: '双向' },
    help: {
      en: 'A second set of units reads the sequence from its end, and their outputs are put behind those of the first.',
      zh: '另一组单元从序列末尾向前读，其输出拼接在第一组之后。',
    },
    default: false,
    advanced: true,
  }),
  dropout: float({
    label: { en: 'Dropout between layers', zh: '层间丢弃率' },
    help: {
      en: 'Share of the outputs of each layer but the last that training sets to zero.',
      zh: '训练时，除最后一层外，每层输出被置零的比例。',
    },
    default: 0,
    min: 0,
    max: 0.95,
    advanced: true,
  }),
  returnState: bool({
    label: { en: 'Give the state too', zh: '同时输出状态' },
    help: {
      en: 'Adds a port with the state after the last step: an encoder hands it to a decoder.',
      zh: '增加一个端口，给出最后一步之后的状态：编码器可将其交给解码器。',
    },
    default: false,
    advanced: true,
  }),
  useBias: bool({
    label: { en: 'Bias', zh: '偏置' },
    help: { en: 'Adds a learned constant to every gate.', zh: '为每个门加上一个可学习的常数。' },
    default: true,
    advanced: true,
  }),
  initializer: initializerSpec,
} as const

export type RecurrentParams = ParamValues<typeof recurrentParams>

const stateShape: Text = { en: 'state before the first step (N, units)', zh: '第一步之前的状态 (N, 隐藏单元个数)' }

export const recurrentInputs = {
  x: { about: { en: 'sequences (N, steps, features)', zh: '序列 (N, 时间步, 特征)' } },
  mask: {
    about: {
      en: '1 where a sequence goes on, 0 behind its end (N, steps): there the state stays as it was',
      zh: '序列有效处为 1、结束后为 0 (N, 时间步)：结束后状态保持不变',
    },
    optional: true,
  },
  state: { about: stateShape, optional: true },
} as const

export const recurrentOutputs = {
  y: {
    about: {
      en: 'outputs (N, steps, units), or (N, units) of the last step',
      zh: '输出 (N, 时间步, 隐藏单元个数)，或最后一步的 (N, 隐藏单元个数)',
    },
  },
  state: { about: { en: 'state after the last step (N, units)', zh: '最后一步之后的状态 (N, 隐藏单元个数)' } },
} as const

/** Rows of the layer check for a cell with these states. */
export function recurrentCases(states: readonly string[]): readonly LayerCase<RecurrentParams>[] {
  const given = (shape: readonly number[]) => Object.fromEntries(states.map((state) => [state, shape]))
  return [
    { inputs: { x: [2, 4, 3] }, params: { numHiddens: 2 } },
    { name: 'one step, one sequence', inputs: { x: [1, 1, 3] }, params: { numHiddens: 4 } },
    { name: 'the last step, no bias', inputs: { x: [3, 5, 1] }, params: { numHiddens: 3, returns: 'last', useBias: false } },
    {
      name: 'mask and initial state',
      inputs: { x: [2, 3, 2], mask: [2, 3], ...given([2, 3]) },
      params: { numHiddens: 3, returnState: true },
    },
    {
      name: 'two layers in both directions',
      inputs: { x: [2, 3, 2], ...given([2, 4, 2]) },
      params: { numHiddens: 2, numLayers: 2, bidirectional: true, returnState: true },
    },
    {
      name: 'mask in both directions, the last step of two layers',
      inputs: { x: [1, 4, 2], mask: [1, 4] },
      params: { numHiddens: 2, numLayers: 2, bidirectional: true, returns: 'last' },
      ranges: { mask: [-1, 1] },
    },
    {
      name: 'both directions, the last step, dropout between layers',
      inputs: { x: [2, 3, 2] },
      params: { numHiddens: 2, numLayers: 2, bidirectional: true, returns: 'last', dropout: 0.4 },
      mode: 'eval',
    },
  ]
}
