/**
 * @file Parameters on disk. In: safetensors files. Out: arrays for a network's weights, checked by name and shape; and back.
 * The statistics by which the training data was standardised, and the vocabulary of a text, travel in the file's metadata, so that predictions
 * use the same.
 */
import { z } from 'zod'
import { diagnosedError } from '../../core/diagnostics'
import type { Field } from '../../datasets/dataset'
import { isTokens, textFields } from '../../datasets/text/stretches'
import { dataSchema, type GraphDocument } from '../../document/schema'
import { replicaOf } from '../../shapes/replicas'
import { trainedShape, weightsOf } from '../../train/model'
import { decodeSafetensors, encodeSafetensors, type SafetensorsFile } from '../../train/safetensors'
import { tensorNamed } from '../../train/tensor-values'
import { checkpointFile } from './checkpoint-store'
import { exists, readBytes, writeWhole } from './files'

const STATISTICS = 'netloom.statistics'
const TARGET_STATISTICS = 'netloom.targetStatistics'
const VOCABULARY = 'netloom.vocabulary'

/** A folder means the checkpoint in it. */
export async function readTensors(path: string): Promise<SafetensorsFile> {
  const file = (await exists(checkpointFile(path))) ? checkpointFile(path) : path
  return decodeSafetensors(await readBytes(file), file)
}

/** The document as an ensemble of as many copies as the file holds weights of, or as the one network. */
export async function withEnsembleOf(path: string, document: GraphDocument): Promise<GraphDocument> {
  const { tensors } = await readTensors(path)
  const replicas = Math.max(1, ...[...tensors.keys()].map(replicaOf))
  const { ensemble, ...training } = document.training
  return { ...document, training: replicas === 1 ? training : { ...training, ensemble: { ...ensemble, replicas } } }
}

/** Every weight of the network, from the file; tensors that are no weights are left alone. */
export async function readWeights(path: string, document: GraphDocument): Promise<Record<string, Float32Array>> {
  const file = await readTensors(path)
  const weights = weightsOf(trainedShape(document))
  return Object.fromEntries(
    weights.map(({ name, shape: extents }) => [name, tensorNamed(file, name, extents, 'f32', path) as Float32Array]),
  )
}

/** `fields`: of the data that the weights were trained on. */
export async function writeWeights(
  path: string,
  document: GraphDocument,
  weights: Readonly<Record<string, Float32Array>>,
  fields: readonly Field[] = [],
): Promise<void> {
  const named = weightsOf(trainedShape(document)).map(({ name, shape: extents }) => ({
    name,
    shape: extents,
    data: weights[name] as Float32Array,
  }))
  const { statistics, targetStatistics } = document.data
  const text = fields.find(isTokens)
  const metadata = {
    ...(statistics && { [STATISTICS]: JSON.stringify(statistics) }),
    ...(targetStatistics && { [TARGET_STATISTICS]: JSON.stringify(targetStatistics) }),
    ...(text && { [VOCABULARY]: JSON.stringify({ unit: text.unit, tokens: text.classNames }) }),
  }
  await writeWhole(path, encodeSafetensors(named, metadata))
}

const vocabularySchema = z.strictObject({ unit: z.enum(['char', 'word']), tokens: z.array(z.string()).min(2) })

/** Fields of the text that the weights were trained on; undefined where the file does not tell. */
export async function textFieldsOf(path: string): Promise<readonly Field[] | undefined> {
  const { metadata } = await readTensors(path)
  if (metadata[VOCABULARY] === undefined) return undefined
  const parsed = vocabularySchema.safeParse(readJson(metadata[VOCABULARY]))
  if (!parsed.success)
    throw diagnosedError('weights.format', { detail: `its vocabulary is unsound (${z.prettifyError(parsed.error)})` }, { file: path })
  const { tokens, unit } = parsed.data
  return textFields(tokens, unit, 1)
}

/** Gives a document without statistics those that its weights were trained with. */
export async function withStatisticsOf(path: string, document: GraphDocument): Promise<GraphDocument> {
  const { metadata } = await readTensors(path)
  const inCheckpoint = statisticsIn(metadata.document)
  const read = (key: string, otherwise: unknown) => {
    const parsed = dataSchema.shape.statistics.safeParse(metadata[key] === undefined ? otherwise : readJson(metadata[key]))
    if (parsed.success) return parsed.data
    throw diagnosedError('weights.format', { detail: `its statistics are unsound (${z.prettifyError(parsed.error)})` }, { file: path })
  }
  const { data } = document
  const statistics = data.statistics ? undefined : read(STATISTICS, inCheckpoint?.statistics)
  const targetStatistics = data.targetStatistics ? undefined : read(TARGET_STATISTICS, inCheckpoint?.targetStatistics)
  return {
    ...document,
    data: {
      ...data,
      ...(statistics && { statistics, standardize: true }),
      ...(targetStatistics && { targetStatistics, scaleTarget: true }),
    },
  }
}

/** Those of the document that a checkpoint carries. */
function statisticsIn(document: string | undefined) {
  const statistics = z.object({ statistics: z.unknown().optional(), targetStatistics: z.unknown().optional() })
  const parsed = z.object({ data: statistics }).safeParse(readJson(document ?? ''))
  return parsed.success ? parsed.data.data : undefined
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
