/**
 * @file Region-of-interest pooling: regions of any size and shape become maps of one size, the largest value of each bin
 * (notes 002 §9; Girshick 2015, “Fast R-CNN”).
 *
 * In the compiler's primitives: a region's bins are products of a range of rows and a range of columns, so the maximum is taken first along the
 * rows of each row bin, then along the columns of each column bin. Rows of an image are shared by all its regions, so that their maxima over
 * 1, 2, 4 … neighbours are computed once, and any range of rows is the larger of two of them (kit/range-maximum.ts). Along the columns
 * everything outside a bin is masked: R·C·h·w·W numbers for R regions of C×H×W features and h×w bins.
 */
import { type Shape, sizeOf, type TensorType } from '../core/tensor'
import type { Text } from '../core/text'
import type { Emit, Tensor } from '../ir/emit'
import { defineLayer, type Fail } from './kit/define'
import { expectDType, expectRank, images } from './kit/expect'
import { maximumWhere } from './kit/masked'
import { float, int2d, pair } from './kit/params'
import { maximumOfRanges } from './kit/range-maximum'
import { briefSize } from './kit/window'

const regions: Text = {
  en: 'regions (R, 5): image number, x₁, y₁, x₂, y₂; or (N, R, 4) without the number, listed image by image',
  zh: '区域 (R, 5)：图像序号、x₁、y₁、x₂、y₂；或 (N, R, 4)，按图像逐一列出，不含序号',
}

/** How many regions there are in all. */
const countOf = (rois: { readonly shape: Shape }): number => sizeOf(rois.shape.slice(0, -1))

function expectRegions(x: TensorType, rois: TensorType, fail: Fail): boolean {
  if (!expectDType(rois, 'f32', 'rois', fail) || !expectRank(rois, [2, 3], regions, 'rois', fail)) return false
  const { shape } = rois
  const expected = shape.length === 2 ? [shape[0], 5] : [x.shape[0], shape[1], 4]
  if (expected.every((extent, axis) => extent === shape[axis])) return true
  fail({ code: 'shape.mismatch', port: 'rois', values: { expected: expected.join('×'), got: shape.join('×') } })
  return false
}

/** The bins of each region along one axis: from the first pixel to before the last, (R, bins) each, not yet cut off at the image. */
interface Bins {
  readonly from: Tensor
  readonly to: Tensor
}

/** Ends of a region are rounded to whole pixels, both inclusive; bins round outwards, so neighbours may share a row and none inside is empty. */
function binsOf(b: Emit, first: Tensor, last: Tensor, bins: number, scale: number): Bins {
  const rounded = (v: Tensor) => b.reshape(b.floor(b.add(b.mul(v, scale), 0.5)), [sizeOf(first.shape), 1])
  const start = rounded(first)
  const length = b.max(b.add(b.sub(rounded(last), start), 1), 1)
  const bin = b.cast(b.iota([1, bins], 1), 'f32')
  const edge = (k: Tensor) => b.div(b.mul(k, length), bins)
  // ⌈v⌉ = −⌊−v⌋
  return { from: b.add(start, b.floor(edge(bin))), to: b.sub(start, b.floor(b.neg(edge(b.add(bin, 1))))) }
}

/** 1 where a pixel lies in a bin: (R, bins, extent). */
function membership(b: Emit, { from, to }: Bins, extent: number): Tensor {
  const position = b.cast(b.iota([1, 1, extent], 2), 'f32')
  const spread = (v: Tensor) => b.reshape(v, [...v.shape, 1])
  return b.mul(b.sub(1, b.less(position, spread(from))), b.less(position, spread(to)))
}

/** 1 for bins of which something lies in the image. */
const isInside = (b: Emit, { from, to }: Bins, extent: number): Tensor => b.less(b.max(from, 0), b.min(to, extent))

/** The image of each region: (R, 1). What names no image is of the first. */
function imagesOf(b: Emit, batch: number, rois: Tensor): Tensor {
  const count = countOf(rois)
  if (rois.shape.length === 3) return b.floor(b.div(b.cast(b.iota([count, 1], 0), 'f32'), rois.shape[1] ?? 1))
  const number = b.floor(b.slice(rois, [0, 0], [count, 1]))
  return b.select(b.mul(b.greater(number, -1), b.less(number, batch)), number, 0)
}

