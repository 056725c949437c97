/** @file Receptive fields against numbers worked out by hand. */
import { expect, test } from 'vitest'
import type { GraphDocument } from '../../engine/document/schema'
import { inferShapes } from '../../engine/shapes/infer'
import { templates } from '../../templates/registry'
import { documentOf, node } from '../fixtures/documents'

const fields = (document: GraphDocument) =>
  Object.fromEntries(inferShapes(document).nodes.map(({ path, receptiveField }) => [path, receptiveField]))

test('LeNet: 5, 6, 14, 16; nothing once the image is flattened', () => {
  expect(fields(templates.get('lenet')?.create() as GraphDocument)).toMatchObject({
    image: [1, 1],
    conv1: [5, 5],
    sigmoid1: [5, 5],
    pool1: [6, 6],
    conv2: [14, 14],
    pool2: [16, 16],
    flatten1: undefined,
    dense3: undefined,
  })
})

test('stride and dilation widen what comes after, axis by axis', () => {
  const document = documentOf(
    [
      node('image', 'input', { shape: [1, 32, 32] }),
      node('a', 'conv2d', { kernelSize: [3, 1], stride: [2, 1], dilation: [2, 1] }),
      node('b', 'conv2d', { kernelSize: 3 }),
    ],
    ['image.y > a.x', 'a.y > b.x'],
  )
  expect(fields(document)).toEqual({ image: [1, 1], a: [5, 1], b: [9, 3] })
})

test('where branches meet the widest counts', () => {
  const shaped = fields(templates.get('googlenet')?.create() as GraphDocument)
  const before = shaped.pool2?.[0] ?? 0
  expect(shaped['inception3a/concat1']).toEqual([before + 4 * 8, before + 4 * 8])
  expect(shaped['inception3a/relu1']).toEqual([before, before])
  expect(shaped.globalPool1).toBeUndefined()
})

test('ResNet-18’s last block sees 435 pixels', () => {
  expect(fields(templates.get('resnet18')?.create() as GraphDocument)['group4b/add1']).toEqual([435, 435])
})

test('E1: layers that enlarge bring neighbours closer, and a filter sees its window', () => {
  const document = documentOf(
    [
      node('image', 'input', { shape: [1, 32, 32] }),
      node('down', 'conv2d', { kernelSize: 2, stride: 2 }),
      // Stride 2, window 4: two values reach each pixel of the result.
      node('up', 'convTranspose2d', { kernelSize: 4, stride: 2, padding: 1 }),
      node('after', 'conv2d', { kernelSize: 3 }),
      node('blur', 'gaussianFilter', { size: 5 }),
      node('down2', 'maxPool2d', {}),
      node('repeat', 'upsample2d', { factor: 4 }),
      node('fine', 'conv2d', { kernelSize: 2 }),
      node('pad', 'zeroPad2d', {}),
      node('slope', 'differenceFilter', { direction: 'vertical' }),
    ],
    [
      'image.y > down.x',
      'down.y > up.x',
      'up.y > after.x',
      'after.y > blur.x',
      'blur.y > down2.x',
      'down2.y > repeat.x',
      'repeat.y > fine.x',
      'fine.y > pad.x',
      'pad.y > slope.x',
    ],
  )
  expect(fields(document)).toEqual({
    image: [1, 1],
    down: [2, 2],
    up: [4, 4],
    after: [6, 6],
    blur: [10, 10],
    down2: [11, 11],
    // Half a pixel more is the next one.
    repeat: [11, 11],
    fine: [12, 12],
    pad: [12, 12],
    slope: [13, 12],
  })
})
