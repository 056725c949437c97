/**
 * @file Everything between a document and its batches. In: a document and a way to reach the files it names.
 * Out: training and validation samples, standardised where asked, and the document as the data completed it (shapes, classes,
 * statistics). A `DiagnosedError` carries whatever is wrong with the files or does not fit the network.
 */
import { DiagnosedError, diagnosedError } from '../core/diagnostics'
import { keyOf } from '../core/random'
import { formatShape } from '../core/tensor'
import type { Augmentation } from '../document/augmentation-specs'
import type { ChoiceOf, DataSettings, GraphDocument } from '../document/schema'
import { checkSettings } from '../document/training-check'
import { inferShapes } from '../shapes/infer'
import { augment, augmentationFor } from './augment'
import { adaptDocument } from './bind'
import type { Dataset, Field, FileSource } from './dataset'
import { withLabelledShare } from './labelled'
import { openDataset } from './open'
import { splitIndices } from './split'
import { type Measuring, measure, type Statistics, standardize, statisticsLength } from './standardize'

/** Some samples of a data set. */
export interface Samples {
  readonly dataset: Dataset
  readonly indices: Uint32Array
}

/** The training samples in plain words: whoever opens them from these reads the same samples, bit for bit. */
export interface Recipe {
  readonly source: ChoiceOf
  readonly seed: number
  readonly imageSize?: number
  /** Standardised with these. */
  readonly statistics?: Statistics
  /** Numbers to predict are standardised with these. */
  readonly targetStatistics?: Statistics
  /** Only this share of the samples has a label. */
  readonly labelledShare?: number
  /** Images are changed at random before they are standardised. */
  readonly augmentation?: Augmentation
}

export interface PreparedData {
  readonly document: GraphDocument
  readonly fields: readonly Field[]
  /** As they are. */
  readonly training: Samples
  /** As training sees them, where it sees images changed at random. */
  readonly augmented?: Samples
  readonly recipe: Recipe
  readonly validation?: Samples
  dispose(): void
}

/** The files under the name that a data set's `path` setting holds. */
export type FindFiles = (path: string) => FileSource | undefined | Promise<FileSource | undefined>

/** The size to which images must be brought: that of the node which takes images. */
export function imageSizeOf(document: GraphDocument): number | undefined {
  for (const node of inferShapes(document).nodes) {
    if (node.layer.role?.type !== 'input') continue
    const shape = Object.values(node.outputs)[0]?.shape ?? []
    if (shape.length === 4 && shape[2] === shape[3]) return shape[2]
  }
  return undefined
}

export async function openSource(
  choice: ChoiceOf,
  findFiles: FindFiles,
  options: { readonly seed: number; readonly imageSize?: number; readonly like?: readonly Field[] },
): Promise<Dataset> {
  const { path } = choice.params
  const files = typeof path === 'string' && path !== '' ? await findFiles(path) : undefined
  return openDataset(choice, { ...options, files })
}

export async function openRecipe(recipe: Recipe, findFiles: FindFiles): Promise<Dataset> {
  const { source, seed, imageSize } = recipe
  return asTraining(await openSource(source, findFiles, { seed, imageSize }), recipe)
}

function asTraining(dataset: Dataset, recipe: Omit<Recipe, 'source'>): Dataset {
  const { seed, labelledShare, augmentation, statistics, targetStatistics } = recipe
  const seen = augmentation ? augment(dataset, augmentation, seed) : dataset
  const scaled = statistics ? standardize(seen, statistics) : seen
  const both = targetStatistics ? standardize(scaled, targetStatistics, 'target') : scaled
  return labelledShare === undefined ? both : withLabelledShare(both, labelledShare, seed)
}

