/**
 * @file Trains a network. In: a document whose data is prepared, a backend, and perhaps a checkpoint. Out: trained weights; on the way
 * frames of metrics (at most 30 a second), checkpoints, and diagnostics. It knows neither page nor process: a host calls it.
 *
 * The number of steps done decides everything: the epoch, the order of its samples, every random number. That is why a run that
 * goes on from a checkpoint gives the same bits as one that was never interrupted.
 */
import { shape } from '../compile'
import { DiagnosedError, diagnosedError } from '../core/diagnostics'
import { type Binding, bindFields } from '../datasets/bind'
import type { PreparedData } from '../datasets/prepare'
import type { GraphDocument } from '../document/schema'
import type { LowerOptions } from '../ir/lowering'
import { optimizers } from '../optimizers/registry'
import type { MetricsFrame, RunPhase, ValidationPoint } from '../protocol/messages'
import type { Backend } from '../runtime/backend'
import { BatchReader, effectiveBatchSize, epochOrder, type Inputs } from './batches'
import type { Best, Checkpoint } from './checkpoint'
import { locateDivergence } from './diverged'
import { evaluateModel } from './evaluate'
import { Curve, Mean, type Measured, measuredFrom, measuredNames } from './metrics'
import { Model, runtimeInputs, unwrap, updateOf } from './model'
import { Pace, Turns } from './pace'

const FRAME_MS = 1000 / 30
const SNAPSHOT_MS = 15_000
/** Steps whose loss may still be on its way from a device that works on its own. */
const IN_FLIGHT = 4

/** One finished step; the validation stands at the last step of an epoch. */
export interface StepReport extends Measured {
  readonly step: number
  /** From 1. */
  readonly epoch: number
  readonly samplesPerSecond: number
}

export interface TrainerOptions {
  readonly data: PreparedData
  readonly backend: Backend
  readonly weights?: Readonly<Record<string, Float32Array>>
  readonly checkpoint?: Checkpoint
  /** Ends after this many steps, however many epochs that is. */
  readonly maxSteps?: number
  readonly onFrame?: (frame: MetricsFrame) => void
  /** `validation` at the last step of an epoch. */
  readonly onStep?: (report: StepReport, validation?: ValidationPoint) => void
  /** Something worth keeping: every quarter of a minute, at the end and at a stop. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void | Promise<void>
}

interface Pending {
  readonly step: number
  readonly outputs: Promise<Readonly<Record<string, ArrayLike<number>>>>
}

export class Trainer {
  phase: RunPhase = 'preparing'
  private step = 0
  private framePoints = new Mean()
  private pending: Pending[] = []
  private order: { readonly epoch: number; readonly indices: Uint32Array } | undefined
  private best: Best | undefined
  private readonly training: Curve
  private readonly validation: ValidationPoint[]
  private freshValidation: ValidationPoint[] = []
  private freshTraining: MetricsFrame['training'][number][] = []
  private readonly pace = new Pace()
  private lastFrame = 0
  private lastSnapshot = 0
  private snapshot: Checkpoint | undefined
  private wanted: 'run' | 'pause' | 'step' | 'stop' = 'run'
  private wake: (() => void) | undefined
  private ended: Promise<RunPhase> | undefined
  private readonly reader: BatchReader
  readonly totalSteps: number
  readonly stepsPerEpoch: number

  private constructor(
    readonly model: Model,
    private readonly options: TrainerOptions,
    readonly bindings: readonly Binding[],
    readonly batchSize: number,
    private readonly update: LowerOptions,
  ) {
    const { data, maxSteps, checkpoint } = options
    this.reader = new BatchReader(data.training, bindings, batchSize)
    this.stepsPerEpoch = Math.floor(data.training.indices.length / batchSize)
    this.totalSteps = maxSteps ?? this.settings.epochs * this.stepsPerEpoch
    this.training = new Curve(undefined, [...(checkpoint?.training ?? [])])
    this.validation = [...(checkpoint?.validation ?? [])]
  }

  /** Compiles the training step. A `DiagnosedError` names what stands in the way. */
  static async create(options: TrainerOptions): Promise<Trainer> {
    const { data, backend, weights, checkpoint } = options
    const { document } = data
    const update = updateOf(document)
    const batchSize = effectiveBatchSize(document.training.batchSize, data.training.indices.length)
    const bound = bindFields(unwrap(shape(document, { batchSize })), data.fields)
    if (bound.diagnostics.length > 0) throw new DiagnosedError(bound.diagnostics)
    const model = await Model.forPass(document, backend, update, batchSize)
    try {
      const trainer = new Trainer(model, options, bound.bindings, batchSize, update)
      if (weights) await model.load(weights)
      if (checkpoint) await trainer.restore(checkpoint)
      await model.pass(batchSize, update)
      return trainer
    } catch (error) {
      await model.dispose()
      throw error
    }
  }

