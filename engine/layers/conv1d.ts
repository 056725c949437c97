/** @file 1-d cross-correlation over sequences, kernel (out, in / groups, width) (notes 002 §10; Kim 2014): a 2-d one over images one pixel high. */
import { initializerSpec, kernelAndBias, pytorchKernelAndBias, useBiasSpec, weightOf } from './kit/affine'
import { briefConvolution, dilationSpec, groupsFit, groupsSpec, numChannelsSpec, pythonOptions } from './kit/convolution'
import { defineLayer } from './kit/define'
import {
  asImages,
  expectSequence,
  flatWindow,
  fromImages,
  layoutSpec,
  pythonSequence,
  sequenceOf,
  sequenceShape,
  sequences,
  slideAlong,
  stepFlops,
  stepWindowParams,
} from './kit/sequence'

const conv1d = defineLayer({
  kind: 'conv1d',
  category: 'convolution',
  idStem: 'conv1d',
  title: { en: '1-d convolution', zh: '一维卷积层' },
  aliases: {
    en: 'text convolution, temporal convolution, dilated, atrous, grouped, depthwise',
    zh: '文本卷积, 时间卷积, 空洞卷积, 扩张卷积, 分组卷积',
  },
  summary: {
    en: 'Slides learned filters along a sequence: over word vectors each finds a kind of phrase, over a signal a waveform. Several widths side by side, each with a max over time behind it, make a text classifier.',
    zh: '用可学习的卷积核沿序列滑动：在词向量上每个卷积核识别一类短语，在信号上识别一种波形。并列几种宽度，各接时序最大池化，即是文本分类网络。',
  },
  formula: String.raw`Y_{n,t,o} = b_o + \sum_{c,u} K_{o,c,u}\, X_{n,\,ts+ud-p,\,c}`,
  reference: 'notes 002 §10; Kim 2014',
  inputs: { x: { about: sequences } },
  outputs: { y: { about: { en: 'one channel a filter, the axes in the same order', zh: '每个卷积核一个通道，轴的次序不变' } } },
  params: {
    numChannels: numChannelsSpec,
    ...stepWindowParams({ kernelSize: 3, stride: 1, padding: 0 }),
    layout: layoutSpec,
    dilation: dilationSpec,
    groups: groupsSpec,
    useBias: useBiasSpec,
    initializer: initializerSpec,
  },
  adjustable: { width: 'numChannels' },
  shape: ({ x }, params, fail) => {
    if (!expectSequence(x, fail)) return undefined
    const { numChannels, groups, layout } = params
    const { batch, channels, length } = sequenceOf(x, layout)
    if (!groupsFit(channels, numChannels, groups, fail)) return undefined
    const steps = slideAlong(length, params, fail)
    return steps === undefined
      ? undefined
      : { y: { shape: sequenceShape({ batch, channels: numChannels, length: steps }, layout), dtype: 'f32' } }
  },
  weights: ({ x }, { numChannels, kernelSize, groups, useBias, initializer, layout }) => {
    const fanIn = (sequenceOf(x, layout).channels / groups) * kernelSize
    const shape = [numChannels, fanIn / kernelSize, kernelSize]
    return kernelAndBias({ shape, init: initializer, fanIn, fanOut: (numChannels / groups) * kernelSize }, numChannels, useBias)
  },
  lower: (b, { x }, weights, params) => {
    const kernel = weightOf(weights, 'kernel')
    const [out = 0, channels = 0, width = 0] = kernel.shape
    const images = asImages(b, x, params.layout)
    const maps = b.conv2d(images, b.reshape(kernel, [out, channels, 1, width]), { ...flatWindow(params), groups: params.groups })
    return { y: fromImages(b, weights.bias ? b.add(maps, b.perChannel(weights.bias, maps.shape)) : maps, params.layout) }
  },
  flops: ({ x }, params) => {
    const taps = (sequenceOf(x, params.layout).channels / params.groups) * params.kernelSize
    return stepFlops(x, params, params.numChannels, 2 * taps + (params.useBias ? 1 : 0))
  },
  brief: ({ numChannels, kernelSize, stride }) => briefConvolution(numChannels, `${kernelSize}`, stride),
  pytorch: ({ numChannels, kernelSize, stride, padding, dilation, groups, useBias, layout }, { x }) => ({
    module:
      `nn.Conv1d(${sequenceOf(x, layout).channels}, ${numChannels}, ${kernelSize}` +
      pythonOptions({ stride: [stride, 1], padding: [padding, 0], dilation: [dilation, 1], groups: [groups, 1] }) +
      `${useBias ? '' : ', bias=False'})`,
    call: (self, [input = '']) => pythonSequence(input, layout, (channelsFirst) => `${self}(${channelsFirst})`),
    weights: pytorchKernelAndBias(useBias),
  }),
  cases: [
    { name: 'word vectors', inputs: { x: [2, 7, 5] }, params: { numChannels: 4 } },
    { name: 'channels first', inputs: { x: [2, 3, 9] }, params: { numChannels: 2, kernelSize: 4, layout: 'NCL' } },
    { name: 'stride, padding, dilation', inputs: { x: [1, 9, 2] }, params: { numChannels: 3, stride: 2, padding: 3, dilation: 2 } },
    {
      name: 'groups, no bias',
      inputs: { x: [2, 4, 6] },
      params: { numChannels: 6, kernelSize: 2, groups: 2, useBias: false, layout: 'NCL' },
    },
    { name: 'depthwise', inputs: { x: [1, 6, 3] }, params: { numChannels: 3, padding: 1, groups: 3 } },
    { name: 'whole sequence', inputs: { x: [3, 4, 2] }, params: { numChannels: 2, kernelSize: 4 } },
    { name: 'one step at a time', inputs: { x: [2, 1, 3] }, params: { numChannels: 2, kernelSize: 1 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    conv1d: typeof conv1d
  }
}
export default conv1d
