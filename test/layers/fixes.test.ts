/** @file One-click fixes: a layer's words about its neighbours become edits of the document, or nothing where they do not apply. */
import { expect, test } from 'vitest'
import dense from '../../engine/layers/dense'
import flatten from '../../engine/layers/flatten'
import { type LayerFix, resolveFixes } from '../../engine/layers/kit/fixes'
import label from '../../engine/layers/label'

const title = { en: 'Mend', zh: '修复' }
const sources = {
  logits: [{ node: 'dense1', port: 'y', layer: dense }],
  label: [{ node: 'label', port: 'y', layer: label }],
  x: [
    { node: 'a', port: 'y', layer: flatten },
    { node: 'b', port: 'y' },
  ],
}
const resolve = (...fixes: LayerFix[]) => resolveFixes(fixes, 'self', sources)

test('a layer changes its own parameter', () => {
  expect(resolve({ title, edits: [{ type: 'setParam', param: 'p', value: 1 }] })).toEqual({
    title,
    edits: [{ type: 'setParam', node: 'self', param: 'p', value: 1 }],
  })
})

test('what feeds a port is changed by the parameter it declares', () => {
  const width: LayerFix = { title, edits: [{ type: 'adjustSource', port: 'logits', what: 'width', value: 10 }] }
  expect(resolve(width)?.edits).toEqual([{ type: 'setParam', node: 'dense1', param: 'numHiddens', value: 10 }])
})

test('the first fix that applies is taken', () => {
  const impossible: LayerFix = { title, edits: [{ type: 'adjustSource', port: 'x', what: 'width', value: 10 }] }
  const possible: LayerFix = { title, edits: [{ type: 'adjustSource', port: 'label', what: 'classes', value: 4 }] }
  expect(resolve(impossible)).toBeUndefined()
  expect(resolve(impossible, possible)?.edits).toEqual([{ type: 'setParam', node: 'label', param: 'classes', value: 4 }])
})

test('one edit that does not apply undoes the whole fix', () => {
  const half: LayerFix = {
    title,
    edits: [
      { type: 'setParam', param: 'p', value: 1 },
      { type: 'removeWire', port: 'x', index: 2 },
    ],
  }
  expect(resolve(half)).toBeUndefined()
})

test('layers are inserted on the wire that was meant', () => {
  const insert: LayerFix = { title, edits: [{ type: 'insertBefore', port: 'x', index: 1, kind: 'flatten', params: {} }] }
  expect(resolve(insert)?.edits).toEqual([
    { type: 'insertOnWire', from: { node: 'b', port: 'y' }, to: { node: 'self', port: 'x' }, kind: 'flatten', params: {} },
  ])
})