/** `like`: fields of the data that the network was trained on, where this is other data. */
export async function prepareData(document: GraphDocument, findFiles: FindFiles, like?: readonly Field[]): Promise<PreparedData> {
  const { data, training } = document
  const wrong = checkSettings(training, ['batchSize', 'validationSplit', 'seed'])
  if (wrong.length > 0) throw new DiagnosedError(wrong)
  const { seed } = training
  const imageSize = imageSizeOf(document)
  const opened = await openSource(data.source, findFiles, { seed, imageSize, like })
  const split = splitIndices(opened.length, data.validation ? 0 : training.validationSplit, seed, opened.contiguous)
  // An endless set must not repeat its training samples for validation.
  const held: Dataset | undefined = data.validation
    ? await openSource(data.validation, findFiles, { seed: keyOf(seed, 'validation'), imageSize, like: opened.fields })
    : split.validation.length > 0
      ? opened
      : undefined
  if (held && held !== opened) expectAlike(opened.fields, held.fields)
  const heldIndices = data.validation ? Uint32Array.from({ length: held?.length ?? 0 }, (_, i) => i) : split.validation

  const augmentation = data.augmentation && augmentationFor(opened.fields, data.augmentation)
  const statistics = await inputStatistics(data, opened, split.training)
  const targetStatistics = data.scaleTarget
    ? await statisticsOf(data.targetStatistics, opened, split.training, { role: 'target' })
    : undefined
  const prepared = { seed, labelledShare: data.labelledShare, statistics, targetStatistics }
  const dataset = asTraining(opened, prepared)
  const { fields } = dataset
  const adapted = adaptDocument(document, fields)
  if (adapted.diagnostics.length > 0) throw new DiagnosedError(adapted.diagnostics)
  // Whoever measures knows all labels.
  const asHeld = { ...prepared, ...(data.labelledShare !== undefined && { labelledShare: 1 }) }
  return {
    document: { ...adapted.document, data: { ...data, statistics, targetStatistics } },
    fields,
    training: { dataset, indices: split.training },
    ...(augmentation && { augmented: { dataset: asTraining(opened, { ...prepared, augmentation }), indices: split.training } }),
    recipe: { source: data.source, imageSize, ...prepared, augmentation },
    validation: held && { dataset: asTraining(held, asHeld), indices: heldIndices },
    dispose() {
      opened.dispose?.()
      if (held !== opened) held?.dispose?.()
    },
  }
}

/** What validates must be read as what trains is: the same fields, of a table also the same columns. */
function expectAlike(training: readonly Field[], validation: readonly Field[]): void {
  const told = ({ name, shape, dtype, classes }: Field) => `${name} ${formatShape(shape)}${dtype === 'i32' ? ` (${classes})` : ''}`
  const list = (words: readonly string[]) => words.join(', ')
  const [expected, got] = [list(training.map(told)), list(validation.map(told))]
  if (expected !== got) throw diagnosedError('data.validation-fields', { expected, got })
  for (const [i, { columns = [] }] of training.entries()) {
    const others = validation[i]?.columns ?? []
    // Tables without a header, or with other words in it, are taken as they are; the same words in another order are not.
    if (list(columns) !== list(others) && list([...columns].sort()) === list([...others].sort()))
      throw diagnosedError('data.validation-fields', { expected: list(columns), got: list(others) })
  }
}

async function inputStatistics(data: DataSettings, opened: Dataset, indices: Uint32Array): Promise<Statistics | undefined> {
  const { standardize: isStandardised, minMax, statistics } = data
  if (!minMax) return isStandardised ? statisticsOf(statistics, opened, indices, {}) : undefined
  const { low, high } = minMax
  if (!(low < high)) throw diagnosedError('data.min-max', { got: `${low}, ${high}` })
  return statisticsOf(statistics, opened, indices, { range: minMax })
}

/** Those that are known, where they fit the data. */
const statisticsOf = (known: Statistics | undefined, opened: Dataset, indices: Uint32Array, how: Measuring) =>
  known?.mean.length === statisticsLength(opened.fields, how.role) ? known : measure(opened, indices, how)
