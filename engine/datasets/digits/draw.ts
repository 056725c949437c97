/**
 * @file Writes one digit into an image. In: a glyph, random numbers and a size. Out: size² grey values in [0, 1], ink is 1.
 * The hand is imitated by a random affine map (place, size, slant, turn), a smooth displacement (waves of long wavelength),
 * a pen whose width changes along the way, a little blur and paper noise. Ink is the anti-aliased distance to the line.
 */
import { hash32, type Random } from '../../core/random'
import type { Glyph } from './strokes'

/** More points than any glyph has. */
const MAX_POINTS = 256
const xs = new Float64Array(MAX_POINTS)
const ys = new Float64Array(MAX_POINTS)
const widths = new Float64Array(MAX_POINTS)

/** Where the hand puts the glyph's points, in pixels, and how wide the pen is there. */
function trace(glyph: Glyph, random: Random, size: number): void {
  const height = size * random.uniform(0.6, 0.82)
  const width = height * random.uniform(0.66, 1.1)
  const turn = random.uniform(-0.22, 0.22)
  const slant = random.uniform(-0.16, 0.38)
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  const cx = size * (0.5 + random.uniform(-0.07, 0.07))
  const cy = size * (0.5 + random.uniform(-0.07, 0.07))
  const wave = size * random.uniform(0.008, 0.035)
  const [fx, fy, gx, gy] = [random.uniform(2, 6), random.uniform(2, 6), random.uniform(2, 6), random.uniform(2, 6)]
  const [px, py] = [random.uniform(0, 6.3), random.uniform(0, 6.3)]
  const tremble = size * random.uniform(0, 0.01)
  const pen = (size / 28) * random.uniform(0.65, 1.5)
  const [pressure, phase] = [random.uniform(0, 0.3), random.uniform(0, 6.3)]
  const count = glyph.points.length / 2
  for (let i = 0; i < count; i++) {
    const u = (glyph.points[2 * i] as number) - 0.5
    const v = (glyph.points[2 * i + 1] as number) - 0.5
    const x = u * width - slant * v * height
    const y = v * height
    xs[i] = cx + cos * x - sin * y + wave * Math.sin(fx * u + fy * v + px) + tremble * random.uniform(-1, 1)
    ys[i] = cy + sin * x + cos * y + wave * Math.sin(gx * u - gy * v + py) + tremble * random.uniform(-1, 1)
    widths[i] = pen * (1 + pressure * Math.sin(phase + i * 0.35))
  }
}

/** Ink of the line from point a to point b: 1 inside the pen, falling to 0 over one pixel. */
function inkSegment(out: Float32Array, offset: number, size: number, a: number, b: number): void {
  const ax = xs[a] as number
  const ay = ys[a] as number
  const dx = (xs[b] as number) - ax
  const dy = (ys[b] as number) - ay
  const wa = widths[a] as number
  const dw = (widths[b] as number) - wa
  const reach = Math.max(wa, wa + dw) + 0.5
  const length2 = dx * dx + dy * dy || 1e-12
  const left = Math.max(0, Math.ceil(Math.min(ax, ax + dx) - reach - 0.5))
  const right = Math.min(size - 1, Math.floor(Math.max(ax, ax + dx) + reach - 0.5))
  const top = Math.max(0, Math.ceil(Math.min(ay, ay + dy) - reach - 0.5))
  const bottom = Math.min(size - 1, Math.floor(Math.max(ay, ay + dy) + reach - 0.5))
  for (let row = top; row <= bottom; row++) {
    const y = row + 0.5 - ay
    for (let column = left; column <= right; column++) {
      const x = column + 0.5 - ax
      const t = Math.min(1, Math.max(0, (x * dx + y * dy) / length2))
      const ex = x - t * dx
      const ey = y - t * dy
      const distance2 = ex * ex + ey * ey
      if (distance2 > reach * reach) continue
      const ink = wa + t * dw + 0.5 - Math.sqrt(distance2)
      const at = offset + row * size + column
      if (ink > (out[at] as number)) out[at] = Math.min(1, ink)
    }
  }
}

let blurred = new Float32Array(0)

/** Mixes the image with its 3×3 binomial blur. */
function blur(out: Float32Array, offset: number, size: number, amount: number): void {
  if (blurred.length < size * size) blurred = new Float32Array(size * size)
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const at = offset + row * size + column
      const before = column > 0 ? (out[at - 1] as number) : 0
      const after = column < size - 1 ? (out[at + 1] as number) : 0
      blurred[row * size + column] = 0.25 * before + 0.5 * (out[at] as number) + 0.25 * after
    }
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const here = row * size + column
      const above = row > 0 ? (blurred[here - size] as number) : 0
      const below = row < size - 1 ? (blurred[here + size] as number) : 0
      const soft = 0.25 * above + 0.5 * (blurred[here] as number) + 0.25 * below
      out[offset + here] = (1 - amount) * (out[offset + here] as number) + amount * soft
    }
}

export function drawGlyph(glyph: Glyph, random: Random, size: number, out: Float32Array, offset: number): void {
  out.fill(0, offset, offset + size * size)
  trace(glyph, random, size)
  for (let stroke = 0; stroke + 1 < glyph.starts.length; stroke++)
    for (let i = (glyph.starts[stroke] as number) + 1; i < (glyph.starts[stroke + 1] as number); i++)
      inkSegment(out, offset, size, i - 1, i)
  blur(out, offset, size, random.uniform(0, 0.8))
  const strength = random.uniform(0.8, 1)
  const noise = random.uniform(0, 0.12)
  const key = random.bits()
  // One hash is noise for four pixels: 256 levels of it are plenty.
  let bits = 0
  for (let i = 0; i < size * size; i++) {
    bits = i % 4 === 0 ? hash32(key, i) : bits >>> 8
    const value = strength * (out[offset + i] as number) + noise * ((bits & 255) / 255 - 0.5)
    out[offset + i] = Math.min(1, Math.max(0, value))
  }
}
