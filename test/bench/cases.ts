/**
 * @file What is measured. One line a case: a network that peers/netloom-documents.ts, peers/pytorch.py and, where `javascript` says so, the
 * JavaScript peers know by that name.
 */
import type { Work } from './protocol'

export interface Case extends Work {
  readonly title: string
  /** `cpu`: JavaScript peers on the CPU take part; `all`: those in Chromium, too. */
  readonly javascript?: 'cpu' | 'all'
}

const train = { mode: 'train' } as const
const infer = { mode: 'infer', optimizer: 'sgd' } as const

export const cases: readonly Case[] = [
  { title: 'LeNet b32', case: 'lenet', batch: 32, optimizer: 'sgd', ...train, javascript: 'all' },
  { title: 'LeNet b256', case: 'lenet', batch: 256, optimizer: 'sgd', ...train, javascript: 'cpu' },
  { title: 'MLP b64', case: 'mlp', batch: 64, optimizer: 'sgd', ...train },
  { title: 'ResNet-18 b16 3×64×64', case: 'resnet18', batch: 16, optimizer: 'momentum', ...train },
  { title: 'GoogLeNet b16 1×96×96', case: 'googlenet', batch: 16, optimizer: 'momentum', ...train },
  { title: 'RNN-LM h256 T35 b32', case: 'rnn-lm', batch: 32, optimizer: 'sgd', ...train },
  { title: 'GRU-LM h256 T35 b32', case: 'gru-lm', batch: 32, optimizer: 'sgd', ...train },
  { title: 'LSTM-LM h256 T35 b32', case: 'lstm-lm', batch: 32, optimizer: 'sgd', ...train },
  { title: 'LeNet b1 forward', case: 'lenet', batch: 1, ...infer },
  { title: 'ResNet-18 b1 forward', case: 'resnet18', batch: 1, ...infer },
]

/** `lenet` or `lenet/32`; nothing asked for means all. */
export const chosenCases = (wanted: readonly string[]): readonly Case[] =>
  cases.filter((one) => wanted.length === 0 || wanted.includes(one.case) || wanted.includes(`${one.case}/${one.batch}`))

/** How our time grows: the same network, one thing of it larger and larger. */
export const batches = { works: ['mlp', 'lenet', 'resnet18'], sizes: [1, 4, 16, 64, 256] } as const
export const depths = [2, 4, 8, 16, 32] as const
