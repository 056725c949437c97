/** @file Inception block (Szegedy et al. 2014; notes 002 §5): four paths with windows of different sizes, laid side by side. */
import { block } from '../../engine/builder/block'
import type { Handle, ParamReference } from '../../engine/builder/types'

export default block(
  'inception',
  { n1: 64, n21: 96, n22: 128, n31: 16, n32: 32, n4: 32 },
  (g, x, p) => {
    const conv = (input: Handle, numChannels: ParamReference<number>, kernelSize: number, padding = 0) =>
      g.relu(g.conv2d(input, { numChannels, kernelSize, padding, initializer: 'he' }))
    const path1 = conv(x, p.n1, 1)
    const path2 = conv(conv(x, p.n21, 1), p.n22, 3, 1)
    const path3 = conv(conv(x, p.n31, 1), p.n32, 5, 2)
    const path4 = conv(g.maxPool2d(x, { kernelSize: 3, stride: 1, padding: 1 }), p.n4, 1)
    return g.concat([path1, path2, path3, path4], { axis: 1 })
  },
  {
    title: 'Inception block',
    label: { en: 'Inception block', zh: 'Inception 块' },
    summary: {
      en: 'Looks at the image with 1×1, 3×3 and 5×5 windows and a pool at the same time; 1×1 convolutions keep it cheap.',
      zh: '同时用 1×1、3×3、5×5 窗口和池化观察图像，并以 1×1 卷积降低计算量。',
    },
  },
)
