/** Which figure stands beside the loss, before a run and in it. */
import { describe, expect, test } from 'vitest'
import { leadingMeasure, measuredInRun } from '../../renderer/panels/dock/leading-measure'
import { documentOf } from './helpers'

describe('the figure beside the loss', () => {
  const document = documentOf('mlp')
  const unvalidated = { ...document, training: { ...document.training, validationSplit: 0 } }
  const held = { ...unvalidated, data: { ...document.data, validation: document.data.source } }
  test.each([
    ['a classifier', document, ['loss', 'accuracy'], 'validationAccuracy'],
    ['a classifier with validation data of its own', held, ['loss', 'accuracy'], 'validationAccuracy'],
    ['a classifier that is not validated', unvalidated, ['loss', 'accuracy'], 'accuracy'],
    ['a regression', document, ['loss', 'absoluteError'], 'validationAbsoluteError'],
    ['a model of text', document, ['loss', 'accuracy', 'perplexity'], 'validationPerplexity'],
    ['several losses', document, ['loss', 'loss1.accuracy', 'loss2.absoluteError'], 'validationLoss'],
    ['nothing but a loss', unvalidated, ['loss'], undefined],
  ] as const)('of %s', (_, of, names, expected) => expect(leadingMeasure(measuredInRun(of, names))).toBe(expected))
})
