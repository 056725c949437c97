/**
 * @file Training in one call, for networks written as code: `await train(g.document())`. In: a document and, if wanted, a backend, files and
 * a listener. Out: the trained weights. Pausing, checkpoints and frames are trainer.ts's, which hosts call themselves.
 */
import { InternalError } from '../core/diagnostics'
import type { FileSource } from '../datasets/dataset'
import { prepareData } from '../datasets/prepare'
import type { GraphDocument } from '../document/schema'
import type { ValidationPoint } from '../protocol/messages'
import type { Backend } from '../runtime/backend'
import { createWasmBackend } from '../runtime/wasm/backend'
import { type StepReport, Trainer, type TrainerOptions } from './trainer'

export interface TrainOptions extends Pick<TrainerOptions, 'weights' | 'maxSteps' | 'onStep' | 'onWarning'> {
  /** Default: one thread of the CPU. */
  readonly backend?: Backend
  /** Files that the document's data names. */
  readonly findFiles?: (path: string) => FileSource | undefined | Promise<FileSource | undefined>
}

export interface Trained {
  /** As it was trained: inputs and label have the data's shapes. */
  readonly document: GraphDocument
  readonly weights: Readonly<Record<string, Float32Array>>
  readonly steps: number
  readonly last?: StepReport
  readonly validation?: ValidationPoint
}

/** Rejects with a `DiagnosedError` that names the node, the parameter or the file in the way. */
export async function train(document: GraphDocument, options: TrainOptions = {}): Promise<Trained> {
  const { backend: given, findFiles = () => undefined, onStep, ...rest } = options
  const backend = given ?? (await oneThread())
  const data = await prepareData(document, findFiles)
  let last: StepReport | undefined
  let validation: ValidationPoint | undefined
  const trainer = await Trainer.create({
    ...rest,
    data,
    backend,
    onStep(report, validated) {
      last = report
      validation = validated ?? validation
      onStep?.(report, validated)
    },
  })
  try {
    await trainer.run()
    return { document: trainer.document, weights: await trainer.model.read(), steps: trainer.stepsDone, last, validation }
  } finally {
    await trainer.dispose()
    if (!given) await backend.dispose()
  }
}

const oneThread = (): Promise<Backend> =>
  createWasmBackend({
    threads: 1,
    spawn: () => {
      throw new InternalError('train', 'one thread needs no other')
    },
  })
