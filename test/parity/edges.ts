/**
 * @file Numbers at which functions have kinks, ties and zeros, which random ones never hit: what the parity check asks PyTorch beside the layers' cases.
 * Central differences say nothing there, so the layer check does not see these.
 */
import type { Case } from '../support/layerProgram'

interface Edge extends Case {
  readonly kind: string
  readonly name: string
  /** By wire. */
  readonly data: Readonly<Record<string, readonly number[]>>
}

const kinks = [-3, -1, -0, 0, 1, 3]
const atKinks = (kind: string, params = {}): Edge => ({
  kind,
  name: `at zero and whole numbers ${JSON.stringify(params)}`,
  inputs: { x: [2, 3] },
  params,
  data: { x: kinks },
})
const pair = (kind: string, name: string, a: readonly number[], b: readonly number[]): Edge => ({
  kind,
  name,
  inputs: { a: [a.length], b: [b.length] },
  data: { a, b },
})
const classes = { shape: [2], dtype: 'i32', classes: 2 } as const

export const edges: readonly Edge[] = [
  ...['relu', 'leakyRelu', 'absolute', 'elu', 'selu', 'softplus', 'hardSigmoid', 'swish', 'gelu', 'prelu', 'step', 'power'].map((kind) =>
    atKinks(kind),
  ),
  atKinks('leakyRelu', { slope: -1 }),
  atKinks('prelu', { perChannel: true }),
  atKinks('step', { values: 'sign', threshold: 1 }),
  atKinks('power', { exponent: 1 }),
  atKinks('power', { exponent: 0 }),
  { ...atKinks('rrelu', { lower: 0.2, upper: 0.2 }) },
  { ...atKinks('quantize', { levels: 3, low: -1, high: 1, gradient: 'straightThrough' }) },
  pair('maximum', 'ties', [1, 2, 2, 0], [1, 1, 3, 0]),
  pair('minimum', 'ties', [1, 2, 2, 0], [1, 1, 3, 0]),
  { kind: 'reduce', name: 'ties', inputs: { x: [2, 3] }, params: { operation: 'max' }, data: { x: [1, 1, 0, 2, 2, 2] } },
  { kind: 'reduce', name: 'ties', inputs: { x: [2, 3] }, params: { operation: 'min' }, data: { x: [1, 1, 3, 2, 2, 2] } },
  { kind: 'maxout', name: 'ties', inputs: { x: [1, 4] }, data: { x: [1, 1, 0, 2] } },
  { kind: 'maxPool2d', name: 'ties', inputs: { x: [1, 1, 2, 4] }, data: { x: [1, 1, 0, 2, 1, 0, 2, 2] } },
  { kind: 'l2Normalize', name: 'a vector of zeros', inputs: { x: [2, 2] }, params: { epsilon: 0.5 }, data: { x: [0, 0, 3, 4] } },
  { kind: 'softmax', name: 'scores far apart', inputs: { x: [2, 2] }, data: { x: [1000, -1000, 500, 500] } },
  {
    kind: 'maxOverTime',
    name: 'a mask of 0 and 1',
    inputs: { x: [2, 2, 1], mask: [2, 2] },
    data: { x: [1, 2, -1, -2], mask: [1, 0, 0, 0] },
  },
  { kind: 'dotAttention', name: 'nothing to look at', inputs: { query: [1, 2], keys: [1, 2, 2], mask: [1, 2] }, data: { mask: [0, 0] } },
  {
    kind: 'gru',
    name: 'sequences of several lengths',
    inputs: { x: [2, 3, 2], mask: [2, 3] },
    params: { numHiddens: 2, bidirectional: true, returnState: true },
    data: { mask: [1, 1, 0, 1, 0, 0] },
  },
  { kind: 'meanAbsoluteError', name: 'hit', inputs: { prediction: [3], target: [3] }, data: { prediction: [1, 2, 3], target: [1, 2, 4] } },
  {
    kind: 'huber',
    name: 'hit, and at the change',
    inputs: { prediction: [4], target: [4] },
    data: { prediction: [0, 1, -1, 3], target: [0, 0, 0, 0] },
  },
  {
    kind: 'pairwiseHinge',
    name: 'just at the margin',
    inputs: { score: [3], negativeScore: [3] },
    data: { score: [2, 1, 0], negativeScore: [1, 1, 3] },
  },
  {
    kind: 'bprLoss',
    name: 'far apart',
    inputs: { score: [2], negativeScore: [2] },
    data: { score: [900, -900], negativeScore: [-900, 900] },
  },
  {
    kind: 'softmaxCrossEntropy',
    name: 'scores far apart',
    inputs: { logits: [2, 2], label: classes },
    data: { logits: [900, -900, 900, 900] },
  },
  {
    kind: 'binaryCrossEntropy',
    name: 'scores far apart',
    inputs: { logits: [4], target: [4] },
    data: { logits: [800, -800, 800, 0], target: [1, 0, 0, 0.5] },
  },
]
