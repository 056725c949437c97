/** @file The reference interpreter against numbers worked out by hand or in the plainest loops. */
import { describe, expect, it } from 'vitest'
import { hash32, toUnit } from '../../engine/core/random'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import { evaluate, type Feed } from '../../engine/ir/evaluate'
import { imageShape } from '../../engine/ir/window'

/** The value of what `write` builds. */
function resultOf(write: (b: ProgramBuilder) => Tensor, feed: Feed = {}): number[] {
  const b = new ProgramBuilder('test')
  const y = write(b)
  return [...(evaluate(b.finish(), feed).get(y.id) ?? [])]
}
const x23 = (b: ProgramBuilder) => b.input('x', [2, 3])
const x = [1, 2, 3, 4, 5, 6]

describe('elementwise', () => {
  it('computes every unary function', () => {
    const at = (
      name: 'neg' | 'abs' | 'sign' | 'exp' | 'log' | 'sqrt' | 'reciprocal' | 'tanh' | 'sigmoid' | 'floor' | 'sin' | 'cos',
      v: number,
    ) => resultOf((b) => b[name](b.constant(v)))[0]
    expect(at('neg', 2)).toBe(-2)
    expect(at('abs', -2)).toBe(2)
    expect(['sign', 'sign', 'sign'].map((_, i) => at('sign', i - 1))).toEqual([-1, 0, 1])
    expect(at('exp', 1)).toBeCloseTo(Math.E, 14)
    expect(at('log', Math.E)).toBeCloseTo(1, 14)
    expect(at('sqrt', 9)).toBe(3)
    expect(at('reciprocal', 4)).toBe(0.25)
    expect(at('tanh', 0.5)).toBeCloseTo(0.462117157260009, 14)
    expect(at('sigmoid', 0)).toBe(0.5)
    expect([at('sigmoid', 1000), at('sigmoid', -1000)]).toEqual([1, 0])
    expect(at('floor', -1.5)).toBe(-2)
    expect(at('sin', Math.PI / 2)).toBe(1)
    expect(at('cos', Math.PI)).toBe(-1)
  })

  it('computes every binary function, numbers and broadcasts included', () => {
    const y = (b: ProgramBuilder) => b.input('y', [3])
    const feed = { x, y: [3, 2, 1] }
    expect(resultOf((b) => b.add(x23(b), y(b)), feed)).toEqual([4, 4, 4, 7, 7, 7])
    expect(resultOf((b) => b.sub(10, x23(b)), feed)).toEqual([9, 8, 7, 6, 5, 4])
    expect(resultOf((b) => b.mul(x23(b), y(b)), feed)).toEqual([3, 4, 3, 12, 10, 6])
    expect(resultOf((b) => b.div(x23(b), 2), feed)).toEqual([0.5, 1, 1.5, 2, 2.5, 3])
    expect(resultOf((b) => b.max(x23(b), y(b)), feed)).toEqual([3, 2, 3, 4, 5, 6])
    expect(resultOf((b) => b.min(x23(b), y(b)), feed)).toEqual([1, 2, 1, 3, 2, 1])
    expect(resultOf((b) => b.pow(x23(b), 2), feed)).toEqual([1, 4, 9, 16, 25, 36])
    expect(resultOf((b) => b.less(x23(b), y(b)), feed)).toEqual([1, 0, 0, 0, 0, 0])
    expect(resultOf((b) => b.greater(x23(b), y(b)), feed)).toEqual([0, 0, 1, 1, 1, 1])
    expect(resultOf((b) => b.equal(x23(b), y(b)), feed)).toEqual([0, 1, 0, 0, 0, 0])
    expect(resultOf((b) => b.add(b.input('r', [2, 1]), y(b)), { r: [10, 20], y: [1, 2, 3] })).toEqual([11, 12, 13, 21, 22, 23])
  })

  it('wraps i32 arithmetic and truncates casts toward zero', () => {
    const i = (b: ProgramBuilder, value: number) => b.constant(value, [], 'i32')
    expect(resultOf((b) => b.add(i(b, 2 ** 31 - 1), i(b, 1)))).toEqual([-(2 ** 31)])
    expect(resultOf((b) => b.mul(i(b, 65536), i(b, 65537)))).toEqual([65536])
    expect(resultOf((b) => b.cast(b.input('v', [4]), 'i32'), { v: [1.9, -1.9, 3e9, Number.NaN] })).toEqual([1, -1, 2 ** 31 - 1, 0])
    expect(resultOf((b) => b.cast(i(b, 7), 'f32'))).toEqual([7])
  })

  it('selects by a condition', () => {
    expect(resultOf((b) => b.select(b.greater(x23(b), 3), x23(b), 0), { x })).toEqual([0, 0, 0, 4, 5, 6])
  })
})

