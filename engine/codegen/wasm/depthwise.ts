/**
 * @file Depthwise convolutions over (H, W, N, C) images: each channel has a kernel of its own, so there is no product to tile, and vectors
 * run over the channels instead, which lie together. Forward and gradient of the image: a unit is one pixel of the result, and a list names
 * the pixels and taps that it draws from, as in pools; a tap's weights are loaded once for several samples. Gradient of the kernel: a unit
 * sums a fixed part of the output pixels, and the parts are added up afterwards, so results do not depend on the threads.
 * In: a site. Out: its phases.
 */
import type { PhaseFunction } from './alike'
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler'
import { drawsOf, drawTable } from './conv-draws'
import { type ConvGeometry, type ConvSite, imagePixel, outPixelBytes, pixelBytes } from './conv-geometry'
import type { Phase } from './emitter'
import { moveCost, unitFunction } from './phases'
import { storeFirst } from './vectors'

export const isDepthwise = ({ groupChannels, groupOutChannels, groups }: ConvGeometry): boolean =>
  groups > 1 && groupChannels === 1 && groupOutChannels === 1

/** Samples that share a tap's weights, and vectors of channels at once: what fits in registers. */
const samplesAtOnce = 4
const vectorsAtOnce = 4
/** Products that one running sum adds up; longer sums are made of such. */
const partialSum = 512
/** Parts of the gradient of a kernel. */
const mostParts = 64
/** Nanoseconds of a product, most of it memory. */
const productCost = 0.08

const vectorBytes = 16

/** Channels rounded up to whole vectors: a row of weights. */
const rowBytes = ({ channels }: ConvGeometry): number => vectorBytes * Math.ceil(channels / 4)

export function depthwise(site: ConvSite, direction: 'forward' | 'inputGrad'): Phase[] {
  const { context, g, label } = site
  const forward = direction === 'forward'
  const weights = context.scratch(g.taps.length * rowBytes(g))
  const draws = drawsOf(g, forward ? 'window' : 'gradient')
  const table = drawTable(context, draws, forward ? pixelBytes(g) : outPixelBytes(g), rowBytes(g))
  const func = unitFunction(context.module, [draws.length], (f, [pixel]) => {
    const record = f.local('i32')
    const walk: Walk = { list: f.local('i32'), taps: f.local('i32'), source: f.local('i32'), own: f.local('i32'), channel: f.local('i32') }
    f.affine(table, [pixel, 12]).set(record)
    f.get(record).memory('i32.load', 0).set(walk.list)
    f.get(record).memory('i32.load', 4).set(walk.taps)
    f.get(record).memory('i32.load', 8).set(walk.source)
    f.affine(0, [pixel, 4 * g.batch * g.channels]).set(walk.own)
    eachChannels(f, g.channels, walk.channel, (vectors, lanes) => {
      const together = (samplesAtOnce * vectorsAtOnce) / vectors
      const whole = Math.floor(g.batch / together)
      const inner: Walk = { ...walk, source: f.local('i32'), own: f.local('i32') }
      f.affine(0, [walk.source, 1], [walk.channel, 1]).set(inner.source)
      f.affine(0, [walk.own, 1], [walk.channel, 1]).set(inner.own)
      f.times(whole, () => {
        drawn(f, site, weights, inner, together, vectors, lanes)
        f.increment(inner.source, 4 * together * g.channels)
        f.increment(inner.own, 4 * together * g.channels)
      })
      if (g.batch % together > 0) drawn(f, site, weights, inner, g.batch % together, vectors, lanes)
    })
  })
  const cost = productCost * draws.length * g.batch * g.channels * g.taps.length
  return [spreadWeights(site, weights), { func, units: draws.length, cost, label }]
}

interface Walk {
  /** (Offset of a pixel from the first, offset of a tap's weights) for each tap; how many. */
  readonly list: Local
  readonly taps: Local
  /** Byte offsets in the image drawn from, in the result, and of the channel in a row of weights. */
  readonly source: Local
  readonly own: Local
  readonly channel: Local
}

