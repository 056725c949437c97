/**
 * @file Transposed convolution over images (N, C, H, W), kernel (in, out / groups, height, width): the adjoint of a convolution, which
 * takes feature maps back to the size of the image (notes 002 §9; Zeiler et al. 2010).
 */
import { sizeOf, type TensorType } from '../core/tensor'
import type { Text } from '../core/text'
import { initializerSpec, kernelAndBias, pytorchKernelAndBias, useBiasSpec, weightOf } from './kit/affine'
import { briefConvolution, dilation2dSpec, groupsFit, groupsSpec, numChannelsSpec, pythonOptions } from './kit/convolution'
import { defineLayer, type Fail } from './kit/define'
import { expectImages, images } from './kit/expect'
import { int2d, pair } from './kit/params'
import { briefSize, pythonSize, type Size, type WindowParams, windowOf, windowParams } from './kit/window'

interface Params extends WindowParams {
  readonly outputPadding: Size
}

/** (h − 1)·s − 2p + d·(k − 1) + 1 + output padding, along both axes. */
function enlarged(image: TensorType, params: Params): readonly [number, number] {
  const { kernel, stride, padding, dilation } = windowOf(params)
  const extra = pair(params.outputPadding)
  const along = (axis: 0 | 1): number =>
    ((image.shape[axis + 2] ?? 0) - 1) * stride[axis] - 2 * padding[axis] + dilation[axis] * (kernel[axis] - 1) + 1 + extra[axis]
  return [along(0), along(1)]
}

/** Rows and columns that the stride leaves undecided are fewer than the stride, and something must be left of the result. */
function expectSize(x: TensorType, params: Params, fail: Fail): readonly [number, number] | undefined {
  const [stride, extra] = [pair(params.stride), pair(params.outputPadding)]
  if (extra.some((extent, axis) => extent >= (stride[axis] as number))) {
    const most = (axis: 0 | 1): number => Math.min(extra[axis], stride[axis] - 1)
    return fail({
      code: 'shape.output-padding',
      param: 'outputPadding',
      values: { expected: stride.join('×'), got: extra.join('×') },
      fixes: [
        {
          title: { en: 'Add as many rows and columns as the stride allows', zh: '改为步幅所允许的行数和列数' },
          edits: [{ type: 'setParam', param: 'outputPadding', value: most(0) === most(1) ? most(0) : [most(0), most(1)] }],
        },
      ],
    })
  }
  const size = enlarged(x, params)
  if (size.every((extent) => extent >= 1)) return size
  return fail({
    code: 'shape.nothing-left',
    port: 'x',
    param: 'padding',
    values: { got: enlarged(x, { ...params, padding: 0 }).join('×'), expected: onEverySide(pair(params.padding).join('×')) },
    fixes: [
      {
        title: { en: 'Cut nothing off', zh: '不裁去边缘' },
        edits: [{ type: 'setParam', param: 'padding', value: 0 }],
      },
    ],
  })
}

const onEverySide = (size: string): Text => ({ en: `${size} on every side`, zh: `每一侧 ${size}` })

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

