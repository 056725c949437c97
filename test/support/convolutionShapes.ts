/** @file Convolutions that every executor's kernels are tried on: the templates', one of every kind, and any. */
import fc from 'fast-check'
import { type ConvShape, sizesOf, square } from './convolution'

/** Small batches, 32×32 images. */
export const templateConvolutions: readonly (readonly [string, ConvShape])[] = [
  ['LeNet conv1', square(3, 1, 6, 28, 5)],
  ['LeNet conv1 padded', square(2, 1, 6, 28, 5, 1, 2)],
  ['LeNet conv2', square(7, 6, 16, 12, 5)],
  ['ResNet stem', square(2, 3, 64, 32, 7, 2, 3)],
  ['ResNet stem, grey', square(2, 1, 64, 32, 7, 2, 3)],
  ['ResNet 64', square(1, 64, 64, 8, 3, 1, 1)],
  ['ResNet 64 → 128', square(2, 64, 128, 8, 3, 2, 1)],
  ['ResNet 64 → 128 shortcut', square(2, 64, 128, 8, 1, 2, 0)],
  ['ResNet 128', square(2, 128, 128, 4, 3, 1, 1)],
  ['ResNet 128 → 256', square(1, 128, 256, 4, 3, 2, 1)],
  ['ResNet 256 → 512 shortcut', square(3, 256, 512, 2, 1, 2, 0)],
  ['ResNet 512', square(1, 512, 512, 1, 3, 1, 1)],
  ['GoogLeNet 1×1', square(2, 64, 64, 8, 1)],
  ['GoogLeNet 64 → 192', square(1, 64, 192, 8, 3, 1, 1)],
  ['Inception 3a reduction', square(3, 192, 96, 4, 1)],
  ['Inception 3a 3×3', square(2, 96, 128, 4, 3, 1, 1)],
  ['Inception 3a 5×5', square(2, 16, 32, 4, 5, 1, 2)],
  ['Inception 4a 3×3', square(2, 96, 208, 2, 3, 1, 1)],
  ['Inception 4b 5×5', square(2, 24, 64, 2, 5, 1, 2)],
  ['Inception 4c reduction', square(2, 512, 24, 2, 1)],
  ['Inception 4d 3×3', square(2, 144, 288, 2, 3, 1, 1)],
  ['Inception 5b 1×1', square(2, 832, 384, 1, 1)],
  ['Inception 5b 5×5', square(3, 48, 128, 1, 5, 1, 2)],
]

const base = square(2, 4, 6, 7, 3)

export const oddConvolutions: readonly (readonly [string, ConvShape])[] = [
  ['one of everything', square(1, 1, 1, 1, 1)],
  ['depthwise', { ...square(2, 8, 8, 6, 3, 1, 1), groups: 8 }],
  ['depthwise with a multiplier', { ...square(2, 4, 12, 6, 3, 2, 1), groups: 4 }],
  ['groups of many channels', { ...square(2, 40, 36, 5, 3, 1, 1), groups: 2 }],
  ['pointwise groups', { ...square(3, 32, 64, 3, 1), groups: 2 }],
  ['dilated', { ...square(2, 20, 17, 9, 3, 1, 2), dilation: [2, 2] }],
  ['dilated, few channels', { ...base, dilation: [2, 1], padding: [2, 1] }],
  ['uneven', { ...base, size: [9, 6], kernel: [2, 5], stride: [2, 1], padding: [0, 2] }],
  ['stride beyond the kernel', square(2, 5, 7, 9, 2, 4, 0)],
  ['more padding than image', square(2, 18, 5, 2, 3, 1, 4)],
  ['large batch', square(261, 2, 3, 3, 2)],
]

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }))
export const anyConvolution = fc
  .record({
    batch: fc.integer({ min: 1, max: 9 }),
    inGroup: fc.integer({ min: 1, max: 20 }),
    outGroup: fc.integer({ min: 1, max: 20 }),
    groups: fc.integer({ min: 1, max: 3 }),
    size: pair(1, 7),
    kernel: pair(1, 4),
    stride: pair(1, 3),
    padding: pair(0, 2),
    dilation: pair(1, 2),
  })
  .map(({ inGroup, outGroup, ...rest }): ConvShape => ({ ...rest, channels: inGroup * rest.groups, outChannels: outGroup * rest.groups }))
  .filter((shape) => {
    const { outHeight, outWidth } = sizesOf(shape)
    return outHeight >= 1 && outWidth >= 1
  })
