/**
 * @file The derivative of an image along one axis as a difference of neighbours (notes 002 §13). The notes print the forward formula twice;
 * their kernel for the backward difference, [0, 1, −1], is f(x) − f(x − 1).
 */
import { bordered, borderSpec, correlate, defineFilter, pythonBorder, pythonDepthwise } from './kit/filter'
import { choice } from './kit/params'

/** Weights of f(x − 1), f(x), f(x + 1). */
const taps = { forward: [0, -1, 1], backward: [-1, 1, 0], central: [-0.5, 0, 0.5] } as const
const axes = { horizontal: 3, vertical: 2 } as const

/** The border along the axis of the difference alone. */
const reach = (direction: keyof typeof axes): readonly [number, number] => (direction === 'vertical' ? [1, 0] : [0, 1])

const differenceFilter = defineFilter({
  kind: 'differenceFilter',
  idStem: 'difference',
  title: { en: 'Difference', zh: '差分滤波' },
  aliases: { en: 'gradient, derivative, forward difference, backward difference, central difference', zh: '前向差分, 后向差分, 中心差分' },
  summary: {
    en: 'How quickly the brightness changes to the right or downwards: the difference of neighbouring pixels, the simplest edge detector.',
    zh: '亮度向右或向下变化的快慢：相邻像素之差，是最简单的边缘检测。',
  },
  formula: String.raw`f(x+1) - f(x),\quad f(x) - f(x-1),\quad \tfrac{1}{2}\left(f(x+1) - f(x-1)\right)`,
  reference: 'notes 002 §13',
  params: {
    scheme: choice({
      label: { en: 'Difference', zh: '差分方式' },
      help: {
        en: 'The central difference errs least; the other two lie half a pixel to one side.',
        zh: '中心差分误差最小；前向和后向差分各偏向一侧半个像素。',
      },
      default: 'central',
      options: {
        forward: { en: 'Forward', zh: '前向' },
        backward: { en: 'Backward', zh: '后向' },
        central: { en: 'Central', zh: '中心' },
      },
    }),
    direction: choice({
      label: { en: 'Direction', zh: '方向' },
      help: { en: 'To the right, or downwards.', zh: '向右或向下。' },
      default: 'horizontal',
      options: { horizontal: { en: 'Horizontal', zh: '水平' }, vertical: { en: 'Vertical', zh: '竖直' } },
    }),
    border: borderSpec,
  },
  size: ({ direction }) => (direction === 'vertical' ? [3, 1] : [1, 3]),
  apply: (b, x, { scheme, direction, border }) => correlate(b, bordered(b, x, reach(direction), border), taps[scheme], axes[direction]),
  operations: () => 3,
  brief: ({ direction }) => (direction === 'vertical' ? '↓' : '→'),
  pytorch: (x, { scheme, direction, border }, channels) => {
    const row = taps[scheme]
    const kernel = direction === 'vertical' ? row.map((tap) => `[${tap}]`).join(', ') : `[${row.join(', ')}]`
    return pythonDepthwise(pythonBorder(x, reach(direction), border), `[${kernel}]`, channels)
  },
  cases: [
    { inputs: { x: [2, 3, 5, 6] } },
    { name: 'nearest pixel beyond the border', inputs: { x: [1, 2, 4, 5] }, params: { border: 'nearest' } },
    { name: 'forward, downwards', inputs: { x: [2, 1, 4, 3] }, params: { scheme: 'forward', direction: 'vertical' } },
    { name: 'backward, to the right', inputs: { x: [1, 2, 3, 5] }, params: { scheme: 'backward', border: 'nearest' } },
    { name: 'central, downwards, one row', inputs: { x: [1, 2, 1, 4] }, params: { direction: 'vertical' } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    differenceFilter: typeof differenceFilter
  }
}
export default differenceFilter