describe('sources', () => {
  it('draws the random numbers that the specification writes down', () => {
    const seed = 7
    const step = 3
    const b = new ProgramBuilder('test')
    const draws = [b.random([2, 2]), b.random([4])]
    const values = evaluate(b.finish(), { $key: [seed, step] })
    draws.forEach((draw, stream) => {
      const key = (seed ^ hash32(stream, step)) >>> 0
      expect([...(values.get(draw.id) ?? [])]).toEqual([0, 1, 2, 3].map((i) => toUnit(hash32(key, i))))
    })
  })

  it('counts along an axis and makes one-hot rows', () => {
    expect(resultOf((b) => b.iota([2, 3], 0))).toEqual([0, 0, 0, 1, 1, 1])
    expect(resultOf((b) => b.iota([2, 3], -1))).toEqual([0, 1, 2, 0, 1, 2])
    expect(resultOf((b) => b.oneHot(b.input('i', [2], 'i32'), 3), { i: [2, 0] })).toEqual([0, 0, 1, 1, 0, 0])
  })

  it('names an input that is missing or has the wrong size', () => {
    expect(() => resultOf(x23, {})).toThrow('input “x” was not given')
    expect(() => resultOf(x23, { x: [1] })).toThrow('input “x” has 1 elements, not 6')
  })
})

