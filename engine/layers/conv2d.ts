/** @file 2-D cross-correlation over images (N, C, H, W), kernel (out, in / groups, height, width) (notes 002 §5; LeCun et al. 1989). */
import { sizeOf } from '../core/tensor'
import { initializerSpec, kernelAndBias, pytorchKernelAndBias, useBiasSpec, weightOf } from './kit/affine'
import { briefConvolution, dilation2dSpec, groupsFit, groupsSpec, numChannelsSpec, pythonOptions } from './kit/convolution'
import { defineLayer } from './kit/define'
import { expectImages, images } from './kit/expect'
import { pair } from './kit/params'
import { briefSize, pythonSize, slide, windowOf, windowParams } from './kit/window'

const conv2d = defineLayer({
  kind: 'conv2d',
  category: 'convolution',
  idStem: 'conv',
  title: { en: 'Convolution', zh: '卷积层' },
  aliases: {
    en: '2-d convolution, cross-correlation, dilated, atrous, grouped, depthwise, pointwise',
    zh: '二维卷积, 互相关, 空洞卷积, 扩张卷积, 分组卷积, 逐点卷积',
  },
  summary: {
    en: 'Slides small learned filters over an image; each gives one feature map. It computes the cross-correlation, as all such layers do.',
    zh: '用可学习的小卷积核在图像上滑动，每个卷积核得到一张特征图。与通常的卷积层一样，实际计算的是互相关。',
  },
  formula: String.raw`Y_{n,o,i,j} = b_o + \sum_{c,u,v} K_{o,c,u,v}\, X_{n,c,\,is+ud-p,\,js+vd-p}`,
  reference: 'notes 002 §5; LeCun et al. 1989',
  inputs: { x: { about: images } },
  outputs: { y: { about: { en: 'feature maps (N, channels, H, W)', zh: '特征图 (N, 通道数, H, W)' } } },
  params: {
    numChannels: numChannelsSpec,
    ...windowParams({ kernelSize: 3, stride: 1, padding: 0 }),
    dilation: dilation2dSpec,
    groups: groupsSpec,
    useBias: useBiasSpec,
    initializer: initializerSpec,
  },
  adjustable: { width: 'numChannels' },
  shape: ({ x }, params, fail) => {
    if (!expectImages(x, fail)) return undefined
    const [batch = 0, channels = 0] = x.shape
    const { numChannels, groups } = params
    if (!groupsFit(channels, numChannels, groups, fail)) return undefined
    const size = slide(x, params, fail)
    return size && { y: { shape: [batch, numChannels, ...size], dtype: 'f32' } }
  },
  weights: ({ x }, { numChannels, kernelSize, groups, useBias, initializer }) => {
    const window = pair(kernelSize)
    const shape = [numChannels, (x.shape[1] ?? 0) / groups, ...window]
    const kernel = { shape, init: initializer, fanIn: sizeOf(shape.slice(1)), fanOut: (numChannels / groups) * sizeOf(window) }
    return kernelAndBias(kernel, numChannels, useBias)
  },
  lower: (b, { x }, weights, params) => {
    const { stride, padding, dilation } = windowOf(params)
    const maps = b.conv2d(x, weightOf(weights, 'kernel'), { stride, padding, dilation, groups: params.groups, layout: 'NCHW' })
    return { y: weights.bias ? b.add(maps, b.perChannel(weights.bias, maps.shape)) : maps }
  },
  flops: ({ x }, params) => {
    const [height, width] = slide(x, params, () => undefined) ?? [0, 0]
    const outputs = (x.shape[0] ?? 0) * params.numChannels * height * width
    const taps = ((x.shape[1] ?? 0) / params.groups) * sizeOf(pair(params.kernelSize))
    return outputs * (2 * taps + (params.useBias ? 1 : 0))
  },
  window: windowOf,
  brief: ({ numChannels, kernelSize, stride }) => briefConvolution(numChannels, briefSize(kernelSize), stride),
  pytorch: ({ numChannels, kernelSize, stride, padding, dilation, groups, useBias }, { x }) => ({
    module:
      `nn.Conv2d(${x.shape[1]}, ${numChannels}, ${pythonSize(kernelSize)}` +
      pythonOptions({ stride: [stride, 1], padding: [padding, 0], dilation: [dilation, 1], groups: [groups, 1] }) +
      `${useBias ? '' : ', bias=False'})`,
    call: (self, [input]) => `${self}(${input})`,
    weights: pytorchKernelAndBias(useBias),
  }),
  cases: [
    { inputs: { x: [2, 3, 8, 8] }, params: { numChannels: 4 } },
    {
      name: 'odd, not square, stride 2, padding',
      inputs: { x: [2, 2, 7, 9] },
      params: { numChannels: 3, kernelSize: [3, 5], stride: 2, padding: [1, 2] },
    },
    { name: '1×1, stride 2', inputs: { x: [1, 4, 5, 6] }, params: { numChannels: 2, kernelSize: 1, stride: 2 } },
    { name: 'dilation', inputs: { x: [1, 2, 9, 8] }, params: { numChannels: 3, dilation: [2, 3], padding: 1 } },
    { name: 'groups', inputs: { x: [2, 4, 5, 5] }, params: { numChannels: 6, groups: 2, padding: 1 } },
    { name: 'depthwise, no bias', inputs: { x: [2, 3, 6, 6] }, params: { numChannels: 3, groups: 3, useBias: false, stride: [2, 1] } },
    { name: '5×5 with rows left over', inputs: { x: [1, 1, 12, 11] }, params: { numChannels: 2, kernelSize: 5, stride: 3 } },
    { name: '3×3, padding 1, many channels', inputs: { x: [3, 9, 4, 4] }, params: { numChannels: 17, padding: 1 } },
    { name: '7×7, stride 2, padding 3', inputs: { x: [1, 1, 16, 14] }, params: { numChannels: 5, kernelSize: 7, stride: 2, padding: 3 } },
    { name: 'whole image', inputs: { x: [2, 2, 3, 4] }, params: { numChannels: 3, kernelSize: [3, 4] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    conv2d: typeof conv2d
  }
}
export default conv2d
