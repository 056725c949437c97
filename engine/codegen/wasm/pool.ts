/**
 * @file Pools over (H, W, N, C) images. Samples and channels of a pixel lie together, so a unit is one pixel of the result, and its vectors
 * run over samples and channels while a list names the pixels that it draws from: the taps of its window inside the image, or, for the
 * gradients, the windows that reach it. Nothing is scattered, so units are independent. In: a pool kernel. Out: its one phase.
 */
import { InternalError } from '../../core/diagnostics'
import type { PoolKernel } from '../../optimize/kernel'
import type { FunctionBuilder, Local } from './assembler'
import { drawsOf, drawTable } from './conv-draws'
import { tapsOf, type WindowGeometry } from './conv-geometry'
import type { EmitContext, Phase } from './emitter'
import { unitFunction } from './phases'
import { storeFirst } from './vectors'

/** Vectors done together: pairs of them become 256-bit operations, and what a tap costs by itself is shared. */
const vectorsAtOnce = [8, 4, 1]

type NamedPool = PoolKernel & { readonly origins?: readonly string[] }

export function emitPool(kernel: NamedPool, context: EmitContext): Phase[] {
  const { sizes, window, variant } = kernel
  const g: WindowGeometry = { ...sizes, ...window, taps: tapsOf(window.kernel[0], window.kernel[1], window.dilation) }
  const length = sizes.batch * sizes.channels
  const backward = variant === 'maxBackward' || variant === 'averageBackward'
  const draws = drawsOf(g, backward ? 'gradient' : 'window')
  const table = drawTable(context, draws, 4 * length, 1)

  const func = unitFunction(context.module, [draws.length], (f, [pixel]) => {
    const record = f.local('i32')
    f.affine(table, [pixel, 12]).set(record)
    const list = f.local('i32')
    const taps = f.local('i32')
    const source = f.local('i32')
    const own = f.local('i32')
    f.get(record).memory('i32.load', 0).set(list)
    f.get(record).memory('i32.load', 4).set(taps)
    f.get(record).memory('i32.load', 8).set(source)
    f.affine(0, [pixel, 4 * length]).set(own)
    const walk = (vectors: number, lanes: number): void => tapLoop(f, kernel, context, { list, taps, source, own }, vectors, lanes)
    const advance = (bytes: number): void => {
      f.increment(source, bytes)
      f.increment(own, bytes)
    }
    let left = length
    for (const vectors of vectorsAtOnce) {
      f.times(Math.floor(left / (4 * vectors)), () => {
        walk(vectors, 4)
        advance(16 * vectors)
      })
      left %= 4 * vectors
    }
    if (left > 0) walk(1, left)
  })
  const steps =
    draws.length * length * Math.min(g.taps.length, backward ? Math.ceil(g.taps.length / (g.stride[0] * g.stride[1])) : g.taps.length)
  return [{ func, units: draws.length, cost: 0.15 * steps, label: `${kernel.origins?.[0] ?? ''} ${variant}` }]
}

interface Walk {
  readonly list: Local
  readonly taps: Local
  /** Byte offset, in the operands that are drawn from, of the first pixel and the current vector. */
  readonly source: Local
  /** Byte offset of the current vector in the result. */
  readonly own: Local
}

/** What one vector does: before the taps, at a tap (byte offset, number in every lane), after them; and what it stores where. */
interface Lane {
  start(): void
  step(at: Local, tap: Local): void
  finish(): void
  readonly results: readonly { readonly value: Local; readonly address: number }[]
}

