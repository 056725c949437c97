/**
 * @file The training step of a document. In: a document whose data is prepared, and a backend. Out: a compiled program and, for each step by
 * its number, everything that it is fed.
 */
import { type Compiled, shape } from '../compile'
import { DiagnosedError } from '../core/diagnostics'
import { type Binding, bindFields } from '../datasets/bind'
import type { PreparedData } from '../datasets/prepare'
import type { GraphDocument } from '../document/schema'
import type { LowerOptions } from '../ir/lowering'
import { optimizers } from '../optimizers/registry'
import type { Backend } from '../runtime/backend'
import { effectiveBatchSize, type Inputs } from './batches'
import type { FeedHost } from './feed-messages'
import { Feeder } from './feeder'
import { refusal } from './memory'
import { Model, runtimeInputs, unwrap, updateOf } from './model'

export class TrainingStep {
  private constructor(
    readonly model: Model,
    readonly bindings: readonly Binding[],
    readonly feeder: Feeder,
    readonly batchSize: number,
    private readonly update: LowerOptions,
  ) {}

  /** A `DiagnosedError` names what stands in the way. With a `host`, batches may be prepared on another thread. */
  static async prepare({ document, fields, training, recipe }: PreparedData, backend: Backend, host?: FeedHost): Promise<TrainingStep> {
    const update = updateOf(document)
    const { seed, shuffle } = document.training
    const batchSize = effectiveBatchSize(document.training.batchSize, training.indices.length)
    const { diagnostics, bindings } = bindFields(unwrap(shape(document, { batchSize })), fields)
    if (diagnostics.length > 0) throw new DiagnosedError(diagnostics)
    const model = await Model.forPass(document, backend, update, batchSize).catch((reason: unknown) => {
      const memory = reason instanceof DiagnosedError && reason.diagnostics.some(({ code }) => code === 'backend.memory')
      throw (memory && refusal(document, update, backend, batchSize)) || reason
    })
    const feeder = new Feeder(training, bindings, { batchSize, seed, shuffle }, host && { host, recipe })
    return new TrainingStep(model, bindings, feeder, batchSize, update)
  }

  get document(): GraphDocument {
    return this.model.document
  }

  /** Compiled when first asked for. */
  compiled(): Promise<Compiled> {
    return this.model.pass(this.batchSize, this.update)
  }

  /** Batch, seed, rate and number of a step, from 1. */
  async inputsOf(step: number): Promise<Inputs> {
    const { program } = await this.compiled()
    const { optimizer, seed } = this.document.training
    const lr = Number(optimizer.params.lr ?? optimizers.get(optimizer.kind)?.params.lr?.default)
    return { ...(await this.feeder.inputsOf(step)), ...runtimeInputs(program, seed, step, lr) }
  }

  dispose(): Promise<void> {
    this.feeder.dispose()
    return this.model.dispose()
  }
}
