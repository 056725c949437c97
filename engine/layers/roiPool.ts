/**
 * @file Region-of-interest pooling: regions of any size and shape become maps of one size, the largest value of each bin
 * (notes 002 §9; Girshick 2015, “Fast R-CNN”).
 *
 * In the compiler's primitives: a region's bins are products of a range of rows and a range of columns, so the maximum is taken first along the
 * columns of each column bin, then along the rows of each row bin, everything outside a bin masked. That compares R·C·H·(W + h)·w numbers for
 * R regions of C×H×W features and h×w bins, where each bin's own pixels would do; and regions named by image number read a copy of
 * their image's features, R·C·H·W numbers, which regions listed image by image do not.
 */
import { type Shape, sizeOf, type TensorType } from '../core/tensor'
import type { Text } from '../core/text'
import type { Emit, Tensor } from '../ir/emit'
import { defineLayer, type Fail } from './kit/define'
import { expectDType, expectRank, images } from './kit/expect'
import { float, int2d, pair } from './kit/params'
import { briefSize } from './kit/window'

const regions: Text = {
  en: 'regions (R, 5): image number, x₁, y₁, x₂, y₂; or (N, R, 4) without the number, listed image by image',
  zh: '区域 (R, 5)：图像序号、x₁、y₁、x₂、y₂；或 (N, R, 4)，按图像逐一列出，不含序号',
}

/** No number of 32 bits is below. */
const LOWEST = -3.4028234663852886e38

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

/**
 * For each region and bin, 1 where a row (or column) belongs to it: (R, bins, extent). Ends of a region are rounded to whole pixels, both
 * inclusive; bins round outwards, so neighbours may share a row and none of a region inside the image is empty.
 */
function membership(b: Emit, first: Tensor, last: Tensor, bins: number, extent: number, scale: number): Tensor {
  const regions = sizeOf(first.shape)
  const rounded = (v: Tensor) => b.reshape(b.floor(b.add(b.mul(v, scale), 0.5)), [regions, 1])
  const start = rounded(first)
  const length = b.max(b.add(b.sub(rounded(last), start), 1), 1)
  const bin = b.cast(b.iota([1, bins], 1), 'f32')
  const edge = (k: Tensor) => b.div(b.mul(k, length), bins)
  // ⌈v⌉ = −⌊−v⌋
  const low = b.add(start, b.floor(edge(bin)))
  const high = b.sub(start, b.floor(b.neg(edge(b.add(bin, 1)))))
  const position = b.cast(b.iota([1, 1, extent], 2), 'f32')
  const spread = (v: Tensor) => b.reshape(v, [regions, bins, 1])
  return b.mul(b.sub(1, b.less(position, spread(low))), b.less(position, spread(high)))
}

/** The features that each region looks at: (R, C, H, W). */
function featuresOf(b: Emit, x: Tensor, rois: Tensor): Tensor {
  const [batch = 0, ...map] = x.shape
  if (rois.shape.length === 2) return b.gather(x, b.cast(b.reshape(b.slice(rois, [0, 0], [countOf(rois), 1]), [countOf(rois)]), 'i32'))
  const perImage = rois.shape[1] ?? 0
  return b.reshape(b.broadcast(x, [batch, perImage, ...map], [0, 2, 3, 4]), [batch * perImage, ...map])
}

const roiPool = defineLayer({
  kind: 'roiPool',
  category: 'pooling',
  idStem: 'roiPool',
  title: { en: 'Region of interest pooling', zh: '兴趣区域池化层' },
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
    const [, channels = 0, height = 0, width = 0] = x.shape
    const [rows, columns] = pair(outputSize)
    const table = b.reshape(rois, [count, sizeOf(rois.shape) / count])
    const place = (table.shape[1] ?? 0) - 4
    const corner = (i: number) => b.slice(table, [0, place + i], [count, place + i + 1])
    const inColumn = membership(b, corner(0), corner(2), columns, width, spatialScale)
    const inRow = membership(b, corner(1), corner(3), rows, height, spatialScale)

    const features = b.reshape(featuresOf(b, x, rois), [count, channels, height, 1, width])
    const ofColumn = b.maximum(b.select(b.reshape(inColumn, [count, 1, 1, columns, width]), features, LOWEST), [4])
    const turned = b.reshape(b.transpose(ofColumn, [0, 1, 3, 2]), [count, channels, 1, columns, height])
    const largest = b.maximum(b.select(b.reshape(inRow, [count, 1, rows, 1, height]), turned, LOWEST), [4])
    // Bins outside the image are empty and give 0.
    const filled = (mask: Tensor) => b.less(0, b.sum(mask, [2]))
    const some = b.mul(b.reshape(filled(inRow), [count, 1, rows, 1]), b.reshape(filled(inColumn), [count, 1, 1, columns]))
    return { y: b.select(some, largest, 0) }
  },
  flops: ({ x, rois }, { outputSize }) => {
    const [, channels = 0, height = 0, width = 0] = x.shape
    const [rows, columns] = pair(outputSize)
    return countOf(rois) * channels * height * (width + rows) * columns
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
