/** @file The one-click fixes end to end: a broken document, its diagnostic, the fix applied as the editor does, nothing left to report. */
import { produce } from 'immer'
import { expect, test } from 'vitest'
import { graph } from '../../engine/builder/graph'
import type { DocumentBuilder } from '../../engine/builder/graph-builder'
import type { Diagnostic } from '../../engine/core/diagnostics'
import type { GraphDocument } from '../../engine/document/schema'
import { inferShapes } from '../../engine/shapes/infer'
import { applyFixes } from '../../renderer/store/fixes'

function built(write: (g: DocumentBuilder) => void): GraphDocument {
  const g = graph('broken')
  write(g)
  return g.document()
}

/** The one diagnostic of the document, and the document after its fix. */
function mend(document: GraphDocument): { readonly diagnostic: Diagnostic; readonly mended: GraphDocument } {
  const [diagnostic, ...more] = inferShapes(document).diagnostics
  if (!diagnostic?.fix || more.length > 0) throw new Error(`not one mendable problem: ${JSON.stringify(inferShapes(document).diagnostics)}`)
  return {
    diagnostic,
    mended: produce(document, (draft) => applyFixes(draft, [diagnostic])),
  }
}

test('dense after a convolution: Flatten', () => {
  const { diagnostic, mended } = mend(
    built((g) => {
      const image = g.input('image', [1, 12, 12])
      g.classify(g.maxPool2d(g.conv2d(image, { numChannels: 4 })), 10)
    }),
  )
  expect(diagnostic).toMatchObject({ code: 'shape.rank', nodeId: 'dense1', port: 'x' })
  expect(inferShapes(mended).diagnostics).toEqual([])
  expect(mended.nodes.map(({ kind }) => kind)).toContain('flatten')
})

test('label count: the layer before the loss', () => {
  const { diagnostic, mended } = mend(
    built((g) => {
      const scores = g.dense(g.input('features', [5]), { numHiddens: 7, id: 'scores' })
      g.softmaxCrossEntropy(scores, g.label('label', 3))
    }),
  )
  expect(diagnostic).toMatchObject({ code: 'shape.classes', port: 'logits' })
  expect(inferShapes(mended).diagnostics).toEqual([])
  expect(mended.nodes.find(({ id }) => id === 'scores')?.params.numHiddens).toBe(3)
})

test('label count: the label, where the layer before has no units to set', () => {
  const { mended } = mend(
    built((g) => {
      g.softmaxCrossEntropy(g.globalAvgPool2d(g.input('image', [6, 4, 4])), g.label('label', 3))
    }),
  )
  expect(inferShapes(mended).diagnostics).toEqual([])
  expect(mended.nodes.find(({ id }) => id === 'label')?.params.classes).toBe(6)
})

test('a shortcut of other channels and size: 1×1 convolution with a stride', () => {
  const { diagnostic, mended } = mend(
    built((g) => {
      const image = g.input('image', [3, 9, 10])
      const main = g.conv2d(image, { numChannels: 8, padding: 1, stride: 2 })
      g.classify(g.globalAvgPool2d(g.relu(g.add([main, image]))), 4)
    }),
  )
  expect(diagnostic).toMatchObject({ code: 'shape.mismatch', nodeId: 'add1' })
  expect(inferShapes(mended).diagnostics).toEqual([])
  const inserted = mended.nodes.find(({ kind, params }) => kind === 'conv2d' && params.kernelSize === 1)
  expect(inserted?.params).toEqual({ numChannels: 8, kernelSize: 1, stride: 2 })
  expect(mended.edges).toContainEqual({ from: { node: 'image', port: 'y' }, to: { node: inserted?.id, port: 'x' } })
})

test('a target of another shape: the units of the prediction', () => {
  const { mended } = mend(
    built((g) => {
      g.meanSquaredError(g.dense(g.input('features', [5]), { numHiddens: 1 }), g.label('target', { type: 'number', shape: [2] }))
    }),
  )
  expect(inferShapes(mended).diagnostics).toEqual([])
})

test('E1: channels that do not divide into groups: the layer before, or fewer groups where it has no channels to set', () => {
  const grouped = (from: 'conv2d' | 'input') =>
    built((g) => {
      const image = g.input('image', [3, 9, 9])
      const x = from === 'conv2d' ? g.conv2d(image, { numChannels: 10, id: 'before' }) : image
      g.classify(g.globalMaxPool2d(g.conv2d(x, { numChannels: 12, groups: 4, id: 'grouped' })), 2)
    })
  const neighbour = mend(grouped('conv2d'))
  expect(neighbour.diagnostic).toMatchObject({ code: 'shape.groups', nodeId: 'grouped', port: 'x' })
  expect(neighbour.mended.nodes.find(({ id }) => id === 'before')?.params.numChannels).toBe(12)
  expect(inferShapes(neighbour.mended).diagnostics).toEqual([])
  const own = mend(grouped('input'))
  expect(own.mended.nodes.find(({ id }) => id === 'grouped')?.params.groups).toBe(3)
  expect(inferShapes(own.mended).diagnostics).toEqual([])
})

test('E1: a window larger than the image: the largest that fits', () => {
  const { diagnostic, mended } = mend(
    built((g) => {
      g.classify(g.globalAvgPool2d(g.conv2d(g.input('image', [1, 4, 6]), { kernelSize: 7, padding: 1, dilation: [1, 2] })), 2)
    }),
  )
  expect(diagnostic).toMatchObject({ code: 'shape.window', param: 'kernelSize' })
  expect(mended.nodes.find(({ kind }) => kind === 'conv2d')?.params.kernelSize).toEqual([6, 4])
  expect(inferShapes(mended).diagnostics).toEqual([])
})

test('E1: padding of more than half a pool’s window', () => {
  const { mended } = mend(
    built((g) => {
      g.classify(g.globalAvgPool2d(g.maxPool2d(g.input('image', [1, 8, 8]), { kernelSize: [2, 3], padding: 2 })), 2)
    }),
  )
  expect(mended.nodes.find(({ kind }) => kind === 'maxPool2d')?.params.padding).toBe(1)
  expect(inferShapes(mended).diagnostics).toEqual([])
})