describe('movement', () => {
  it('moves elements where each op says', () => {
    expect(resultOf((b) => b.transpose(x23(b), [1, 0]), { x })).toEqual([1, 4, 2, 5, 3, 6])
    expect(resultOf((b) => b.broadcast(b.input('v', [2]), [2, 3], [0]), { v: [1, 2] })).toEqual([1, 1, 1, 2, 2, 2])
    expect(resultOf((b) => b.perChannel(b.input('v', [2]), [1, 2, 1, 2]), { v: [1, 2] })).toEqual([1, 1, 2, 2])
    expect(resultOf((b) => b.slice(x23(b), [0, 0], [2, 3], [1, 2]), { x })).toEqual([1, 3, 4, 6])
    expect(resultOf((b) => b.slice(x23(b), [1, 1], [2, 3]), { x })).toEqual([5, 6])
    expect(resultOf((b) => b.pad(b.input('v', [2]), [1], [2], [1]), { v: [1, 2] })).toEqual([0, 1, 0, 2, 0, 0])
    expect(resultOf((b) => b.concat([x23(b), x23(b)], 1), { x })).toEqual([1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
    expect(resultOf((b) => b.reshape(x23(b), [3, 2]), { x })).toEqual(x)
  })

  it('emits nothing for a movement that moves nothing', () => {
    const b = new ProgramBuilder('test')
    const v = x23(b)
    const same = [
      b.reshape(v, [2, 3]),
      b.transpose(v, [0, 1]),
      b.broadcast(v, [2, 3]),
      b.slice(v, [0, 0], [2, 3]),
      b.pad(v, [0, 0], [0, 0]),
      b.concat([v], 0),
      b.cast(v, 'f32'),
      b.sum(v, []),
    ]
    expect(same.map(({ id }) => id)).toEqual(same.map(() => v.id))
    expect(b.finish().values).toHaveLength(1)
  })
})

describe('reductions', () => {
  it('sums, averages and finds maxima over chosen axes', () => {
    expect(resultOf((b) => b.sum(x23(b)), { x })).toEqual([21])
    expect(resultOf((b) => b.sum(x23(b), [0]), { x })).toEqual([5, 7, 9])
    expect(resultOf((b) => b.mean(x23(b), [-1], true), { x })).toEqual([2, 5])
    expect(resultOf((b) => b.maximum(x23(b), [0, 1]), { x: [1, 9, 3, -4, 5, 6] })).toEqual([9])
    expect(resultOf((b) => b.argMax(x23(b), 1), { x: [1, 9, 9, 7, 5, 6] })).toEqual([1, 0])
    expect(resultOf((b) => b.argMax(x23(b), 0), { x: [1, 9, 3, 4, 5, 6] })).toEqual([1, 0, 1])
  })

  it('keeps softmax finite for large logits', () => {
    const [a, b1] = resultOf((b) => b.softmax(b.input('z', [2]), 0), { z: [1000, 1001] }) as [number, number]
    expect(a).toBeCloseTo(1 / (1 + Math.E), 12)
    expect(a + b1).toBeCloseTo(1, 12)
    const [c] = resultOf((b) => b.logSoftmax(b.input('z', [2]), 0), { z: [1000, 1001] }) as [number]
    expect(c).toBeCloseTo(-Math.log(1 + Math.E), 12)
  })
})

describe('contractions', () => {
  const a = [1, 2, 3, 4, 5, 6]
  const w = [1, 0, 2, 1, 0, 3]
  const product = [1 * 1 + 2 * 2 + 0, 0 + 2 + 9, 4 + 10, 5 + 18]

  it('multiplies matrices in all four orientations', () => {
    for (const transposeA of [false, true])
      for (const transposeB of [false, true]) {
        const result = resultOf(
          (b) => {
            const left = b.transpose(b.input('a', [2, 3]), transposeA ? [1, 0] : [0, 1])
            const right = b.transpose(b.input('w', [3, 2]), transposeB ? [1, 0] : [0, 1])
            return b.matmul(left, right, { transposeA, transposeB })
          },
          { a, w },
        )
        expect(result).toEqual(product)
      }
  })

  it('multiplies batches', () => {
    const twice = resultOf((b) => b.matmul(b.input('a', [2, 2, 3]), b.input('w', [2, 3, 2])), {
      a: [...a, ...a.map((v) => 2 * v)],
      w: [...w, ...w],
    })
    expect(twice).toEqual([...product, ...product.map((v) => 2 * v)])
  })

  it.each(['NCHW', 'HWNC'] as const)('convolves as six plain loops do (%s)', (layout) => {
    const [n, c, h, w2, o, kh, kw, groups] = [2, 4, 5, 6, 6, 3, 2, 2]
    const [stride, padding, dilation] = [
      [2, 1],
      [1, 2],
      [1, 2],
    ] as [[number, number], [number, number], [number, number]]
    const image = Array.from({ length: n * c * h * w2 }, (_, i) => Math.sin(i))
    const kernel = Array.from({ length: (o * c * kh * kw) / groups }, (_, i) => Math.cos(i))
    const [oh, ow] = [3, 8]
    const expected: number[] = []
    for (let b = 0; b < n; b++)
      for (let f = 0; f < o; f++)
        for (let y = 0; y < oh; y++)
          for (let x0 = 0; x0 < ow; x0++) {
            let sum = 0
            for (let i = 0; i < c / groups; i++)
              for (let ky = 0; ky < kh; ky++)
                for (let kx = 0; kx < kw; kx++) {
                  const iy = y * stride[0] - padding[0] + ky * dilation[0]
                  const ix = x0 * stride[1] - padding[1] + kx * dilation[1]
                  if (iy < 0 || iy >= h || ix < 0 || ix >= w2) continue
                  const channel = Math.floor(f / (o / groups)) * (c / groups) + i
                  const pixel = image[((b * c + channel) * h + iy) * w2 + ix] as number
                  sum += pixel * (kernel[((f * (c / groups) + i) * kh + ky) * kw + kx] as number)
                }
            expected.push(sum)
          }
    const result = resultOf(
      (b) => {
        const nchw = b.input('image', [n, c, h, w2])
        const arranged = layout === 'NCHW' ? nchw : b.transpose(nchw, [2, 3, 0, 1])
        const y = b.conv2d(arranged, b.input('kernel', [o, c / groups, kh, kw]), { stride, padding, dilation, groups, layout })
        expect(y.shape).toEqual(imageShape({ batch: n, channels: o, height: oh, width: ow }, layout))
        return layout === 'NCHW' ? y : b.transpose(y, [2, 3, 0, 1])
      },
      { image, kernel },
    )
    expect(result).toHaveLength(expected.length)
    result.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 12)
    })
  })
})

