/** @file Reading and writing documents: whatever comes in, an outcome comes out. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../engine/core/limits'
import { parseDocument, serializeDocument } from '../../engine/document/parse'
import { documentOf, node, smallClassifier } from '../fixtures/documents'

const found = (json: unknown) => {
  const outcome = parseDocument(json)
  return outcome.ok ? [] : outcome.diagnostics
}
type Raw = ReturnType<typeof raw>
const raw = () => JSON.parse(serializeDocument(smallClassifier()))

describe('parseDocument', () => {
  test('reads text and values alike', () => {
    const text = serializeDocument(smallClassifier())
    expect(parseDocument(text)).toEqual(parseDocument(JSON.parse(text)))
    expect(parseDocument(`\uFEFF${text}`)).toMatchObject({ ok: true })
  })

  test('text that is no JSON', () => {
    expect(found('{ "format": ')).toMatchObject([{ code: 'document.json', severity: 'error' }])
    expect(found('')).toMatchObject([{ code: 'document.json' }])
    expect(found('['.repeat(200_000))).toMatchObject([{ code: 'document.json' }])
  })

  test('JSON that is no document', () => {
    for (const value of [null, 3, [], '"netloom"', {}, { format: 'keras' }])
      expect(found(value)).toMatchObject([{ code: 'document.format' }])
  })

  test('a newer version, and what is no version', () => {
    expect(found({ ...raw(), version: 2 })).toMatchObject([{ code: 'document.version', values: { got: 2, expected: 1 } }])
    for (const version of [0, 1.5, '1', null, undefined]) expect(found({ ...raw(), version })).toMatchObject([{ code: 'document.version' }])
  })

  test('every fault of the schema, on its node', () => {
    const document = raw()
    document.nodes[1].params.kernelSize = { size: 3 }
    document.nodes[2].id = '2 bad'
    document.nodes[3].colour = 'red'
    document.training.batchSize = 0
    delete document.data
    expect(found(document)).toMatchObject([
      { code: 'document.schema', nodeId: 'conv1', values: { path: 'nodes[1].params.kernelSize' } },
      { code: 'document.schema', nodeId: '2 bad', values: { path: 'nodes[2].id' } },
      { code: 'document.schema', nodeId: 'flatten1', values: { path: 'nodes[3]' } },
      { code: 'document.schema', values: { path: 'data' } },
      { code: 'document.schema', values: { path: 'training.batchSize' } },
    ])
  })

  test.each([
    ['null', (d: Raw) => (d.name = null), 'expected text, got null', '应为文字，实际是 null'],
    ['nothing', (d: Raw) => delete d.data, 'is missing; expected an object', '缺失，应为对象'],
    ['infinity', (d: Raw) => (d.nodes[1].params = { numChannels: Number.POSITIVE_INFINITY }), 'Infinity', '实际是 Infinity'],
    ['an id', (d: Raw) => (d.nodes[1].id = '1st'), '“1st” is no name', '“1st” 不能用作名称'],
    ['an empty name', (d: Raw) => (d.name = ''), 'must have at least 1 characters', '至少应有 1 个字符'],
  ])('%s in the wrong place is said plainly', (_, spoil, en, zh) => {
    const document = raw()
    spoil(document)
    const detail = found(document)[0]?.values.detail
    expect(detail).toMatchObject({ en: expect.stringContaining(en), zh: expect.stringContaining(zh) })
  })

  test('a fault inside a block names block and node', () => {
    const document = { ...raw(), blocks: { b: { title: 'b', nodes: [{ id: 'r', kind: 'relu', params: 1 }], edges: [] } } }
    expect(found(document)).toMatchObject([{ code: 'document.schema', nodeId: 'b/r' }])
  })

  test('absurd sizes are refused before anything looks at them', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => node(`n${i}`, 'relu'))
    expect(found({ ...raw(), nodes: many(limits.nodes + 1) })).toMatchObject([
      { code: 'document.nodes', values: { got: limits.nodes + 1 } },
    ])
    expect(found({ ...raw(), edges: new Array(limits.edges + 1).fill(0) })).toMatchObject([{ code: 'document.edges' }])
    const blocks = Object.fromEntries(many(limits.blocks + 1).map(({ id }) => [id, { title: id, nodes: [], edges: [] }]))
    expect(found({ ...raw(), blocks })).toMatchObject([{ code: 'document.blocks' }])
    expect(found(' '.repeat(limits.fileBytes + 1))).toMatchObject([{ code: 'document.file-size' }])
  })

  test('structure is checked too', () => {
    expect(found(documentOf([node('a', 'nonsense')], []))).toMatchObject([{ code: 'graph.unknown-kind', nodeId: 'a' }])
  })

  test('what is merely unfinished can be opened', () => {
    expect(parseDocument(documentOf([node('a', 'dense')], []))).toMatchObject({ ok: true })
  })

  test('a key called __proto__ reaches no prototype', () => {
    const text = serializeDocument(smallClassifier()).replace('"numChannels": 6', '"__proto__": { "$param": "x" }, "numChannels": 6')
    const outcome = parseDocument(text)
    expect(outcome.ok && outcome.value.nodes[1]?.params).toEqual({ numChannels: 6 })
    expect(Object.hasOwn(Object.prototype, '$param')).toBe(false)
  })

  test('never throws', () => {
    const base = raw()
    fc.assert(fc.property(fc.jsonValue(), (value) => parseDocument(value).ok === false))
    fc.assert(fc.property(fc.string(), (text) => parseDocument(text).ok === false))
    const keys = fc.constantFrom(...Object.keys(base), 'blocks', 'layout')
    fc.assert(fc.property(keys, fc.jsonValue(), (key, value) => typeof parseDocument({ ...base, [key]: value }).ok === 'boolean'))
    const nodeKeys = fc.constantFrom('id', 'kind', 'block', 'title', 'params', 'bypass', 'frozen')
    fc.assert(
      fc.property(nodeKeys, fc.jsonValue(), (key, value) => {
        const nodes = [{ ...base.nodes[0], [key]: value }, ...base.nodes.slice(1)]
        return typeof parseDocument({ ...base, nodes }).ok === 'boolean'
      }),
    )
  })
})

describe('serializeDocument', () => {
  test('writes what differs from the defaults, in a fixed order', () => {
    const text = serializeDocument(
      documentOf([node('c', 'conv2d', { stride: [1, 1], kernelSize: [5, 5], numChannels: 6 }, { bypass: false })], []),
    )
    expect(text).toBe(`{
  "format": "netloom",
  "version": 1,
  "name": "test",
  "nodes": [
    {
      "id": "c",
      "kind": "conv2d",
      "params": {
        "numChannels": 6,
        "kernelSize": 5
      }
    }
  ],
  "edges": [],
  "data": {
    "source": {
      "kind": "digits"
    }
  },
  "training": {
    "optimizer": {
      "kind": "adam",
      "params": {
        "lr": 0.001
      }
    },
    "batchSize": 4,
    "epochs": 2
  }
}
`)
  })
})
