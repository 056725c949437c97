/** @file Documents written as TypeScript: what it reads like, and that running it gives the document back. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DiagnosedError } from '../../engine/core/diagnostics'
import { parseDocument, serializeDocument } from '../../engine/document/parse'
import type { GraphDocument } from '../../engine/document/schema'
import { exportTypeScript } from '../../engine/export/typescript'
import { templates } from '../../templates/registry'
import { documents } from '../fixtures/arbitrary'
import { documentOf, node, smallClassifier } from '../fixtures/documents'
import { runModule } from '../support/runModule'

/** The document after export and run, as it would be saved. */
const rebuilt = async (document: GraphDocument): Promise<string> =>
  serializeDocument((await runModule(exportTypeScript(document))) as GraphDocument)

describe('exported TypeScript', () => {
  test('reads like a template', () => {
    expect(exportTypeScript(smallClassifier())).toBe(`import { graph } from 'netloom'

const g = graph('test', {
  data: 'digits',
  training: { optimizer: 'adam', lr: 0.001, batchSize: 4, epochs: 2 },
})

const image = g.input('image', [1, 8, 8])
const flatten1 = g.flatten(g.relu(g.conv2d(image, { numChannels: 6 })))
const dense1 = g.dense(flatten1, { numHiddens: 10 })
const label = g.label('label', 10)
g.softmaxCrossEntropy(dense1, label)

export default g.document()
`)
  })

  test.each([...templates.keys()])('rebuilds the template %s', async (id) => {
    const document = templates.get(id)?.create() as GraphDocument
    expect(await rebuilt(document)).toBe(serializeDocument(document))
  })

  test('keeps what is unfinished', async () => {
    const document = documentOf(
      [node('dense1', 'dense'), node('add1', 'add'), node('loss1', 'softmaxCrossEntropy')],
      ['dense1.y > loss1.label'],
    )
    expect(exportTypeScript(document)).toContain('g.softmaxCrossEntropy(unconnected, dense1)')
    expect(await rebuilt(document)).toBe(serializeDocument(document))
  })

  test('writes ids that the builder would not choose, and only those', async () => {
    const document = documentOf(
      [node('image', 'input'), node('conv2', 'conv2d'), node('conv1', 'conv2d'), node('conv4', 'conv2d'), node('conv3', 'conv2d')],
      ['image.y > conv2.x', 'conv2.y > conv1.x', 'conv1.y > conv4.x', 'conv4.y > conv3.x'],
    )
    const source = exportTypeScript(document)
    expect(source.match(/id: '(\w+)'/g)).toEqual([`id: 'conv2'`, `id: 'conv4'`])
    expect(await rebuilt(document)).toBe(serializeDocument(document))
  })

  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is the point
  test.each([`it's "quoted"`, 'a\nb\r\u2028c', '</script><script>', '`${process.exit()}`', '*/ // \\', '卷积 🧠', '\ud800'])(
    'survives the name %j',
    async (text) => {
      const document = documentOf([node('relu1', 'relu', {}, { title: text })], [], { name: text, description: text })
      expect(exportTypeScript(document)).not.toContain('</script>')
      expect(await rebuilt(document)).toBe(serializeDocument(document))
    },
  )

  test('writes layout only where there is one', async () => {
    const document = { ...smallClassifier(), layout: { image: { x: 10, y: -4.5 } } }
    expect(exportTypeScript(smallClassifier())).not.toContain('layout')
    expect(exportTypeScript(document)).toContain('g.layout({\n  image: { x: 10, y: -4.5 },\n})')
    expect(await rebuilt(document)).toBe(serializeDocument(document))
  })

  test('keeps blocks that nothing uses yet', async () => {
    const resnet = templates.get('resnet18')?.create() as GraphDocument
    const document = { ...smallClassifier(), blocks: resnet.blocks }
    expect(exportTypeScript(document)).toContain('g.define(residual)')
    expect(await rebuilt(document)).toBe(serializeDocument(document))
  })

  test('a circle cannot be written and says so', () => {
    const document = documentOf([node('a', 'relu'), node('b', 'relu')], ['a.y > b.x', 'b.y > a.x'])
    expect(() => exportTypeScript(document)).toThrow(DiagnosedError)
  })

  test('any document survives JSON and TypeScript', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (document) => {
        const saved = serializeDocument(document)
        const opened = parseDocument(saved)
        expect(opened).toMatchObject({ ok: true })
        if (opened.ok) expect(serializeDocument(opened.value)).toBe(saved)
        expect(await rebuilt(document)).toBe(saved)
      }),
      { numRuns: 300, seed: 20 },
    )
  })
})
