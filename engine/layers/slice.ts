/** @file A part of one axis: from a start to a stop, every so many (notes 002 §1). */
import { axisFromFront, axisSpec, sampleAxis, withExtent } from './kit/axis'
import { defineLayer } from './kit/define'
import { int } from './kit/params'

interface Ends {
  readonly start: number
  readonly stop: number
}

/** Both ends from the front; a stop of 0 is the end of the axis. */
const fromFront = (extent: number, { start, stop }: Ends): Ends => ({
  start: start < 0 ? start + extent : start,
  stop: stop <= 0 ? stop + extent : stop,
})

const slice = defineLayer({
  kind: 'slice',
  category: 'shape',
  idStem: 'slice',
  title: { en: 'Slice', zh: '切片' },
  aliases: { en: 'crop, range, last step', zh: '截取' },
  summary: {
    en: 'Keeps a part of one axis: the last step of a sequence, the first channels, every second value.',
    zh: '保留一个轴上的一部分：序列的最后一步、前几个通道、每隔一个取一个等。',
  },
  formula: String.raw`Y_{n,\dots,k,\dots} = X_{n,\dots,\, s + k t,\dots}, \quad s + k t < e`,
  reference: 'notes 002 §1',
  inputs: { x: { about: { en: 'samples (N, …)', zh: '样本 (N, …)' } } },
  outputs: { y: { about: { en: 'the part that is kept', zh: '保留的部分' } } },
  params: {
    axis: axisSpec(
      {
        en: 'Which axis is cut: 1 is features, channels or steps, −1 the last.',
        zh: '沿哪个轴切：1 为特征、通道或时间步，−1 为最后一个轴。',
      },
      1,
    ),
    start: int({
      label: { en: 'Start', zh: '起点' },
      help: { en: 'First entry that is kept, from 0; negative ones count from the end.', zh: '保留的第一项，从 0 数起；负数从末尾数起。' },
      default: 0,
    }),
    stop: int({
      label: { en: 'Stop', zh: '终点' },
      help: {
        en: 'First entry that is left out; 0 is the end, negative ones count from the end.',
        zh: '不再保留的第一项；0 表示到末尾，负数从末尾数起。',
      },
      default: 0,
    }),
    step: int({
      label: { en: 'Step', zh: '步长' },
      help: { en: '2 keeps every second entry.', zh: '取 2 则每隔一项保留一项。' },
      default: 1,
      min: 1,
    }),
  },
  shape: ({ x }, { axis, step, ...ends }, fail) => {
    const at = sampleAxis(x, axis, fail)
    if (at === undefined) return undefined
    const extent = x.shape[at] ?? 1
    const { start, stop } = fromFront(extent, ends)
    if (start < 0 || stop > extent || start >= stop)
      return fail({
        code: 'shape.slice',
        port: 'x',
        param: start < 0 || start >= extent ? 'start' : 'stop',
        values: { extent, got: `[${ends.start}, ${ends.stop === 0 ? extent : ends.stop})` },
        fixes: [inside(extent, start, stop)],
      })
    return { y: { ...x, shape: withExtent(x.shape, at, Math.ceil((stop - start) / step)) } }
  },
  lower: (b, { x }, _weights, { axis, step, ...ends }) => {
    const at = axisFromFront(x.shape, axis)
    const { start, stop } = fromFront(x.shape[at] ?? 1, ends)
    const zeros = x.shape.map(() => 0)
    return {
      y: b.slice(
        x,
        withExtent(zeros, at, start),
        withExtent(x.shape, at, stop),
        withExtent(
          zeros.map(() => 1),
          at,
          step,
        ),
      ),
    }
  },
  flops: () => 0,
  brief: ({ start, stop, step }) => `${start}:${stop === 0 ? '' : stop}${step === 1 ? '' : `:${step}`}`,
  pytorch: ({ axis, start, stop, step }, { x: { shape } }) => {
    const part = `${start}:${stop === 0 ? '' : stop}${step === 1 ? '' : `:${step}`}`
    return { call: (_self, [x]) => `${x}[${[...shape.slice(0, axisFromFront(shape, axis)).map(() => ':'), part].join(', ')}]` }
  },
  cases: [
    { name: 'the first two', inputs: { x: [3, 5] }, params: { stop: 2 } },
    { name: 'the last step', inputs: { x: [2, 4, 3] }, params: { start: -1 } },
    { name: 'every second column but the last', inputs: { x: [2, 3, 4, 7] }, params: { axis: -1, stop: -1, step: 2 } },
    { name: 'from the middle, batch 1', inputs: { x: [1, 6] }, params: { start: 2, stop: 5 } },
    { name: 'a step past the end', inputs: { x: [2, 3] }, params: { step: 9 } },
    { name: 'whole numbers', inputs: { x: { shape: [2, 5], dtype: 'i32', classes: 7 } }, params: { start: 1 } },
  ],
})

/** What of the slice lies on the axis; all of it where nothing does. */
function inside(extent: number, start: number, stop: number) {
  const first = Math.min(Math.max(start, 0), extent)
  const last = Math.min(stop, extent)
  const [from, to] = first < last ? [first, last] : [0, extent]
  return {
    title: { en: `Keep ${from} to ${to - 1}`, zh: `保留第 ${from} 至 ${to - 1} 项` },
    edits: [
      { type: 'setParam', param: 'start', value: from },
      { type: 'setParam', param: 'stop', value: to === extent ? 0 : to },
    ],
  } as const
}

declare module './kit/kinds' {
  interface LayerKinds {
    slice: typeof slice
  }
}
export default slice
