/** @file `netloom predict`: what a trained network says. In: a graph, weights, data. Out: one JSON object a line for every sample. */
import type { Command } from 'commander'
import { shape } from '../../../compile'
import { DiagnosedError } from '../../../core/diagnostics'
import { bindFields } from '../../../datasets/bind'
import { prepareData } from '../../../datasets/prepare'
import { restored } from '../../../datasets/standardize'
import { BatchReader } from '../../../train/batches'
import { Model, runtimeInputs, unwrap } from '../../../train/model'
import { withBackend } from '../backends'
import { loadWithData } from '../data-argument'
import { findFiles } from '../files'
import type { Io } from '../io'
import { type CommonOptions, type DataOptions, withCommon, withData } from '../options'
import { readWeights, withEnsembleOf, withStatisticsOf } from '../weights'

interface PredictOptions extends CommonOptions, DataOptions {
  readonly weights: string
}

const forward = { training: false, gradients: 'none' } as const

async function predict(graph: string, options: PredictOptions, io: Io): Promise<void> {
  const asked = await withEnsembleOf(options.weights, await withStatisticsOf(options.weights, await loadWithData(graph, options, io)))
  const data = await prepareData({ ...asked, training: { ...asked.training, validationSplit: 0 } }, findFiles)
  await withBackend(options, async (backend) => {
    const { document, fields } = data
    const { batchSize } = document.training
    const model = await Model.forPass(document, backend, forward, batchSize)
    try {
      await model.load(await readWeights(options.weights, document))
      const bound = bindFields(unwrap(shape(document)), fields)
      if (bound.diagnostics.length > 0) throw new DiagnosedError(bound.diagnostics)
      const samples = data.validation ?? data.training
      const reader = new BatchReader(samples, bound.bindings, batchSize)
      const names = fields.find(({ role }) => role === 'target')?.classNames
      for (let start = 0; start < samples.indices.length; start += batchSize) {
        const batch = samples.indices.subarray(start, start + batchSize)
        const { program, executable, outputs } = await model.pass(batch.length, forward)
        executable.run({ ...(await reader.read(batch, 0)), ...runtimeInputs(program, document.training.seed, 0, 0) })
        const wanted = outputs.filter((name) => name !== 'loss')
        const results = await executable.read(wanted)
        batch.forEach((index, i) => {
          const line: Record<string, unknown> = { index }
          for (const name of wanted) {
            const data = results[name] as Float32Array
            const width = data.length / batch.length
            const raw = [...data.subarray(i * width, (i + 1) * width)]
            const { targetStatistics } = document.data
            // Numbers are told in the units of the data.
            const values = targetStatistics && name.endsWith('prediction') ? restored(raw, targetStatistics) : raw
            line[name] = values
            if (name === 'logits' && names?.length === values.length) line.class = names[values.indexOf(Math.max(...values))]
          }
          io.out(`${JSON.stringify(line)}\n`)
        })
      }
    } finally {
      await model.dispose()
      data.dispose()
    }
  })
}

export const addPredict = (program: Command, io: Io): void => {
  withData(withCommon(program.command('predict <graph>').description('predictions for every sample of a data set, one JSON object a line')))
    .requiredOption('--weights <file>', 'parameters by name')
    .action((graph: string, options: PredictOptions) => predict(graph, options, io))
}