/** Some samples and channels of a pixel: all taps, then the stores, so that V8 can widen pairs of vectors. */
function drawn(
  f: FunctionBuilder,
  { context, g, a, out, bias }: ConvSite,
  weights: number,
  { list, taps, source, own, channel }: Walk,
  samples: number,
  vectors: number,
  lanes: number,
): void {
  const at = f.local('i32')
  const entry = f.local('i32')
  const left = f.local('i32')
  const sampleBytes = 4 * g.channels
  const sums = Array.from({ length: samples }, () => f.locals(vectors, 'v128'))
  for (const row of sums)
    for (const [v, sum] of row.entries()) {
      if (bias === undefined) f.f32x4(0).set(sum)
      else
        f.get(channel)
          .memory('v128.load', bias + vectorBytes * v)
          .set(sum)
    }
  f.assign(entry, list)
  f.get(taps)
    .tee(left)
    .if(() => {
      f.countDown(left, 1, () => {
        const factors = f.locals(vectors, 'v128')
        f.get(channel).get(entry).memory('i32.load', 4).op('i32.add').set(at)
        for (const [v, factor] of factors.entries())
          f.get(at)
            .memory('v128.load', weights + vectorBytes * v)
            .set(factor)
        f.get(source).get(entry).memory('i32.load', 0).op('i32.add').set(at)
        for (const [s, row] of sums.entries())
          for (const [v, sum] of row.entries()) {
            f.get(at).memory('v128.load', a + s * sampleBytes + vectorBytes * v)
            addProduct(f, factors[v] as Local, sum, context.variant.fma)
          }
        f.increment(entry, 8)
      })
    })
  for (const [s, row] of sums.entries())
    for (const [v, sum] of row.entries()) storeFirst(f, own, out + s * sampleBytes + vectorBytes * v, sum, lanes)
}

/** sum += (the vector on the stack) · factor. */
function addProduct(f: FunctionBuilder, factor: Local, sum: Local, fma: boolean): void {
  f.get(factor)
  if (fma) f.get(sum).op('f32x4.relaxed_madd').set(sum)
  else f.op('f32x4.mul').get(sum).op('f32x4.add').set(sum)
}

/** Walks the channels: `channel` is the byte offset of the first of `vectors` vectors; the last may have fewer lanes. */
function eachChannels(f: FunctionBuilder, channels: number, channel: Local, body: (vectors: number, lanes: number) => void): void {
  f.assign(channel, 0)
  let left = channels
  for (const vectors of [2 * vectorsAtOnce, vectorsAtOnce, 2, 1]) {
    f.times(Math.floor(left / (4 * vectors)), () => {
      body(vectors, 4)
      f.increment(channel, vectorBytes * vectors)
    })
    left %= 4 * vectors
  }
  if (left > 0) body(1, left)
}

/** (C, 1, KH, KW) → a row of channels for each tap. */
function spreadWeights({ context, g, b, label }: ConvSite, weights: number): Phase {
  const taps = g.taps.length
  const func = perVector(context.module, g.channels, (f, unit, lanes) => {
    const from = f.local('i32')
    const to = f.local('i32')
    const row = f.local('v128')
    f.affine(0, [unit, vectorBytes * taps]).set(from)
    f.affine(0, [unit, vectorBytes]).set(to)
    for (const { index } of g.taps) {
      f.get(from)
        .memory('v128.load32_zero', b + 4 * index)
        .set(row)
      for (let lane = 1; lane < lanes; lane++)
        f.get(from)
          .get(row)
          .memoryLane('v128.load32_lane', lane, b + 4 * (lane * taps + index))
          .set(row)
      f.get(to)
        .get(row)
        .memory('v128.store', weights + index * rowBytes(g))
    }
  })
  return { func, units: Math.ceil(g.channels / 4), cost: moveCost(2 * taps * g.channels), label: `${label}: pack` }
}

/** A phase whose units are vectors of channels; the last may have fewer lanes. */
function perVector(module: ModuleBuilder, channels: number, body: (f: FunctionBuilder, unit: Local, lanes: number) => void): PhaseFunction {
  const whole = Math.floor(channels / 4)
  const rest = channels % 4
  return unitFunction(module, [Math.ceil(channels / 4)], (f, [unit]) => {
    if (rest === 0) body(f, unit, 4)
    else
      f.get(unit)
        .i32(whole)
        .op('i32.lt_u')
        .if(
          () => body(f, unit, 4),
          () => body(f, unit, rest),
        )
  })
}

/** A run of output pixels of one row, and where in the image a tap's pixels for it begin. */
interface Run {
  readonly image: number
  readonly gradient: number
  readonly count: number
}

export function depthwiseKernelGradient(site: ConvSite): Phase[] {
  const { context, g, label } = site
  const { taps } = g
  const runs = runsOf(g)
  const perPart = Math.ceil(runs.length / mostParts)
  const parts = Math.ceil(runs.length / perPart)
  const partBytes = taps.length * rowBytes(g)
  const partials = context.scratch(parts * partBytes)
  // Every part has as many runs; the last ones may be empty.
  const padded = Array.from({ length: parts * perPart }, (_, i) => runs[i] ?? taps.map((): Run => ({ image: 0, gradient: 0, count: 0 })))
  const table = context.table(padded.flatMap((run) => run.flatMap(({ image, gradient, count }) => [image, gradient, count])))
  const func = unitFunction(context.module, [parts], (f, [part]) => {
    const record = f.local('i32')
    const result = f.local('i32')
    const channel = f.local('i32')
    const run = f.local('i32')
    const tap = f.local('i32')
    f.affine(partials, [part, partBytes]).i32(0).i32(partBytes).memoryFill()
    f.affine(table, [part, 12 * taps.length * perPart]).set(record)
    f.for(run, 0, perPart, 1, () => {
      f.affine(0, [part, partBytes]).set(result)
      f.for(tap, 0, taps.length, 1, () => {
        f.get(record)
          .memory('i32.load', 8)
          .if(() => eachChannels(f, g.channels, channel, (vectors) => addRun(f, site, { record, result, channel }, partials, vectors)))
        f.increment(record, 12)
        f.increment(result, rowBytes(g))
      })
    })
  })
  const cost = productCost * g.outHeight * g.outWidth * g.batch * g.channels * taps.length
  return [{ func, units: parts, cost, label }, addParts(site, partials, parts, partBytes)]
}

