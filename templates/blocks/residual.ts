/** @file Residual block (He et al. 2015; notes 002 §6): two convolutions learn f(x) − x; the shortcut adds x back. */
import { block } from '../../engine/builder/block'

export default block(
  'residual',
  { numChannels: 64, stride: 1, identityShortcut: true },
  (g, x, p) => {
    let y = g.relu(g.batchNorm(g.conv2d(x, { numChannels: p.numChannels, kernelSize: 3, stride: p.stride, padding: 1 })))
    y = g.batchNorm(g.conv2d(y, { numChannels: p.numChannels, kernelSize: 3, padding: 1 }))
    const shortcut = g.conv2d(x, {
      id: 'shortcut',
      numChannels: p.numChannels,
      kernelSize: 1,
      stride: p.stride,
      bypass: p.identityShortcut,
    })
    return g.relu(g.add([y, shortcut]))
  },
  {
    title: 'Residual block',
    label: { en: 'Residual block', zh: '残差块' },
    summary: {
      en: 'Two 3×3 convolutions with a shortcut around them. Where size or channels change, the shortcut needs its 1×1 convolution.',
      zh: '两个 3×3 卷积，旁边有一条捷径。尺寸或通道数改变时，捷径上需要 1×1 卷积。',
    },
  },
)
