/** @file The mean under a window that slides along a sequence, each channel by itself (notes 002 §5). */

import { defineLayer } from './kit/define'
import { countPaddingSpec, meanUnder } from './kit/pool-mean'
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

const avgPool1d = defineLayer({
  kind: 'avgPool1d',
  category: 'pooling',
  idStem: 'pool',
  title: { en: '1-d average pooling', zh: '一维平均池化层' },
  aliases: { en: 'mean pooling', zh: '均值汇聚' },
  summary: {
    en: 'Replaces each window of steps by its mean: the sequence becomes shorter and smoother. With stride 1 it is a moving average.',
    zh: '以每段时间步窗口的平均值代替整个窗口，使序列变短且更平滑；步幅为 1 时即移动平均。',
  },
  formula: String.raw`Y_{n,t,c} = \frac{1}{k} \sum_{u} X_{n,\,ts+u-p,\,c}`,
  reference: 'notes 002 §5',
  inputs: { x: { about: sequences } },
  outputs: { y: { about: { en: 'shorter sequences, the axes in the same order', zh: '缩短的序列，轴的次序不变' } } },
  params: {
    ...stepWindowParams({ kernelSize: 2, stride: 2, padding: 0 }),
    layout: layoutSpec,
    countPadding: countPaddingSpec,
  },
  shape: ({ x }, params, fail) => {
    const y = pooledSequence(x, params, fail)
    return y && { y }
  },
  lower: (b, { x }, _weights, params) => {
    const window = { ...flatWindow(params), kernel: [1, params.kernelSize] } as const
    const images = asImages(b, x, params.layout)
    const mean = meanUnder(b, images, window, params.countPadding)
    return { y: fromImages(b, mean, params.layout) }
  },
  flops: ({ x }, params) => stepFlops(x, params, sequenceOf(x, params.layout).channels, params.kernelSize + 1),
  brief: ({ kernelSize, stride }) => `${kernelSize} /${stride}`,
  pytorch: ({ kernelSize, stride, padding, countPadding, layout }) => ({
    call: (_self, [input = '']) =>
      pythonSequence(
        input,
        layout,
        (x) => `F.avg_pool1d(${x}, ${kernelSize}, ${stride}, ${padding}${countPadding ? '' : ', count_include_pad=False'})`,
      ),
  }),
  cases: [
    { inputs: { x: [2, 8, 3] } },
    { name: 'channels first, steps left over', inputs: { x: [1, 2, 7] }, params: { layout: 'NCL' } },
    { name: 'overlapping, padding', inputs: { x: [2, 7, 2] }, params: { kernelSize: 3, stride: 2, padding: 1 } },
    { name: 'length kept', inputs: { x: [1, 3, 5] }, params: { kernelSize: 3, stride: 1, padding: 1, layout: 'NCL' } },
    { name: 'whole sequence', inputs: { x: [3, 4, 2] }, params: { kernelSize: 4, stride: 1 } },
    { name: 'padding not counted', inputs: { x: [1, 6, 2] }, params: { kernelSize: 3, padding: 1, countPadding: false } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    avgPool1d: typeof avgPool1d
  }
}
export default avgPool1d
