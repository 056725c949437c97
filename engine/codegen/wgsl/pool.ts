/**
 * @file Pools over (H, W, N, C) images. A thread has a few samples and channels of one pixel of the result, and walks over what that pixel
 * draws from: the taps of its window, or, for the gradients, the windows that reach it. Nothing is scattered, so there are no atomics.
 * In: a pool kernel. Out: its one dispatch. The meaning is that of ir/evaluate-window.ts; as in codegen/wasm/pool.ts, a NaN wins its window.
 */
import { InternalError } from '../../core/diagnostics'
import type { PoolKernel } from '../../optimize/kernel'
import type { Dispatch, GpuContext } from './emitter'
import { lineOfWorkgroups, workgroupNumber } from './grid'
import { bindOperands, lines, type Operands, range, withSizes } from './operands'

const threads = 64
/** Elements of a thread, so that finding the pixel is shared. */
const perThread = 4

type NamedPool = PoolKernel & { readonly origins?: readonly string[] }
type Names = 'x' | 'index' | 'out'

export function emitPool(kernel: NamedPool, context: GpuContext): Dispatch[] {
  const { sizes: extents, window, variant } = kernel
  const { kernel: taps, stride, padding, dilation } = window
  const backward = variant === 'maxBackward' || variant === 'averageBackward'
  const row = extents.batch * extents.channels
  const lanes = Math.ceil(row / perThread)
  const pixels = backward ? extents.height * extents.width : extents.outHeight * extents.outWidth
  const given: Record<string, number> = {
    row,
    lanes,
    pixels,
    width: extents.width,
    height: extents.height,
    outWidth: extents.outWidth,
    outHeight: extents.outHeight,
    tapsY: taps[0],
    tapsX: taps[1],
    strideY: stride[0],
    strideX: stride[1],
    paddingY: padding[0],
    paddingX: padding[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
    // Minus infinity, which WGSL cannot write.
    lowest: 0xff800000 | 0,
  }
  if (kernel.index === undefined && (variant === 'maxBackward' || variant === 'maxTake'))
    throw new InternalError('pool codegen', `${variant} without an index`, kernel.origins?.[0])
  const names = Object.keys(given)
  const bound = bindOperands<Names>(
    { x: { buffer: kernel.x }, out: { buffer: kernel.out }, index: kernel.index === undefined ? undefined : { buffer: kernel.index } },
    names.length,
    context,
  )
  const text = `fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let place = ${workgroupNumber()} * ${threads} + i32(local);
  if (place >= $pixels * $lanes) { return; }
  let pixel = place / $lanes;
  ${lines(elements, (j) => (j === 0 ? 'let lane0 = place - pixel * $lanes;' : `let lane${j} = min(lane0 + ${j} * $lanes, $row - 1);`))}
  let pixelY = pixel / ${backward ? '$width' : '$outWidth'};
  let pixelX = pixel - pixelY * ${backward ? '$width' : '$outWidth'};
  let own = pixel * $row;
  ${bodyOf(kernel, bound)}
}
`
  return [
    {
      label: `${kernel.origins?.[0] ?? ''} ${variant}`,
      code: `${bound.header}${withSizes(text, names)}`,
      storages: bound.storages,
      sizes: Object.values(given),
      workgroups: lineOfWorkgroups(Math.ceil((pixels * lanes) / threads), context.limits.workgroupsPerDimension),
    },
  ]
}

const elements = range(perThread)

function bodyOf({ variant, index, window }: NamedPool, operands: Operands<Names>): string {
  const dilated = window.dilation.some((step) => step !== 1)
  // Lanes past the end repeat the last one; storing the same twice does no harm.
  const store = (name: Names, value: (j: number) => string): string =>
    lines(elements, (j) => operands.store(name, `own + lane${j}`, value(j)))
  const sums = lines(elements, (j) => `var sum${j} = 0f;`)
  const share = (j: number): string => `sum${j} / f32($tapsY * $tapsX)`
  switch (variant) {
    case 'maxForward':
      return `${lines(elements, (j) => `var best${j} = bitcast<f32>($lowest); var taken${j} = -1;`)}
  ${overTaps(
    lines(
      elements,
      (j) =>
        `{ let v = ${operands.load('x', `source + lane${j}`)}; if (taken${j} < 0 || v > best${j} || isNan(v)) { best${j} = v; taken${j} = tap; } }`,
    ),
  )}
  ${store('out', (j) => `best${j}`)}
  ${index === undefined ? '' : store('index', (j) => `taken${j}`)}`
    case 'averageForward':
      return `${sums}
  ${overTaps(lines(elements, (j) => `sum${j} += ${operands.load('x', `source + lane${j}`)};`))}
  ${store('out', share)}`
    case 'maxTake':
      return lines(
        elements,
        (j) => `{
    let tap = ${operands.load('index', `own + lane${j}`)};
    let tapY = tap / $tapsX;
    let y = pixelY * $strideY - $paddingY + tapY * $dilationY;
    let x = pixelX * $strideX - $paddingX + (tap - tapY * $tapsX) * $dilationX;
    var value = 0f;
    if (tap >= 0 && y >= 0 && x >= 0 && y < $height && x < $width) { value = ${operands.load('x', `(y * $width + x) * $row + lane${j}`)}; }
    ${operands.store('out', `own + lane${j}`, 'value')}
  }`,
      )
    case 'maxBackward':
      return `${sums}
  ${overWindows(
    lines(
      elements,
      (j) => `if (${operands.load('index', `source + lane${j}`)} == tap) { sum${j} += ${operands.load('x', `source + lane${j}`)}; }`,
    ),
    dilated,
  )}
  ${store('out', (j) => `sum${j}`)}`
    case 'averageBackward':
      return `${sums}
  ${overWindows(
    lines(elements, (j) => `sum${j} += ${operands.load('x', `source + lane${j}`)};`),
    dilated,
  )}
  ${store('out', share)}`
  }
}

/** Visits the taps inside the image, in order: `tap` is the number, `source` the pixel's first element. */
const overTaps = (visit: string): string => `for (var tapY = 0; tapY < $tapsY; tapY++) {
    let y = pixelY * $strideY - $paddingY + tapY * $dilationY;
    if (y < 0 || y >= $height) { continue; }
    for (var tapX = 0; tapX < $tapsX; tapX++) {
      let x = pixelX * $strideX - $paddingX + tapX * $dilationX;
      if (x < 0 || x >= $width) { continue; }
      let source = (y * $width + x) * $row;
      let tap = tapY * $tapsX + tapX;
      ${visit}
    }
  }`

/** Visits the windows that reach the pixel: `tap` is the tap by which they do, `source` the window's first element. */
function overWindows(visit: string, dilated: boolean): string {
  const axis = (name: 'Y' | 'X', inner: string): string => `let place${name} = pixel${name} + $padding${name};
  let last${name} = min(place${name} / $stride${name}, $out${name === 'Y' ? 'Height' : 'Width'} - 1);
  let first${name} = (max(place${name} - ($taps${name} - 1) * $dilation${name}, 0) + $stride${name} - 1) / $stride${name};
  for (var at${name} = first${name}; at${name} <= last${name}; at${name}++) {
    let reach${name} = place${name} - at${name} * $stride${name};
    ${dilated ? `let tap${name} = reach${name} / $dilation${name}; if (tap${name} * $dilation${name} != reach${name}) { continue; }` : `let tap${name} = reach${name};`}
    ${inner}
  }`
  return axis(
    'Y',
    axis(
      'X',
      `let source = (atY * $outWidth + atX) * $row;
    let tap = tapY * $tapsX + tapX;
    ${visit}`,
    ),
  )
}