/** All taps for some vectors; everything is computed before the first store, so that V8 can widen pairs. */
function tapLoop(f: FunctionBuilder, kernel: NamedPool, context: EmitContext, walk: Walk, vectors: number, lanes: number): void {
  const entry = f.local('i32')
  const left = f.local('i32')
  const at = f.local('i32')
  const bundle = Array.from({ length: vectors }, (_, v) => laneOf(f, kernel, context, walk, 16 * v))
  for (const lane of bundle) lane.start()
  f.assign(entry, walk.list)
  f.get(walk.taps)
    .tee(left)
    .if(() => {
      f.countDown(left, 1, () => {
        f.get(walk.source).get(entry).memory('i32.load', 0).op('i32.add').set(at)
        const tap = f.local('v128')
        f.get(entry).memory('v128.load32_splat', 4).set(tap)
        for (const lane of bundle) lane.step(at, tap)
        f.increment(entry, 8)
      })
    })
  for (const lane of bundle) lane.finish()
  const to = f.local('i32')
  for (const [r, { address }] of (bundle[0]?.results ?? []).entries()) {
    f.affine(address, [walk.own, 1]).set(to)
    for (const [v, lane] of bundle.entries()) storeFirst(f, to, 16 * v, (lane.results[r] as { value: Local }).value, lanes)
  }
}

function laneOf(f: FunctionBuilder, kernel: NamedPool, context: EmitContext, walk: Walk, offset: number): Lane {
  const x = context.address(kernel.x)
  const out = context.address(kernel.out)
  const index = kernel.index === undefined ? undefined : context.address(kernel.index)
  const needed = (): number => {
    if (index === undefined) throw new InternalError('pool codegen', `${kernel.variant} without an index`, kernel.origins?.[0])
    return index
  }
  const load = (address: number, at: Local) => f.affine(address, [at, 1]).memory('v128.load', offset)
  const sum = f.local('v128')
  const results = [{ value: sum, address: out }]
  switch (kernel.variant) {
    case 'maxForward': {
      const taken = f.local('v128')
      return {
        start: () => {
          f.f32x4(Number.NEGATIVE_INFINITY).set(sum)
          f.get(walk.list).memory('v128.load32_splat', 4).set(taken)
        },
        // Strictly larger, so the first maximum stays; a NaN is taken and stays (a mask of ones is one). Taps come in order, so that the
        // number taken last is the largest: selecting would cost more than arithmetic.
        step: (at, tap) => {
          const value = f.local('v128')
          const unordered = f.local('v128')
          const larger = f.local('v128')
          load(x, at).tee(value).get(value).op('f32x4.ne').set(unordered)
          f.get(sum).get(value).op('f32x4.lt').get(unordered).op('v128.or').set(larger)
          f.get(sum).get(value).op('f32x4.pmax').get(unordered).op('v128.or').set(sum)
          if (index !== undefined) f.get(larger).get(tap).op('v128.and').get(taken).op('i32x4.max_s').set(taken)
        },
        finish: () => {},
        results: index === undefined ? results : [...results, { value: taken, address: index }],
      }
    }
    case 'maxBackward':
      return {
        start: () => f.f32x4(0).set(sum),
        step: (at, tap) => {
          load(x, at)
          load(needed(), at).get(tap).op('i32x4.eq').op('v128.and')
          f.get(sum).op('f32x4.add').set(sum)
        },
        finish: () => {},
        results,
      }
    case 'maxTake': {
      const wanted = f.local('v128')
      return {
        start: () => {
          f.f32x4(0).set(sum)
          load(needed(), walk.own).set(wanted)
        },
        step: (at, tap) => {
          load(x, at).get(wanted).get(tap).op('i32x4.eq').op('v128.and').get(sum).op('v128.or').set(sum)
        },
        finish: () => {},
        results,
      }
    }
    case 'averageForward':
    case 'averageBackward':
      return {
        start: () => f.f32x4(0).set(sum),
        step: (at) => load(x, at).get(sum).op('f32x4.add').set(sum),
        finish: () =>
          f
            .get(sum)
            .f32x4(1 / (kernel.window.kernel[0] * kernel.window.kernel[1]))
            .op('f32x4.mul')
            .set(sum),
        results,
      }
  }
}
