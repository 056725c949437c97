/**
 * @file The three directions of a convolution as products of one form. A row is a place of a grid and one of its samples (or channels), a
 * segment is a tap (or a position of the result); both are affine in the image, and their sum is a pixel that may lie outside. So the
 * directions differ in strides alone. With strides, the gradient of the image is a product for each remainder of the pixels' coordinates:
 * all pixels of one remainder meet the same taps. In: sizes and window. Out: products. The CPU's reference walks the same pairs
 * (ir/evaluate-window.ts).
 */
import type { ConvKernel } from '../../optimize/kernel'
import type { Storage } from './emitter'
import type { Product, ProductForm } from './tile-product'

/** What rows and segments are, and where the kernel and the result lie. */
const placed = `fn rowOf(row: i32, item: i32) -> vec3i {
  let place = row / $samples;
  let y = place / $gridWidth;
  let x = place - y * $gridWidth;
  return vec3i(y * $rowY + $originY, x * $rowX + $originX, (row - place * $samples) * $sampleStep + item * $aItem);
}
fn columnOf(column: i32, item: i32) -> i32 { return column * $bColumn + item * $bItem + $bOrigin; }
fn segmentOf(segment: i32) -> vec3i {
  let y = segment / $segmentsWidth;
  let x = segment - y * $segmentsWidth;
  return vec3i(y * $segmentY, x * $segmentX, y * $bSegmentY + x * $bSegmentX);
}
fn columnAt(column: i32, segment: vec3i) -> i32 { return column + segment.z; }
fn outRowOf(row: i32, item: i32) -> i32 {
  let place = row / $samples;
  let y = place / $gridWidth;
  let x = place - y * $gridWidth;
  return $outOrigin + y * $outY + x * $outX + (row - place * $samples) * $outSample + item * $outItem;
}`

const sizes = [
  ...['samples', 'gridWidth', 'rowY', 'rowX', 'originY', 'originX', 'sampleStep', 'aItem'],
  ...['bColumn', 'bItem', 'bOrigin', 'segmentsWidth', 'segmentY', 'segmentX', 'bSegmentY', 'bSegmentX'],
  ...['sourceHeight', 'sourceWidth', 'sourcePixel', 'outOrigin', 'outY', 'outX', 'outSample', 'outItem'],
]

/** (y, x) of a row plus (y, x) of a segment is the pixel that they meet in. */
const windowed: ProductForm = {
  text: `${placed}
fn rowAt(row: vec3i, segment: vec3i) -> i32 {
  let y = row.x + segment.x;
  let x = row.y + segment.y;
  return select(outside, (y * $sourceWidth + x) * $sourcePixel + row.z, y >= 0 && x >= 0 && y < $sourceHeight && x < $sourceWidth);
}`,
  sizes,
  windowed: true,
  walks: false,
}

/** Where channels are few, a segment is a row of taps in one channel: its second number is the channel. */
const walking: ProductForm = {
  text: `${placed}
fn columnOfImage(row: vec3i, segment: vec3i) -> i32 { return row.y; }
fn rowAt(row: vec3i, segment: vec3i) -> i32 {
  let y = row.x + segment.x;
  return select(outside, (y * $sourceWidth + row.y) * $sourcePixel + row.z + segment.y, y >= 0 && y < $sourceHeight);
}`,
  sizes: [...sizes, 'walkX'],
  windowed: true,
  walks: true,
}

/** How the elements of a kernel lie for a product: steps from tap to tap, along the depth, from column to column, from group to group. */
export interface KernelSteps {
  readonly storage: Storage
  readonly tap: number
  readonly depth: number
  readonly column: number
  readonly group: number
}