const convTranspose2d = defineLayer({
  kind: 'convTranspose2d',
  category: 'convolution',
  idStem: 'convTranspose',
  title: { en: 'Transposed convolution', zh: '转置卷积层' },
  aliases: { en: 'deconvolution, fractionally strided convolution', zh: '反卷积, 逆卷积' },
  summary: {
    en: 'Spreads each value over a window of a larger image: a convolution run backwards, with learned filters. Takes the maps of a fully convolutional network back to the size of the image; with a window twice the stride and bilinear initial weights it begins as smooth enlargement.',
    zh: '把每个值按可学习的卷积核铺到更大的图像上，相当于反向进行的卷积。用于将全卷积网络的特征图恢复到原图大小；窗口取步幅的两倍并用双线性初始化时，一开始即是平滑放大。',
  },
  formula: String.raw`Y_{n,o,\,is+ud-p,\,js+vd-p} \mathrel{+}= \sum_{c} K_{c,o,u,v}\, X_{n,c,i,j}`,
  reference: 'notes 002 §9; Zeiler et al. 2010; Long et al. 2015',
  inputs: { x: { about: images } },
  outputs: { y: { about: { en: 'larger images (N, channels, H, W)', zh: '放大的图像 (N, 通道数, H, W)' } } },
  params: {
    numChannels: numChannelsSpec,
    ...windowParams({ kernelSize: 4, stride: 2, padding: 1 }),
    stride: int2d({
      label: { en: 'Stride', zh: '步幅' },
      help: {
        en: 'How many pixels apart neighbouring values are laid down; 2 doubles the image.',
        zh: '相邻两个值铺开的间距；取 2 时图像高宽加倍。',
      },
      default: 2,
      min: 1,
      max: 1024,
    }),
    padding: int2d({
      label: { en: 'Padding', zh: '填充' },
      help: {
        en: 'Pixels cut off every side of the result, as the padding of the convolution that this one reverses.',
        zh: '从结果每一侧裁去的像素数，对应所逆转的卷积的填充。',
      },
      default: 1,
      min: 0,
      max: 1024,
    }),
    outputPadding: int2d({
      label: { en: 'Output padding', zh: '输出填充' },
      help: {
        en: 'Rows and columns added below and to the right, where a stride leaves the size open; less than the stride.',
        zh: '在下方和右侧补上的行数和列数，用于步幅使输出大小不唯一时；须小于步幅。',
      },
      default: 0,
      min: 0,
      max: 1024,
      advanced: true,
    }),
    dilation: dilation2dSpec,
    groups: groupsSpec,
    useBias: useBiasSpec,
    initializer: initializerSpec,
  },
  adjustable: { width: 'numChannels' },
  shape: ({ x }, params, fail) => {
    if (!expectImages(x, fail)) return undefined
    const [batch = 0, channels = 0] = x.shape
    if (!groupsFit(channels, params.numChannels, params.groups, fail)) return undefined
    const size = expectSize(x, params, fail)
    return size && { y: { shape: [batch, params.numChannels, ...size], dtype: 'f32' } }
  },
  weights: ({ x }, { numChannels, kernelSize, stride, groups, useBias, initializer }) => {
    const [channels, window] = [x.shape[1] ?? 0, pair(kernelSize)]
    // An output adds up the taps that the stride leaves it.
    const fanIn = Math.max(1, ((channels / groups) * sizeOf(window)) / sizeOf(pair(stride)))
    const fanOut = (numChannels / groups) * sizeOf(window)
    return kernelAndBias({ shape: [channels, numChannels / groups, ...window], init: initializer, fanIn, fanOut }, numChannels, useBias)
  },
  lower: (b, { x }, weights, params) => {
    const { stride, padding, dilation } = windowOf(params)
    const image = [x.shape[0] ?? 0, params.numChannels, ...enlarged(x, params)]
    const window = { stride, padding, dilation, groups: params.groups, layout: 'NCHW' } as const
    const y = b.conv2dInputGrad(x, weightOf(weights, 'kernel'), window, image)
    return { y: weights.bias ? b.add(y, b.perChannel(weights.bias, image)) : y }
  },
  flops: ({ x }, params) => {
    const taps = (params.numChannels / params.groups) * sizeOf(pair(params.kernelSize))
    const biased = (x.shape[0] ?? 0) * params.numChannels * sizeOf(enlarged(x, params))
    return sizeOf(x.shape) * 2 * taps + (params.useBias ? biased : 0)
  },
  // A pixel of the result is reached by the values whose windows cover it: every s/g-th tap, g the common divisor of stride and dilation.
  window: (params) => {
    const { kernel, stride, dilation } = windowOf(params)
    const shared = (axis: 0 | 1): number => gcd(stride[axis], dilation[axis])
    const reached = (axis: 0 | 1): number => Math.floor(((kernel[axis] - 1) * shared(axis)) / stride[axis]) + 1
    return {
      kernel: [reached(0), reached(1)],
      stride: [1 / stride[0], 1 / stride[1]],
      padding: [0, 0],
      dilation: [dilation[0] / shared(0), dilation[1] / shared(1)],
    }
  },
  brief: ({ numChannels, kernelSize, stride }) => briefConvolution(numChannels, briefSize(kernelSize), stride),
  pytorch: ({ numChannels, kernelSize, stride, padding, outputPadding, dilation, groups, useBias }, { x }) => ({
    module:
      `nn.ConvTranspose2d(${x.shape[1]}, ${numChannels}, ${pythonSize(kernelSize)}` +
      pythonOptions({
        stride: [stride, 1],
        padding: [padding, 0],
        output_padding: [outputPadding, 0],
        dilation: [dilation, 1],
        groups: [groups, 1],
      }) +
      `${useBias ? '' : ', bias=False'})`,
    call: (self, [input]) => `${self}(${input})`,
    weights: pytorchKernelAndBias(useBias),
  }),
  cases: [
    { name: 'twice the size', inputs: { x: [2, 3, 4, 5] }, params: { numChannels: 2 } },
    { name: 'one pixel', inputs: { x: [1, 2, 1, 1] }, params: { numChannels: 3, kernelSize: 3, stride: 1, padding: 0 } },
    { name: 'stride 1', inputs: { x: [2, 4, 5, 3] }, params: { numChannels: 5, kernelSize: [3, 2], stride: 1, padding: [1, 0] } },
    {
      name: 'output padding, not square',
      inputs: { x: [1, 2, 3, 4] },
      params: { numChannels: 3, kernelSize: [3, 5], stride: [2, 3], padding: [1, 2], outputPadding: [1, 2] },
    },
    { name: 'dilation', inputs: { x: [1, 3, 4, 4] }, params: { numChannels: 2, kernelSize: 3, stride: 2, padding: 2, dilation: [2, 3] } },
    { name: 'groups', inputs: { x: [2, 4, 3, 3] }, params: { numChannels: 6, groups: 2 } },
    { name: 'depthwise, no bias', inputs: { x: [2, 3, 4, 3] }, params: { numChannels: 3, groups: 3, useBias: false } },
    {
      name: 'stride larger than the window',
      inputs: { x: [1, 2, 3, 2] },
      params: { numChannels: 2, kernelSize: 2, stride: 3, padding: 0 },
    },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    convTranspose2d: typeof convTranspose2d
  }
}
export default convTranspose2d