describe('pooling', () => {
  const image = [1, 5, 5, 2, 0, 3, -1, 4, 9]
  const window = { kernel: [2, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1], layout: 'NCHW' } as const
  const img = (b: ProgramBuilder) => b.input('image', [1, 1, 3, 3])

  it('takes the first maximum and remembers its tap', () => {
    expect(resultOf((b) => b.maxPool2d(img(b), window), { image })).toEqual([5, 5, 4, 9])
    const index = (b: ProgramBuilder) => b.emit({ op: 'maxPool2dIndex', window }, [img(b)])
    expect(resultOf(index, { image })).toEqual([1, 0, 3, 3])
    const one = { shape: [1, 1, 3, 3], dtype: 'f32' } as const
    const spread = (b: ProgramBuilder) => b.emit({ op: 'maxPool2dGrad', window }, [index(b), b.input('g', [1, 1, 2, 2])], one)
    expect(resultOf(spread, { image, g: [1, 2, 3, 4] })).toEqual([0, 3, 0, 0, 0, 0, 0, 3, 4])
    const taken = (b: ProgramBuilder) => b.emit({ op: 'maxPool2dTake', window }, [index(b), b.input('other', [1, 1, 3, 3])])
    expect(resultOf(taken, { image, other: [0, 1, 2, 3, 4, 5, 6, 7, 8] })).toEqual([1, 1, 7, 8])
  })

  it('pads with minus infinity for the maximum and with counted zeros for the mean', () => {
    const padded = { ...window, kernel: [2, 2], stride: [2, 2], padding: [1, 1] } as const
    const negative = image.map((v) => v - 10)
    expect(resultOf((b) => b.maxPool2d(img(b), padded), { image: negative })).toEqual([-9, -5, -8, -1])
    expect(resultOf((b) => b.avgPool2d(img(b), padded), { image })).toEqual([0.25, 2.5, 0.25, 4])
    const gradient = (b: ProgramBuilder) =>
      b.emit({ op: 'avgPool2dGrad', window: padded }, [b.input('g', [1, 1, 2, 2])], { shape: [1, 1, 3, 3], dtype: 'f32' })
    expect(resultOf(gradient, { g: [4, 8, 12, 16] })).toEqual([1, 2, 2, 3, 4, 4, 3, 4, 4])
  })

  it('means the same in both layouts', () => {
    const hwnc = { ...window, layout: 'HWNC' } as const
    const several = Array.from({ length: 2 * 3 * 3 * 3 }, (_, i) => Math.sin(3 * i))
    const nchw = (b: ProgramBuilder) => b.input('image', [2, 3, 3, 3])
    const there = [2, 3, 0, 1]
    for (const pool of ['maxPool2d', 'avgPool2d'] as const) {
      const plain = resultOf((b) => b[pool](nchw(b), window), { image: several })
      expect(resultOf((b) => b.transpose(b[pool](b.transpose(nchw(b), there), hwnc), there), { image: several })).toEqual(plain)
    }
  })
})

describe('indexing', () => {
  it('gathers rows, and adds rows up', () => {
    const table = [1, 2, 3, 4, 5, 6]
    const gathered = (b: ProgramBuilder) => b.gather(b.input('table', [3, 2]), b.input('i', [2, 2], 'i32'))
    expect(resultOf(gathered, { table, i: [2, 0, 1, 2] })).toEqual([5, 6, 1, 2, 3, 4, 5, 6])
    const added = (b: ProgramBuilder) => b.scatterAdd(b.input('i', [3], 'i32'), b.input('u', [3, 2]), 3)
    expect(resultOf(added, { i: [2, 0, 2], u: table })).toEqual([3, 4, 0, 0, 6, 8])
  })

  it('reads row 0 for an index that names no row', () => {
    expect(resultOf((b) => b.gather(b.input('table', [2]), b.input('i', [2], 'i32')), { table: [7, 8], i: [-1, 2] })).toEqual([7, 7])
  })
})

it('keeps only what is wanted when asked', () => {
  const b = new ProgramBuilder('test')
  const y = b.exp(b.neg(x23(b)))
  b.log(y)
  expect([...evaluate(b.finish(), { x }, new Set([y.id])).keys()]).toEqual([y.id])
})
