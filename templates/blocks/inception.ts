/** @file Inception block (Szegedy et al. 2014; notes 002 §5): four paths with windows of different sizes, laid side by side. */
import { block } from '../../engine/builder/block'

export default block(
  'inception',
  { n1: 64, n21: 96, n22: 128, n31: 16, n32: 32, n4: 32 },
  (g, x, p) => {
    const path1 = g.relu(g.conv2d(x, { numChannels: p.n1, kernelSize: 1 }))
    const reduced2 = g.relu(g.conv2d(x, { numChannels: p.n21, kernelSize: 1 }))
    const path2 = g.relu(g.conv2d(reduced2, { numChannels: p.n22, kernelSize: 3, padding: 1 }))
    const reduced3 = g.relu(g.conv2d(x, { numChannels: p.n31, kernelSize: 1 }))
    const path3 = g.relu(g.conv2d(reduced3, { numChannels: p.n32, kernelSize: 5, padding: 2 }))
    const pooled = g.maxPool2d(x, { kernelSize: 3, stride: 1, padding: 1 })
    const path4 = g.relu(g.conv2d(pooled, { numChannels: p.n4, kernelSize: 1 }))
    return g.concat([path1, path2, path3, path4], { axis: 1 })
  },
  {
    title: 'Inception block',
    label: { en: 'Inception block', zh: 'Inception 块' },
    summary: {
      en: 'Looks at the image with 1×1, 3×3 and 5×5 windows and a pool at the same time; 1×1 convolutions keep it cheap.',
      zh: '同时用 1×1、3×3、5×5 窗口和池化观察图像,并以 1×1 卷积降低计算量。',
    },
  },
)