/** out[pixel, sample, o] = Σ over taps and c of image[pixel · stride + tap, sample, c] · kernel[o, c, tap] */
export function forwardProduct(conv: ConvKernel, kernel: KernelSteps, label: string): Product {
  const { sizes, window } = conv
  const { stride, padding, dilation, groups } = window
  const groupChannels = sizes.channels / groups
  const groupOut = sizes.outChannels / groups
  return {
    label,
    form: windowed,
    a: conv.a,
    b: kernel.storage,
    bias: conv.bias,
    biasItem: groupOut,
    rows: sizes.outHeight * sizes.outWidth * sizes.batch,
    columns: groupOut,
    items: groups,
    segments: sizes.kernelHeight * sizes.kernelWidth,
    inner: groupChannels,
    aStep: 1,
    bStep: kernel.depth,
    outColumn: 1,
    aAlongDepth: true,
    bAlongDepth: false,
    sizes: {
      samples: sizes.batch,
      gridWidth: sizes.outWidth,
      rowY: stride[0],
      rowX: stride[1],
      originY: -padding[0],
      originX: -padding[1],
      sampleStep: sizes.channels,
      aItem: groupChannels,
      bColumn: kernel.column,
      bItem: kernel.group,
      bOrigin: 0,
      segmentsWidth: sizes.kernelWidth,
      segmentY: dilation[0],
      segmentX: dilation[1],
      bSegmentY: sizes.kernelWidth * kernel.tap,
      bSegmentX: kernel.tap,
      sourceHeight: sizes.height,
      sourceWidth: sizes.width,
      sourcePixel: sizes.batch * sizes.channels,
      outOrigin: 0,
      outY: sizes.outWidth * sizes.batch * sizes.outChannels,
      outX: sizes.batch * sizes.outChannels,
      outSample: sizes.outChannels,
      outItem: groupOut,
    },
  }
}

/** The same for few channels, where a tap alone would be a short segment. */
export function walkingProduct(conv: ConvKernel, kernel: KernelSteps, label: string): Product {
  const { sizes, window } = conv
  const product = forwardProduct(conv, kernel, label)
  const groupChannels = product.inner
  return {
    ...product,
    form: walking,
    segments: sizes.kernelHeight * groupChannels,
    inner: sizes.kernelWidth,
    aStep: window.dilation[1] * sizes.batch * sizes.channels,
    bStep: kernel.tap,
    sizes: {
      ...product.sizes,
      segmentsWidth: groupChannels,
      segmentX: 1,
      bSegmentX: kernel.depth,
      walkX: window.dilation[1],
    },
  }
}

/** image[pixel, sample, c] = Σ over the taps that reach the pixel and o of gradient[(pixel − tap) / stride, sample, o] · kernel[o, c, tap] */
export function inputGradientProducts(conv: ConvKernel, kernel: KernelSteps, label: string): Product[] {
  const { sizes, window } = conv
  const groupChannels = sizes.channels / window.groups
  const groupOut = sizes.outChannels / window.groups
  const pixel = sizes.batch * sizes.channels
  const rows = remainders(sizes.height, sizes.kernelHeight, window.stride[0], window.padding[0], window.dilation[0])
  const columns = remainders(sizes.width, sizes.kernelWidth, window.stride[1], window.padding[1], window.dilation[1])
  return rows.flatMap((y) =>
    columns.map((x): Product => {
      return {
        label,
        form: windowed,
        a: conv.a,
        b: kernel.storage,
        biasItem: 0,
        rows: y.pixels * x.pixels * sizes.batch,
        columns: groupChannels,
        items: window.groups,
        segments: y.taps * x.taps,
        inner: groupOut,
        aStep: 1,
        bStep: kernel.depth,
        outColumn: 1,
        aAlongDepth: true,
        bAlongDepth: false,
        sizes: {
          samples: sizes.batch,
          gridWidth: x.pixels,
          rowY: 1,
          rowX: 1,
          originY: y.origin,
          originX: x.origin,
          sampleStep: sizes.outChannels,
          aItem: groupOut,
          bColumn: kernel.column,
          bItem: kernel.group,
          bOrigin: (y.firstTap * sizes.kernelWidth + x.firstTap) * kernel.tap,
          segmentsWidth: Math.max(1, x.taps),
          segmentY: -y.reach,
          segmentX: -x.reach,
          bSegmentY: y.tapStep * sizes.kernelWidth * kernel.tap,
          bSegmentX: x.tapStep * kernel.tap,
          sourceHeight: sizes.outHeight,
          sourceWidth: sizes.outWidth,
          sourcePixel: sizes.batch * sizes.outChannels,
          outOrigin: (y.firstPixel * sizes.width + x.firstPixel) * pixel,
          outY: window.stride[0] * sizes.width * pixel,
          outX: window.stride[1] * pixel,
          outSample: sizes.channels,
          outItem: groupChannels,
        },
      }
    }),
  )
}