  get document(): GraphDocument {
    return this.model.document
  }

  private get settings() {
    return this.document.training
  }

  get stepsDone(): number {
    return this.step
  }

  get bestWeights(): Readonly<Record<string, Float32Array>> | undefined {
    return this.best?.weights
  }

  /** Runs until the last step, a stop or a failure, which is thrown. */
  run({ paused = false }: { readonly paused?: boolean } = {}): Promise<RunPhase> {
    if (paused) this.wanted = 'pause'
    this.ended ??= this.loop()
    return this.ended
  }

  pause(): void {
    if (this.wanted === 'run' || this.wanted === 'step') this.command('pause')
  }

  /** One step while paused. */
  stepOnce(): void {
    if (this.wanted === 'pause') this.command('step')
  }

  resume(): void {
    if (this.wanted !== 'stop') this.command('run')
  }

  /** Resolves when the run has ended; weights stay, and a checkpoint has been handed out. */
  async stop(): Promise<void> {
    this.command('stop')
    await this.ended?.catch(() => undefined)
  }

  private command(wanted: typeof this.wanted): void {
    this.wanted = wanted
    this.wake?.()
  }

  private async loop(): Promise<RunPhase> {
    const turns = new Turns()
    try {
      this.snapshot = await this.checkpoint()
      this.lastSnapshot = performance.now()
      this.enter('running')
      while (this.step < this.totalSteps) {
        if (this.wanted === 'stop') return await this.finish('stopped')
        if (this.wanted === 'pause') {
          await this.waitPaused()
          continue
        }
        const single = this.wanted === 'step'
        await this.trainStep(turns)
        if (single && this.wanted === 'step') this.wanted = 'pause'
        if (single) await this.drain()
        if (single) this.sendFrame()
        await turns.due()
      }
      return await this.finish('finished')
    } catch (error) {
      this.enter('failed')
      throw error
    }
  }

  private async waitPaused(): Promise<void> {
    await this.drain()
    this.enter('paused')
    await new Promise<void>((resolve) => {
      this.wake = resolve
    })
    this.wake = undefined
    if (this.wanted === 'run') this.enter('running')
  }

  private async finish(phase: 'finished' | 'stopped'): Promise<RunPhase> {
    await this.drain()
    await this.keep()
    this.enter(phase)
    return phase
  }

  private async trainStep(turns: Turns): Promise<void> {
    const started = performance.now()
    const step = this.step + 1
    const inputs = await this.inputsOf(step)
    const { program, executable } = await this.model.pass(this.batchSize, this.update)
    executable.run({ ...inputs, ...runtimeInputs(program, this.settings.seed, step, this.learningRate) })
    this.step = step
    this.pending.push({ step, outputs: executable.read(measuredNames(program.outputs)) })
    while (this.pending.length > (this.model.backend.info.id === 'webgpu' ? IN_FLIGHT : 0)) await this.record()
    this.pace.add(this.batchSize, (performance.now() - started) / 1000)
    if (step % this.stepsPerEpoch === 0) await this.endEpoch(turns)
    const now = performance.now()
    if (now - this.lastFrame >= FRAME_MS) this.sendFrame()
    if (now - this.lastSnapshot >= SNAPSHOT_MS) await this.keep()
  }

  private get learningRate(): number {
    const { optimizer } = this.settings
    const fallback = optimizers.get(optimizer.kind)?.params.lr?.default
    return Number(optimizer.params.lr ?? fallback)
  }

  /** Inputs of a step (from 1): which samples those are follows from its number alone. */
  private inputsOf(step: number): Inputs | Promise<Inputs> {
    const epoch = Math.floor((step - 1) / this.stepsPerEpoch)
    const { indices } = this.options.data.training
    if (this.order?.epoch !== epoch) this.order = { epoch, indices: epochOrder(indices, this.settings.seed, epoch, this.settings.shuffle) }
    const start = ((step - 1) % this.stepsPerEpoch) * this.batchSize
    return this.reader.read(this.order.indices.subarray(start, start + this.batchSize), epoch)
  }

  private async drain(): Promise<void> {
    while (this.pending.length > 0) await this.record()
  }

  /** Takes in the loss of the oldest step that is still out. */
  private async record(): Promise<void> {
    const pending = this.pending.shift()
    if (!pending) return
    const measured = measuredFrom(await pending.outputs)
    if (!Number.isFinite(measured.loss)) throw new DiagnosedError([await this.diagnose(pending.step, measured.loss)])
    this.framePoints.add(measured, 1)
    // The last step of an epoch is reported together with its validation.
    if (pending.step % this.stepsPerEpoch !== 0) this.options.onStep?.(this.report(pending.step, measured))
    else this.lastMeasured = measured
  }

