/**
 * @file Edge operators: the slope of an image in both directions, each smoothed across (notes 002 §13; Prewitt 1970, Sobel and Feldman 1968).
 * In: the three weights of the smoothing. Out: the layer definition with magnitude and angle of the slope.
 *
 * The notes' kernels are those of a convolution, so their [1, 0, −1] is f(x + 1) − f(x − 1): the slope to the right is positive where the
 * image grows brighter to the right, downwards where it does so downwards. The angle is that of the steepest rise, from the direction
 * to the right towards downwards.
 */
import { sizeOf } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'
import { defineLayer, type LayerDefinition } from './define'
import { expectImages } from './expect'
import { bordered, borderSpec, correlate, fixedWindow, half, numbersOnly, pythonBorder, pythonDepthwise } from './filter'
import { bool } from './params'
import { angle, magnitude } from './polar'

type Words = 'kind' | 'title' | 'aliases' | 'summary' | 'formula' | 'reference' | 'idStem'

const params = {
  angle: bool({
    label: { en: 'Angle', zh: '角度' },
    help: {
      en: 'Also gives the direction of the steepest rise in radians, −π to π; 0 points to the right, π/2 down.',
      zh: '同时输出最陡上升方向的角度（弧度，−π 到 π）；0 指向右，π/2 指向下。',
    },
    default: true,
  }),
  border: borderSpec,
}

interface EdgeOperator extends Pick<LayerDefinition, Words> {
  /** Weights of the three rows, or columns, that a slope is averaged over. */
  readonly smoothing: readonly [number, number, number]
}

/** Where the image is flat the angle turns too quickly for differences to tell its derivative. */
const ranges = { x: [-8, 8] } as const

const measures = { magnitude, angle } as const
type Measure = keyof typeof measures

const names = (withAngle: boolean): readonly Measure[] => (withAngle ? ['magnitude', 'angle'] : ['magnitude'])

/** The node has the outputs that `outputsOf` names; nothing asks for the others. */
const outputs = <T>(withAngle: boolean, of: (name: Measure) => T): Readonly<Record<Measure, T>> =>
  Object.fromEntries(names(withAngle).map((name) => [name, of(name)])) as Record<Measure, T>

const difference = [-1, 0, 1] as const

export function defineEdgeOperator({ smoothing, ...words }: EdgeOperator) {
  const slopes = (b: Emit, x: Tensor): readonly [Tensor, Tensor] => [
    correlate(b, correlate(b, x, smoothing, 2), difference, 3),
    correlate(b, correlate(b, x, smoothing, 3), difference, 2),
  ]
  const rows = (down: readonly number[], right: readonly number[]): string =>
    `[${down.map((u) => `[${right.map((v) => u * v + 0).join(', ')}]`).join(', ')}]`
  return defineLayer<typeof params, typeof numbersOnly, 'magnitude' | 'angle'>({
    ...words,
    category: 'filter',
    inputs: numbersOnly,
    outputs: {
      magnitude: { about: { en: 'steepness at every pixel', zh: '每个像素处的陡峭程度' } },
      angle: { about: { en: 'direction of the steepest rise in radians', zh: '最陡上升方向，以弧度计' } },
    },
    outputsOf: (p) => names(p.angle),
    params,
    shape: ({ x }, p, fail) => {
      if (!expectImages(x, fail)) return undefined
      const type = { shape: x.shape, dtype: 'f32' } as const
      return outputs(p.angle, () => type)
    },
    lower: (b, { x }, _weights, p) => {
      const [right, down] = slopes(b, bordered(b, x, half(3), p.border))
      return outputs(p.angle, (name) => measures[name](b, right, down))
    },
    flops: ({ x }, p) => (p.angle ? 50 : 20) * sizeOf(x.shape),
    window: () => fixedWindow([3, 3]),
    pytorch: (p, { x }) => ({
      call: (_self, [input = '']) => {
        const padded = pythonBorder(input, half(3), p.border)
        const right = pythonDepthwise(padded, `[${rows(smoothing, difference)}]`, x.shape[1] ?? 0)
        const down = pythonDepthwise(padded, `[${rows(difference, smoothing)}]`, x.shape[1] ?? 0)
        return p.angle ? `(torch.hypot(${right}, ${down}), torch.atan2(${down}, ${right}))` : `torch.hypot(${right}, ${down})`
      },
    }),
    cases: [
      { inputs: { x: [2, 3, 5, 6] }, ranges },
      { name: 'nearest pixel beyond the border', inputs: { x: [1, 2, 4, 5] }, params: { border: 'nearest' }, ranges },
      { name: 'magnitude alone', inputs: { x: [1, 1, 7, 4] }, params: { angle: false } },
      { name: 'two rows', inputs: { x: [2, 1, 2, 5] }, ranges },
    ],
  })
}