/** Pixels of one axis that lie alike to the strides, and the taps that reach them. */
interface Remainder {
  readonly firstPixel: number
  readonly pixels: number
  readonly firstTap: number
  readonly tapStep: number
  readonly taps: number
  /** Position of the result that the first tap joins to the first pixel; `reach` fewer for each tap after it. */
  readonly origin: number
  readonly reach: number
}

function remainders(extent: number, kernel: number, stride: number, padding: number, dilation: number): Remainder[] {
  const found: Remainder[] = []
  for (let firstPixel = 0; firstPixel < Math.min(stride, extent); firstPixel++) {
    const taps = Array.from({ length: kernel }, (_, tap) => tap).filter((tap) => (firstPixel + padding - tap * dilation) % stride === 0)
    const [firstTap = 0, secondTap = firstTap + 1] = taps
    found.push({
      firstPixel,
      pixels: Math.ceil((extent - firstPixel) / stride),
      firstTap,
      tapStep: secondTap - firstTap,
      taps: taps.length,
      origin: taps.length > 0 ? (firstPixel + padding - firstTap * dilation) / stride : 0,
      reach: taps.length > 1 ? ((secondTap - firstTap) * dilation) / stride : 0,
    })
  }
  return found
}

/** kernel[o, c, tap] = Σ over positions and samples of image[position · stride + tap, sample, c] · gradient[position, sample, o] */
export function kernelGradientProduct({ a, b, sizes, window }: ConvKernel, label: string): Product {
  const { stride, padding, dilation, groups } = window
  const groupChannels = sizes.channels / groups
  const groupOut = sizes.outChannels / groups
  const taps = sizes.kernelHeight * sizes.kernelWidth
  return {
    label,
    form: windowed,
    a,
    b: { buffer: b },
    biasItem: 0,
    rows: taps * groupChannels,
    columns: groupOut,
    items: groups,
    segments: sizes.outHeight * sizes.outWidth,
    inner: sizes.batch,
    aStep: sizes.channels,
    bStep: sizes.outChannels,
    outColumn: groupChannels * taps,
    aAlongDepth: false,
    bAlongDepth: false,
    sizes: {
      samples: groupChannels,
      gridWidth: sizes.kernelWidth,
      rowY: dilation[0],
      rowX: dilation[1],
      originY: -padding[0],
      originX: -padding[1],
      sampleStep: 1,
      aItem: groupChannels,
      bColumn: 1,
      bItem: groupOut,
      bOrigin: 0,
      segmentsWidth: sizes.outWidth,
      segmentY: stride[0],
      segmentX: stride[1],
      bSegmentY: sizes.outWidth * sizes.batch * sizes.outChannels,
      bSegmentX: sizes.batch * sizes.outChannels,
      sourceHeight: sizes.height,
      sourceWidth: sizes.width,
      sourcePixel: sizes.batch * sizes.channels,
      outOrigin: 0,
      outY: sizes.kernelWidth,
      outX: 1,
      outSample: taps,
      outItem: groupOut * groupChannels * taps,
    },
  }
}
