/** @file `netloom evaluate`: loss and metrics on a data set. In: a graph, weights, data. Out: means over all its samples. */
import type { Command } from 'commander'
import { shape } from '../../../compile'
import { DiagnosedError } from '../../../core/diagnostics'
import { bindFields } from '../../../datasets/bind'
import { prepareData } from '../../../datasets/prepare'
import { effectiveBatchSize } from '../../../train/batches'
import { evaluateModel, evaluationOf } from '../../../train/evaluate'
import { Model, unwrap } from '../../../train/model'
import { withBackend } from '../backends'
import { loadWithData } from '../data-argument'
import { findFiles } from '../files'
import type { Io } from '../io'
import { type CommonOptions, type DataOptions, withCommon, withData } from '../options'
import { metricText } from '../progress'
import { readWeights, textFieldsOf, withEnsembleOf, withStatisticsOf } from '../weights'

interface EvaluateOptions extends CommonOptions, DataOptions {
  readonly weights: string
}

async function evaluate(graph: string, options: EvaluateOptions, io: Io): Promise<void> {
  const like = await textFieldsOf(options.weights)
  const asked = await withEnsembleOf(options.weights, await withStatisticsOf(options.weights, await loadWithData(graph, options, io, like)))
  // All of the given data is measured; only without any is it the part that training would hold out.
  const whole = options.data !== undefined && !asked.data.validation
  // Whoever measures knows all labels.
  const { labelledShare } = asked.data
  const known = labelledShare === undefined ? asked : { ...asked, data: { ...asked.data, labelledShare: 1 } }
  const data = await prepareData(whole ? { ...known, training: { ...known.training, validationSplit: 0 } } : known, findFiles, like)
  await withBackend(options, async (backend) => {
    const { document } = data
    const samples = data.validation ?? data.training
    const batchSize = effectiveBatchSize(document.training.batchSize, samples.indices.length)
    const model = await Model.forPass(document, backend, evaluationOf(samples), batchSize)
    try {
      await model.load(await readWeights(options.weights, document))
      const bound = bindFields(unwrap(shape(document)), data.fields)
      if (bound.diagnostics.length > 0) throw new DiagnosedError(bound.diagnostics)
      const measured = await evaluateModel(model, samples, bound.bindings, { batchSize })
      const result = { samples: samples.indices.length, loss: measured?.loss, ...measured?.metrics }
      if (options.json) return io.out(`${JSON.stringify(result)}\n`)
      io.out(`samples   ${result.samples}\nloss      ${measured?.loss.toFixed(6)}\n`)
      for (const [name, value] of Object.entries(measured?.metrics ?? {})) io.out(`${name.padEnd(9)} ${metricText(name, value)}\n`)
    } finally {
      await model.dispose()
      data.dispose()
    }
  })
}

export const addEvaluate = (program: Command, io: Io): void => {
  withData(withCommon(program.command('evaluate <graph>').description('loss and metrics on a data set')))
    .requiredOption('--weights <file>', 'parameters by name')
    .action((graph: string, options: EvaluateOptions) => evaluate(graph, options, io))
}