/** Adds the products of one run and tap to the part's sums. */
function addRun(
  f: FunctionBuilder,
  { context, g, a, b }: ConvSite,
  at: { readonly record: Local; readonly result: Local; readonly channel: Local },
  partials: number,
  vectors: number,
): void {
  const image = f.local('i32')
  const gradient = f.local('i32')
  const to = f.local('i32')
  const left = f.local('i32')
  const sample = f.local('i32')
  const sums = f.locals(vectors, 'v128')
  for (const sum of sums) f.f32x4(0).set(sum)
  f.get(at.record).memory('i32.load', 0).get(at.channel).op('i32.add').set(image)
  f.get(at.record).memory('i32.load', 4).get(at.channel).op('i32.add').set(gradient)
  f.get(at.record).memory('i32.load', 8).set(left)
  const samples = () => {
    for (const [v, sum] of sums.entries()) {
      const factor = f.local('v128')
      f.get(gradient)
        .memory('v128.load', b + vectorBytes * v)
        .set(factor)
      f.get(image).memory('v128.load', a + vectorBytes * v)
      addProduct(f, factor, sum, context.variant.fma)
    }
    f.increment(image, 4 * g.channels)
    f.increment(gradient, 4 * g.channels)
  }
  f.countDown(left, 1, () => {
    f.assign(sample, g.batch).countDown(sample, 1, samples)
    // To the image's pixel under the next window.
    f.increment(image, (g.stride[1] - 1) * pixelBytes(g))
  })
  f.get(at.result).get(at.channel).op('i32.add').set(to)
  for (const [v, sum] of sums.entries()) {
    const offset = partials + vectorBytes * v
    f.get(to).memory('v128.load', offset).get(sum).op('f32x4.add').set(sum)
  }
  for (const [v, sum] of sums.entries()) storeFirst(f, to, partials + vectorBytes * v, sum, 4)
}

/** Stretches of output rows, for each tap the part of it whose windows have the tap inside the image. */
function runsOf(g: ConvGeometry): Run[][] {
  const width = Math.max(1, Math.floor(partialSum / g.batch))
  const runs: Run[][] = []
  for (let y = 0; y < g.outHeight; y++)
    for (let start = 0; start < g.outWidth; start += width) {
      const end = Math.min(start + width, g.outWidth)
      runs.push(
        g.taps.map((tap) => {
          let first: Run | undefined
          let count = 0
          for (let x = start; x < end; x++) {
            const index = y * g.outWidth + x
            const from = imagePixel(g, { y, x, index }, tap)
            if (from === undefined) continue
            first ??= { image: from * pixelBytes(g), gradient: index * outPixelBytes(g), count: 0 }
            count++
          }
          return { image: first?.image ?? 0, gradient: first?.gradient ?? 0, count }
        }),
      )
    }
  return runs
}

/** Adds the parts up in order, into (C, 1, KH, KW). */
function addParts({ context, g, out, label }: ConvSite, partials: number, parts: number, partBytes: number): Phase {
  const taps = g.taps.length
  const func = perVector(context.module, g.channels, (f, unit, lanes) => {
    const from = f.local('i32')
    const to = f.local('i32')
    const part = f.local('i32')
    f.affine(0, [unit, vectorBytes * taps]).set(to)
    for (const { index } of g.taps) {
      const sum = f.local('v128')
      f.f32x4(0).set(sum)
      f.affine(index * rowBytes(g), [unit, vectorBytes]).set(from)
      f.for(part, 0, parts, 1, () => {
        f.get(from).memory('v128.load', partials).get(sum).op('f32x4.add').set(sum)
        f.increment(from, partBytes)
      })
      for (let lane = 0; lane < lanes; lane++)
        f.get(to)
          .get(sum)
          .memoryLane('v128.store32_lane', lane, out + 4 * (lane * taps + index))
    }
  })
  const cost = moveCost(parts * taps * g.channels)
  return { func, units: Math.ceil(g.channels / 4), cost, label: `${label}: partial results` }
}
