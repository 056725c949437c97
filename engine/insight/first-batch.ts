/**
 * @file A few samples of the document's own data, as a network is fed with them. In: prepared data and how many. Out: the arrays of the first
 * training samples by node, and how many there are.
 */
import { shape } from '../compile'
import { DiagnosedError } from '../core/diagnostics'
import { bindFields } from '../datasets/bind'
import type { PreparedData } from '../datasets/prepare'
import { BatchReader, effectiveBatchSize, type Inputs } from '../train/batches'
import { unwrap } from '../train/model'

export async function firstBatch(
  { document, fields, training }: PreparedData,
  count: number,
): Promise<{ readonly inputs: Inputs; readonly batchSize: number }> {
  const batchSize = effectiveBatchSize(Math.min(count, document.training.batchSize), training.indices.length)
  const { diagnostics, bindings } = bindFields(unwrap(shape(document, { batchSize })), fields)
  if (diagnostics.length > 0) throw new DiagnosedError(diagnostics)
  const inputs = await new BatchReader(training, bindings, batchSize).read(training.indices.subarray(0, batchSize), 0)
  return { inputs, batchSize }
}
