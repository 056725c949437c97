/** @file The largest value under a window that slides along a sequence, each channel by itself (notes 002 §5). */
import { defineLayer } from './kit/define'
import {
  asImages,
  flatWindow,
  fromImages,
  layoutSpec,
  pooledSequence,
  pythonSequence,
  sequenceOf,
  sequences,
  stepFlops,
  stepWindowParams,
} from './kit/sequence'

const maxPool1d = defineLayer({
  kind: 'maxPool1d',
  category: 'pooling',
  idStem: 'pool',
  title: { en: '1-d max pooling', zh: '一维最大池化层' },
  aliases: { en: 'max-pooling', zh: '最大汇聚' },
  summary: {
    en: 'Keeps the largest value of each window of steps: the sequence becomes shorter and small shifts matter less.',
    zh: '取每段时间步窗口中的最大值：序列变短，并对微小的平移不敏感。',
  },
  formula: String.raw`Y_{n,t,c} = \max_{u} X_{n,\,ts+u-p,\,c}`,
  reference: 'notes 002 §5',
  inputs: { x: { about: sequences } },
  outputs: { y: { about: { en: 'shorter sequences, the axes in the same order', zh: '缩短的序列，轴的次序不变' } } },
  params: {
    ...stepWindowParams({ kernelSize: 2, stride: 2, padding: 0 }),
    layout: layoutSpec,
  },
  shape: ({ x }, params, fail) => {
    const y = pooledSequence(x, params, fail)
    return y && { y }
  },
  lower: (b, { x }, _weights, params) => {
    const window = { ...flatWindow(params), kernel: [1, params.kernelSize] } as const
    return { y: fromImages(b, b.maxPool2d(asImages(b, x, params.layout), window), params.layout) }
  },
  flops: ({ x }, params) => stepFlops(x, params, sequenceOf(x, params.layout).channels, params.kernelSize),
  brief: ({ kernelSize, stride }) => `${kernelSize} /${stride}`,
  pytorch: ({ kernelSize, stride, padding, layout }) => ({
    call: (_self, [input = '']) => pythonSequence(input, layout, (x) => `F.max_pool1d(${x}, ${kernelSize}, ${stride}, ${padding})`),
  }),
  cases: [
    { inputs: { x: [2, 8, 3] } },
    { name: 'channels first, steps left over', inputs: { x: [1, 2, 7] }, params: { layout: 'NCL' } },
    { name: 'overlapping, padding', inputs: { x: [2, 7, 2] }, params: { kernelSize: 3, stride: 2, padding: 1 } },
    { name: 'length kept', inputs: { x: [1, 3, 5] }, params: { kernelSize: 3, stride: 1, padding: 1, layout: 'NCL' } },
    { name: 'whole sequence', inputs: { x: [3, 4, 2] }, params: { kernelSize: 4, stride: 1 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    maxPool1d: typeof maxPool1d
  }
}
export default maxPool1d