const roiPool = defineLayer({
  kind: 'roiPool',
  category: 'pooling',
  idStem: 'roiPool',
  title: { en: 'Region of interest pooling', zh: '兴趣区域池化层' },
  aliases: { en: 'RoI pooling', zh: '感兴趣区域, RoI 汇聚' },
  summary: {
    en: 'Cuts proposed regions out of feature maps and reduces each to the same small size, so that dense layers can judge regions of any shape. The features of an image are computed once for all its regions.',
    zh: '从特征图中截取提议区域，并将每个区域池化为相同的小尺寸，使全连接层可以判断任意形状的区域。一张图像的特征只需计算一次。',
  },
  formula: String.raw`Y_{r,c,i,j} = \max_{(p,q) \in \mathrm{bin}_{r}(i,j)} X_{n_r,c,p,q}`,
  reference: 'notes 002 §9; Girshick 2015',
  inputs: { x: { about: images }, rois: { about: regions } },
  outputs: { y: { about: { en: 'one map a region (R, C, height, width)', zh: '每个区域一张图 (R, C, 高, 宽)' } } },
  params: {
    outputSize: int2d({
      label: { en: 'Size', zh: '输出大小' },
      help: { en: 'Height and width of the map of one region.', zh: '每个区域输出的高和宽。' },
      default: 7,
      min: 1,
      max: 256,
    }),
    spatialScale: float({
      label: { en: 'Scale', zh: '缩放比例' },
      help: {
        en: 'From the coordinates of the regions to pixels of the features: 1/16 where the network has halved the image four times.',
        zh: '由区域坐标到特征图像素的比例：网络将图像减半四次时为 1/16。',
      },
      default: 1,
      min: 0,
      max: 100_000,
      above: true,
    }),
  },
  shape: ({ x, rois }, { outputSize }, fail) =>
    expectDType(x, 'f32', 'x', fail) && expectRank(x, [4], images, 'x', fail) && expectRegions(x, rois, fail)
      ? { y: { shape: [countOf(rois), x.shape[1] ?? 0, ...pair(outputSize)], dtype: 'f32' } }
      : undefined,
  lower: (b, { x, rois }, _weights, { outputSize, spatialScale }) => {
    const count = countOf(rois)
    const [batch = 0, channels = 0, height = 0, width = 0] = x.shape
    const [rows, columns] = pair(outputSize)
    const table = b.reshape(rois, [count, sizeOf(rois.shape) / count])
    const place = (table.shape[1] ?? 0) - 4
    const corner = (i: number) => b.slice(table, [0, place + i], [count, place + i + 1])
    const [byRow, byColumn] = [binsOf(b, corner(1), corner(3), rows, spatialScale), binsOf(b, corner(0), corner(2), columns, spatialScale)]
    const ofRows = maximumOfRanges(b, b.transpose(x, [0, 2, 1, 3]), imagesOf(b, batch, rois), byRow.from, byRow.to)
    const inColumn = b.reshape(membership(b, byColumn, width), [count, 1, 1, columns, width])
    // Bins outside the image are empty and give 0.
    const some = b.mul(
      b.reshape(isInside(b, byRow, height), [count, rows, 1, 1]),
      b.reshape(isInside(b, byColumn, width), [count, 1, 1, columns]),
    )
    const largest = maximumWhere(b, inColumn, b.reshape(ofRows, [count, rows, channels, 1, width]), [4], some)
    return { y: b.transpose(largest, [0, 2, 1, 3]) }
  },
  flops: ({ x, rois }, { outputSize }) => {
    const [, channels = 0, height = 0, width = 0] = x.shape
    const [rows, columns] = pair(outputSize)
    const shared = sizeOf(x.shape) * Math.ceil(Math.log2(height + 1))
    return shared + countOf(rois) * rows * channels * width * (1 + columns)
  },
  brief: ({ outputSize }) => briefSize(outputSize),
  // Fast R-CNN's bins are those of adaptive pooling; padding by negative amounts crops, so what lies outside the image becomes −∞, then 0.
  pytorch: ({ outputSize, spatialScale }, { x, rois }) => ({
    call: (_self, [features, boxes]) => {
      const [batch = 0, , height = 0, width = 0] = x.shape
      const numbers =
        rois.shape.length === 2 ? `${boxes}[:, 0].int().tolist()` : `[n for n in range(${batch}) for _ in range(${rois.shape[1]})]`
      const corners = `torch.floor(${boxes}[..., -4:].reshape(-1, 4) * ${spatialScale} + 0.5).int().tolist()`
      const region = `F.pad(${features}[n], (-l, max(l, r) + 1 - ${width}, -t, max(t, b) + 1 - ${height}), value=-torch.inf)`
      const pooled = `F.adaptive_max_pool2d(${region}, (${pair(outputSize).join(', ')}))`
      return `torch.stack([${pooled} for n, (l, t, r, b) in zip(${numbers}, ${corners})]).nan_to_num(neginf=0)`
    },
  }),
  cases: [
    {
      name: 'image numbers, corners in any order',
      inputs: { x: [4, 2, 5, 6], rois: [6, 5] },
      params: { outputSize: 2 },
      ranges: { rois: [0, 4] },
    },
    { name: 'more bins than pixels', inputs: { x: [3, 1, 4, 3], rois: [3, 5] }, params: { outputSize: [3, 4] }, ranges: { rois: [0, 3] } },
    {
      name: 'listed image by image, scaled, over the edge',
      inputs: { x: [2, 2, 5, 4], rois: [2, 3, 4] },
      params: { outputSize: [2, 3], spatialScale: 0.5 },
      ranges: { rois: [-2, 9] },
    },
    { name: 'one bin', inputs: { x: [1, 3, 4, 5], rois: [1, 2, 4] }, params: { outputSize: 1 }, ranges: { rois: [0, 5] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    roiPool: typeof roiPool
  }
}
export default roiPool