  private lastMeasured: Measured = { loss: 0, metrics: {} }

  private report(step: number, measured: Measured): StepReport {
    return { ...measured, step, epoch: Math.ceil(step / this.stepsPerEpoch), samplesPerSecond: this.pace.samplesPerSecond }
  }

  private async endEpoch(turns: Turns): Promise<void> {
    await this.drain()
    const report = this.report(this.step, this.lastMeasured)
    const point = await this.validate(turns)
    this.options.onStep?.(report, point)
    if (point) this.sendFrame()
  }

  /** Undefined where nothing is held out, or a stop came in between. */
  private async validate(turns: Turns): Promise<ValidationPoint | undefined> {
    const { validation } = this.options.data
    if (!validation) return undefined
    const cancelled = () => this.wanted === 'stop'
    const measured = await evaluateModel(this.model, validation, this.bindings, { batchSize: this.batchSize, turns, cancelled })
    if (!measured) return undefined
    const isBest = this.isBetter(measured)
    const point: ValidationPoint = { step: this.step, epoch: this.step / this.stepsPerEpoch, ...measured, isBest }
    if (isBest) this.best = { point, weights: await this.model.read() }
    this.validation.push(point)
    this.freshValidation.push(point)
    return point
  }

  /** By accuracy where there is one, else by loss. */
  private isBetter({ loss, metrics }: Measured): boolean {
    const old = this.best?.point
    if (!old) return true
    const [now, then] = [metrics.accuracy, old.metrics.accuracy]
    if (now === undefined || then === undefined || now === then) return loss < old.loss
    return now > then
  }

  private enter(phase: RunPhase): void {
    this.phase = phase
    this.sendFrame()
  }

  private sendFrame(): void {
    const now = performance.now()
    this.lastFrame = now
    if (!this.framePoints.isEmpty) {
      const point = { step: this.step, epoch: this.step / this.stepsPerEpoch, ...this.framePoints.take() }
      this.training.add(point)
      this.freshTraining.push(point)
    }
    this.options.onFrame?.({
      phase: this.phase,
      step: this.step,
      totalSteps: this.totalSteps,
      epoch: this.step / this.stepsPerEpoch,
      epochs: Math.ceil(this.totalSteps / this.stepsPerEpoch),
      samplesPerSecond: this.pace.samplesPerSecond,
      secondsLeft: this.pace.secondsLeft((this.totalSteps - this.step) * this.batchSize),
      training: this.freshTraining,
      validation: this.freshValidation,
    })
    this.freshTraining = []
    this.freshValidation = []
  }

  /** Everything as it is after the latest step. */
  async checkpoint(): Promise<Checkpoint> {
    const { specs } = this.model.state
    const state = await this.model.state.read(specs.map(({ name }) => name))
    return {
      document: this.document,
      backend: this.model.backend.info.id,
      step: this.step,
      epoch: this.step / this.stepsPerEpoch,
      savedAt: Date.now(),
      state: specs.map(({ name, shape: extents }) => ({ name, shape: extents, data: state[name] as Float32Array })),
      best: this.best,
      training: [...this.training.points],
      validation: [...this.validation],
    }
  }

  private async keep(): Promise<void> {
    await this.drain()
    this.snapshot = await this.checkpoint()
    await this.options.onCheckpoint?.(this.snapshot)
    this.lastSnapshot = performance.now()
  }

  private async restore(checkpoint: Checkpoint): Promise<void> {
    const held = new Map(checkpoint.state.map((tensor) => [tensor.name, tensor]))
    for (const { name, shape: extents } of this.model.state.specs) {
      const tensor = held.get(name)
      if (!tensor || tensor.shape.join() !== extents.join())
        throw diagnosedError('checkpoint.other-graph', { detail: `${name} ${extents.join('×')}` })
      await this.model.state.write(name, tensor.data)
    }
    this.step = checkpoint.step
    this.best = checkpoint.best
  }

  /** Goes back to the last sound state, repeats the steps up to the one that failed, and looks at every node. */
  private async diagnose(step: number, loss: number): Promise<ReturnType<typeof locateDivergence>> {
    const from = this.snapshot
    if (from) await this.restore(from)
    const { program, executable } = await this.model.pass(this.batchSize, this.update)
    for (let replayed = this.step + 1; replayed < step; replayed++) {
      const inputs = await this.inputsOf(replayed)
      executable.run({ ...inputs, ...runtimeInputs(program, this.settings.seed, replayed, this.learningRate) })
    }
    const found = await locateDivergence(this.model, this.batchSize, await this.inputsOf(step), step, loss)
    // The weights that remain are those of the last sound state.
    if (from) await this.restore(from)
    return found
  }

  dispose(): Promise<void> {
    return this.model.dispose()
  }
}
