/** @file Multi-task and semi-supervised learning (C10), as their templates draw them. */
import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../engine/datasets/dataset'
import { withLabelledShare } from '../../engine/datasets/labelled'
import { type PreparedData, prepareData } from '../../engine/datasets/prepare'
import type { GraphDocument } from '../../engine/document/schema'
import type { MetricsPoint } from '../../engine/protocol/messages'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { Trainer } from '../../engine/train/trainer'
import { templates } from '../../templates/registry'

const create = (id: string, params: Record<string, number>): GraphDocument => templates.get(id)?.create(params) as GraphDocument

async function trained(document: GraphDocument, maxSteps?: number, given?: PreparedData) {
  const data = given ?? (await prepareData(document, () => undefined))
  const trainer = await Trainer.create({ data, backend: createReferenceBackend(), maxSteps })
  const before = await trainer.model.read()
  await trainer.run()
  const after = await trainer.model.read()
  const { training, validation } = await trainer.checkpoint()
  await trainer.dispose()
  return { before, after, training, validation }
}

describe('multi-task learning (C10)', () => {
  const small = { imageSize: 8, numHiddens: 12, batchSize: 16 }
  it('adds the losses of both heads, tells each, and its trunk learns from both', async () => {
    const { training } = await trained(create('multi-task', { ...small, drawing: 3 }), 1)
    const { loss, metrics } = training[0] as MetricsPoint
    expect(Object.keys(metrics)).toEqual(expect.arrayContaining(['accuracy', 'loss1', 'loss2']))
    expect(loss).toBeCloseTo((metrics.loss1 as number) + 3 * (metrics.loss2 as number), 4)
    const moved = async (drawing: number) => {
      const { before, after } = await trained(create('multi-task', { ...small, drawing }), 1)
      return (name: string) => [...(after[name] ?? [])].map((x, i) => x - (before[name]?.[i] as number))
    }
    const [alone, both] = [await moved(0), await moved(3)]
    expect(alone('naming.kernel')).toEqual(both('naming.kernel'))
    expect(alone('trunk.kernel')).not.toEqual(both('trunk.kernel'))
    expect(Math.max(...alone('drawing.kernel').map(Math.abs))).toBe(0)
  })
})

describe('semi-supervised learning (C10)', () => {
  it('marks a share of the samples, each for good, and all of them where it is measured', async () => {
    const dataset: Dataset = { fields: [], length: 4000, read: () => undefined }
    const marks = (seed: number) => {
      const out = { labelled: new Float32Array(4000), unlabelled: new Float32Array(4000) }
      void withLabelledShare(dataset, 0.2, seed).read(
        Uint32Array.from({ length: 4000 }, (_, i) => i),
        out,
        0,
      )
      return out
    }
    const { labelled, unlabelled } = marks(1)
    // A deviation of 0.0063.
    expect(Math.abs(labelled.reduce((a, b) => a + b, 0) / 4000 - 0.2)).toBeLessThan(0.025)
    expect(labelled.every((is, i) => is + (unlabelled[i] as number) === 1)).toBe(true)
    expect(marks(1)).toEqual(marks(1))
    expect(marks(2)).not.toEqual(marks(1))
    const { validation, fields } = await prepareData(create('semi-supervised', {}), () => undefined)
    expect(fields.map(({ name }) => name)).toEqual(['features', 'label', 'labelled', 'unlabelled'])
    const out = {
      features: new Float32Array(100),
      label: new Int32Array(50),
      labelled: new Float32Array(50),
      unlabelled: new Float32Array(50),
    }
    await validation?.dataset.read(validation.indices.subarray(0, 50), out, 0)
    expect([...out.labelled]).toEqual(new Array(50).fill(1))
  })

  it('never looks at the labels of samples that have none', async () => {
    const document = create('semi-supervised', { numHiddens: 6, labelledShare: 0.3 })
    const data = await prepareData(document, () => undefined)
    const { dataset, indices } = data.training
    const lying: Dataset = {
      ...dataset,
      read(wanted, out, epoch) {
        const reading = dataset.read(wanted, out, epoch)
        for (let i = 0; i < wanted.length; i++) if (out.label && out.unlabelled?.[i] === 1) out.label[i] = 1 - (out.label[i] as number)
        return reading
      },
    }
    const honest = await trained(document, 5, data)
    const fooled = await trained(document, 5, { ...data, training: { dataset: lying, indices } })
    expect(fooled.after).toEqual(honest.after)
  })

  it('learns more from a few labels and many samples than from the labels alone', async () => {
    const accuracyWith = async (entropy: number) => {
      const { validation } = await trained(create('semi-supervised', { entropy }))
      return validation.at(-1)?.metrics.accuracy as number
    }
    expect(await accuracyWith(0)).toBeLessThan(1)
    expect(await accuracyWith(0.1)).toBe(1)
  })
})
