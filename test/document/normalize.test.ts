/** @file One form for documents that mean the same. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizeDocument } from '../../engine/document/normalize'
import { parseDocument, serializeDocument } from '../../engine/document/parse'
import { inferShapes } from '../../engine/shapes/infer'
import { templates } from '../../templates/registry'
import { documents } from '../fixtures/arbitrary'
import { documentOf, node, smallClassifier } from '../fixtures/documents'

describe('normalizeDocument', () => {
  test('order of nodes and wires, and defaults, make no difference', () => {
    const document = smallClassifier()
    const untidy = {
      ...document,
      nodes: document.nodes.toReversed().map((each) => ({ ...each, frozen: false, bypass: false, title: '' })),
      edges: document.edges.toReversed(),
    }
    const tidy = normalizeDocument(untidy)
    expect(tidy.nodes.map(({ id }) => id)).toEqual(['label', 'image', 'conv1', 'relu1', 'flatten1', 'dense1', 'loss1'])
    expect(tidy.edges.at(-2)).toEqual({ from: { node: 'dense1', port: 'y' }, to: { node: 'loss1', port: 'logits' } })
    expect(tidy.nodes[2]).toEqual({ id: 'conv1', kind: 'conv2d', params: { numChannels: 6 } })
  })

  test('wires into a variadic port keep their order', () => {
    const document = documentOf([node('a', 'relu'), node('b', 'relu'), node('c', 'concat')], ['b.y > c.x', 'a.y > c.x'])
    expect(normalizeDocument(document).edges.map(({ from }) => from.node)).toEqual(['b', 'a'])
  })

  test('values that equal a block’s defaults go, places of missing nodes too', () => {
    const resnet = templates.get('resnet18')?.create()
    expect(resnet?.nodes.find(({ id }) => id === 'group1a')?.params).toEqual({})
    expect(resnet?.nodes.find(({ id }) => id === 'group2a')?.params).toEqual({ numChannels: 128, stride: 2, identityShortcut: false })
    expect(
      normalizeDocument({ ...smallClassifier(), layout: { ghost: { x: 0, y: 0 }, loss1: { x: -0, y: 1 }, image: { x: 2, y: 2 } } }).layout,
    ).toEqual({
      image: { x: 2, y: 2 },
      loss1: { x: 0, y: 1 },
    })
  })

  test('normalising twice changes nothing, and neither does writing and reading', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const once = normalizeDocument(document)
        expect(normalizeDocument(once)).toEqual(once)
        const text = serializeDocument(document)
        const opened = parseDocument(text)
        expect(opened.ok && normalizeDocument(opened.value)).toEqual(once)
        expect(opened.ok && serializeDocument(opened.value)).toBe(text)
      }),
    )
  })

  test('any document of sound structure can be inferred, and normalising does not change what it means', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const [before, after] = [inferShapes(document), inferShapes(normalizeDocument(document))]
        const summary = ({ nodes, types }: typeof before) => ({
          nodes: new Map(
            nodes.map(({ path, params, outputs, weights }) => [
              path,
              { params: JSON.stringify(params).replace(/\[(\d+),\1\]/g, '$1'), outputs, weights },
            ]),
          ),
          types,
        })
        expect(summary(after)).toEqual(summary(before))
      }),
    )
  })
})
