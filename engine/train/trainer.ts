/**
 * @file Trains a network. In: a document whose data is prepared, a backend, and perhaps a checkpoint. Out: trained weights; on the way
 * frames of metrics (at most 30 a second), checkpoints, and diagnostics. It knows neither page nor process: a host calls it.
 *
 * The number of steps done decides everything: the epoch, the order of its samples, every random number. That is why a run that
 * goes on from a checkpoint gives the same bits as one that was never interrupted.
 */
import { lower } from '../compile'
import { DiagnosedError, type Diagnostic, diagnosedError } from '../core/diagnostics'
import { sizeOf } from '../core/tensor'
import type { Binding } from '../datasets/bind'
import type { PreparedData } from '../datasets/prepare'
import type { GraphDocument } from '../document/schema'
import { outputNames } from '../ir/names'
import type { EarlyStop, LossScaling, MetricsFrame, RunPhase, ValidationPoint } from '../protocol/messages'
import type { Backend } from '../runtime/backend'
import { effectiveBatchSize } from './batches'
import type { Best, Checkpoint } from './checkpoint'
import { CurvatureWatch } from './curvature'
import { locateBadGradient, locateDivergence, type Spoilt, spoiltWeight, tellSpoilt } from './diverged'
import { EarlyStopping } from './early-stopping'
import { evaluateModel, evaluationOf } from './evaluate'
import type { FeedHost } from './feed-messages'
import { GradientLog, GradientWatch, type Norms } from './gradient-norms'
import type { LossScaleRule } from './loss-scale'
import { type Measured, measuredFrom, measuredNames, metricNames } from './metrics'
import { type Model, unwrap } from './model'
import { Turns } from './pace'
import { Recorder, type StepFacts } from './recorder'
import { TrainingStep } from './training-step'

const SNAPSHOT_MS = 15_000
/** Half of what an executor may at most have. */
const LARGE_BYTES = 2 ** 31
/** Weights up to which second derivatives cost nothing to speak of. */
const SMALL = 1000

/** One finished step; the validation stands at the last step of an epoch. */
export interface StepReport extends Measured {
  readonly step: number
  /** From 1. */
  readonly epoch: number
  readonly samplesPerSecond: number
  readonly scaling?: LossScaling
  /** Learning rate. */
  readonly rate: number
  /** Where gradients are clipped: how long they were before. */
  readonly gradientNorm?: number
  /** Every so many steps, where asked for: how long the gradient of each layer is. */
  readonly gradientNorms?: Norms
}

export interface TrainerOptions {
  readonly data: PreparedData
  readonly backend: Backend
  /** Lets batches be prepared on another thread while the step runs. */
  readonly feedHost?: FeedHost
  readonly weights?: Readonly<Record<string, Float32Array>>
  readonly checkpoint?: Checkpoint
  /** How the loss is scaled where gradients are stored as halves. */
  readonly scaleRule?: Partial<LossScaleRule>
  /** Ends after this many steps, however many epochs that is. */
  readonly maxSteps?: number
  /** Something the person should know, though training goes on. */
  readonly onWarning?: (diagnostic: Diagnostic) => void
  /** Somebody looks on: lengths of gradients by layer, and of small models the curvature, join the frames now and then. */
  readonly watchGradients?: boolean
  /** The lengths of gradients by layer join the report of every so manyth step. */
  readonly gradientNormsEvery?: number | undefined
  readonly onFrame?: (frame: MetricsFrame) => void
  /** `validation` at the last step of an epoch. */
  readonly onStep?: (report: StepReport, validation?: ValidationPoint) => void
  /** Asked after every step: whether to keep one before its time. */
  readonly isCheckpointDue?: () => boolean
  /** Something worth keeping: every quarter of a minute, at the end and at a stop. Every step up to there has been found sound. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void | Promise<void>
}

interface Pending {
  readonly step: number
  readonly rate: number
  readonly gradientNorms?: Norms
  readonly outputs: Promise<Readonly<Record<string, ArrayLike<number>>>>
}

export class Trainer {
  phase: RunPhase = 'preparing'
  readonly totalSteps: number
  readonly stepsPerEpoch: number
  private step = 0
  private pending: Pending[] = []
  private latest: Measured & StepFacts & Pick<StepReport, 'gradientNorms'> = { loss: 0, metrics: {} }
  private facts: StepFacts = {}
  private readonly curvature: CurvatureWatch | undefined
  private readonly gradients: GradientWatch | undefined
  private readonly log: GradientLog | undefined
  private best: Best | undefined
  private earlyStop: EarlyStop | undefined
  /** The last state known to be sound. */
  private snapshot: Checkpoint | undefined
  private lastSnapshot = 0
  private wanted: 'run' | 'pause' | 'step' | 'stop' = 'run'
  private wake: (() => void) | undefined
  private ended: Promise<RunPhase> | undefined
  private readonly recorder: Recorder
  private readonly turns = new Turns()

  private constructor(
    private readonly training: TrainingStep,
    private readonly options: TrainerOptions,
    private readonly stopping: EarlyStopping | undefined,
  ) {
    const { maxSteps, checkpoint } = options
    this.stepsPerEpoch = training.stepsPerEpoch
    this.totalSteps = training.stepsFor(maxSteps)
    const warn = options.onWarning ?? (() => {})
    const { model, batchSize, followsGradient } = training
    const isSmall = model.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0) <= SMALL
    if (followsGradient && (this.settings.watchCurvature || (options.watchGradients && isSmall)))
      this.curvature = new CurvatureWatch(model, batchSize, warn)
    // A small model may be trained before the first look of a large one would come.
    if (followsGradient && options.watchGradients) this.gradients = new GradientWatch(model, batchSize, warn, isSmall ? 0 : undefined)
    if (options.gradientNormsEvery) this.log = new GradientLog(model, batchSize, options.gradientNormsEvery, warn)
    this.recorder = new Recorder(this, options.onFrame, checkpoint)
  }

  /** Compiles the training step. A `DiagnosedError` names what stands in the way. */
  static async create(options: TrainerOptions): Promise<Trainer> {
    const { data, backend, feedHost: host, scaleRule, maxSteps, onWarning, weights, checkpoint } = options
    const training = await TrainingStep.prepare(data, backend, { host, scaleRule, maxSteps, onWarning })
    try {
      const stopping = EarlyStopping.of(data.document.training, data.validation !== undefined, () =>
        metricNames(unwrap(lower(data.document, evaluationOf(data.validation ?? data.training))).program.outputs),
      )
      const trainer = new Trainer(training, options, stopping)
      if (weights) await training.model.load(weights)
      if (checkpoint) await trainer.restore(checkpoint)
      const { memory } = (await training.compiled()).executable
      // Where memory may run short, what validates is compiled before training begins, not after its first epoch.
      if (data.validation && memory.scratchBytes + memory.stateBytes > LARGE_BYTES)
        await training.model.pass(effectiveBatchSize(training.batchSize, data.validation.indices.length), evaluationOf(data.validation))
      return trainer
    } catch (error) {
      await training.dispose()
      throw error
    }
  }

  get model(): Model {
    return this.training.model
  }

  get bindings(): readonly Binding[] {
    return this.training.bindings
  }

  get batchSize(): number {
    return this.training.batchSize
  }

  get document(): GraphDocument {
    return this.model.document
  }

  private get settings() {
    return this.document.training
  }

  /** Where gradients are stored as halves. */
  get scaling(): LossScaling | undefined {
    return this.training.lossScale?.told
  }

  /** What the latest step was like. */
  get told(): StepFacts {
    const { curvature, gradients, earlyStop } = this
    return {
      ...this.facts,
      ...(curvature?.latest && { curvature: curvature.latest }),
      ...(gradients?.latest && { gradients: gradients.latest }),
      ...(earlyStop && { earlyStop }),
    }
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
    try {
      this.snapshot = await this.checkpoint()
      this.lastSnapshot = performance.now()
      this.enter('running')
      while (this.step < this.totalSteps && !this.earlyStop) {
        if (this.wanted === 'stop') return await this.finish('stopped')
        if (this.wanted === 'pause') {
          await this.waitPaused()
          continue
        }
        const single = this.wanted === 'step'
        await this.trainStep()
        if (single && this.wanted === 'step') this.wanted = 'pause'
        if (single) await this.drain()
        if (single) this.recorder.frame(this.phase, this.step, true)
        await this.turns.due()
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
    if (phase === 'finished' && this.stopping?.restoresBest && this.best) {
      await this.expectSound(await this.checkpoint())
      await this.model.load(this.best.weights)
    }
    await this.keep()
    this.enter(phase)
    return phase
  }

  private async trainStep(): Promise<void> {
    const started = performance.now()
    const step = this.step + 1
    const { program, executable } = await this.training.compiled()
    const rate = this.rateOf(step)
    const inputs = await this.training.inputsOf(step, rate)
    await this.curvature?.look(inputs, step, rate)
    await this.gradients?.look(inputs, step, rate)
    const gradientNorms = await this.log?.look(inputs, step, rate)
    executable.run(inputs)
    this.step = step
    const told = program.outputs.map(({ name }) => name).filter((name) => name === outputNames.finite || name === outputNames.gradientNorm)
    const outputs = executable.read([...measuredNames(program.outputs), ...told])
    // A failure is told by the first reading that is awaited; those behind it have nothing to add.
    outputs.catch(() => undefined)
    this.pending.push({ step, rate, outputs, ...(gradientNorms && { gradientNorms }) })
    while (this.pending.length > this.training.inFlight) await this.record()
    this.recorder.pace.add(this.batchSize, (performance.now() - started) / 1000)
    if (step % this.stepsPerEpoch === 0) await this.endEpoch()
    this.recorder.frame(this.phase, this.step, false)
    if (performance.now() - this.lastSnapshot >= SNAPSHOT_MS || this.options.isCheckpointDue?.()) await this.keep()
  }

  /** From the step and the validations before it alone, so that a step repeated or resumed has the rate it had. */
  private rateOf(step: number): number {
    const before = this.training.needsValidation ? this.recorder.validation.filter((point) => point.step < step) : []
    return this.training.rateOf(
      step,
      before.map(({ loss }) => loss),
    )
  }

  private async drain(): Promise<void> {
    while (this.pending.length > 0) await this.record()
  }

  /** Takes in the loss of the oldest step that is still out. */
  private async record(): Promise<void> {
    const pending = this.pending.shift()
    if (!pending) return
    const outputs = await pending.outputs
    const measured = measuredFrom(outputs)
    if (!Number.isFinite(measured.loss)) throw new DiagnosedError([await this.diagnose(pending.step, measured.loss)])
    this.rescale(pending.step, outputs)
    const gradientNorm = outputs[outputNames.gradientNorm]?.[0]
    this.facts = { rate: pending.rate, ...(gradientNorm !== undefined && { gradientNorm }) }
    this.recorder.trained(measured)
    // The last step of an epoch is reported together with its validation.
    const { gradientNorms } = pending
    const told = { ...measured, ...this.facts, ...(gradientNorms && { gradientNorms }) }
    if (pending.step % this.stepsPerEpoch !== 0) this.options.onStep?.(this.report(pending.step, told))
    else this.latest = told
  }

  /** The scale of the loss follows what the step told; where even the plain loss has gradients too large for a half, halves will not do. */
  private rescale(step: number, outputs: Readonly<Record<string, ArrayLike<number>>>): void {
    if (this.training.lossScale?.took(step, outputs[outputNames.finite]?.[0] === 1) === false)
      throw diagnosedError('train.half-range', { step })
  }

  private report(step: number, measured: typeof this.latest): StepReport {
    const { scaling } = this
    const epoch = Math.ceil(step / this.stepsPerEpoch)
    return {
      rate: this.rateOf(step),
      ...measured,
      step,
      epoch,
      samplesPerSecond: this.recorder.pace.samplesPerSecond,
      ...(scaling && { scaling }),
    }
  }

  private async endEpoch(): Promise<void> {
    await this.drain()
    const report = this.report(this.step, this.latest)
    const point = await this.validate()
    this.options.onStep?.(report, point)
    if (point) this.recorder.frame(this.phase, this.step, true)
  }

  /** Undefined where nothing is held out, or a stop came in between. */
  private async validate(): Promise<ValidationPoint | undefined> {
    const { validation } = this.options.data
    if (!validation) return undefined
    const cancelled = () => this.wanted === 'stop'
    const measured = await evaluateModel(this.model, validation, this.bindings, { batchSize: this.batchSize, turns: this.turns, cancelled })
    if (!measured) return undefined
    const isBest = this.isBetter(measured)
    const point: ValidationPoint = { step: this.step, epoch: this.step / this.stepsPerEpoch, ...measured, isBest }
    if (isBest) this.best = { point, weights: await this.model.read() }
    this.recorder.validated(point)
    const { stopping, best } = this
    if (stopping?.isDue(this.recorder.validation))
      this.earlyStop = { metric: stopping.metric, bestEpoch: best?.point.epoch ?? point.epoch, restored: stopping.restoresBest }
    return point
  }

  /** By what early stopping watches; else by accuracy where there is one, else by loss. */
  private isBetter(measured: Measured): boolean {
    const { loss, metrics } = measured
    const old = this.best?.point
    if (!old) return !Number.isNaN(loss)
    if (this.stopping) return this.stopping.gain(measured, old) > 0
    const [now, then] = [metrics.accuracy, old.metrics.accuracy]
    if (now === undefined || then === undefined || now === then) return loss < old.loss || Number.isNaN(old.loss)
    return now > then
  }

  private enter(phase: RunPhase): void {
    this.phase = phase
    this.recorder.frame(this.phase, this.step, true)
  }

  /** Everything as it is after the latest step. */
  async checkpoint(): Promise<Checkpoint> {
    const { specs } = this.model.state
    // What is read is the state of this moment, though it may arrive after further steps.
    const { step } = this
    const lossScale = this.training.lossScale?.save()
    const state = await this.model.state.read(specs.map(({ name }) => name))
    return {
      document: this.document,
      backend: this.model.backend.info.id,
      step,
      epoch: step / this.stepsPerEpoch,
      savedAt: Date.now(),
      state: specs.map(({ name, shape: extents }) => ({ name, shape: extents, data: state[name] as Float32Array })),
      best: this.best,
      ...(lossScale && { lossScale }),
      training: [...this.recorder.training.points],
      validation: [...this.recorder.validation],
    }
  }

  private async keep(): Promise<void> {
    await this.drain()
    const latest = await this.checkpoint()
    await this.expectSound(latest)
    this.snapshot = latest
    await this.options.onCheckpoint?.(this.snapshot)
    this.lastSnapshot = performance.now()
  }

  private async restore(checkpoint: Checkpoint): Promise<void> {
    const held = new Map(checkpoint.state.map((tensor) => [tensor.name, tensor]))
    for (const { name, shape: extents } of this.model.state.specs) {
      const tensor = held.get(name)
      // What recurrent layers carry is of the batch size that it was kept with; with another they begin anew.
      if (this.model.kept.has(name) && tensor?.shape.join() !== extents.join()) continue
      if (!tensor || tensor.shape.join() !== extents.join())
        throw diagnosedError('checkpoint.other-graph', { detail: `${name} ${extents.join('×')}` })
      await this.model.state.write(name, tensor.data)
    }
    this.step = checkpoint.step
    this.training.lossScale?.restore(checkpoint.lossScale)
    this.best = checkpoint.best
  }

  /** The loss of the latest step was a number, but what the step made of the weights may be none. */
  private async expectSound({ state }: Checkpoint): Promise<void> {
    const held = Object.fromEntries(state.map(({ name, data }) => [name, data]))
    if (!spoiltWeight(this.model.weights.map(({ name }) => [name, held[name]]))) return
    throw new DiagnosedError([await this.diagnose(this.step + 1, Number.NaN)])
  }

  /** Goes back to the last sound state, repeats the steps up to the one that failed, and looks at every node. */
  private async diagnose(step: number, loss: number): Promise<Diagnostic> {
    const from = this.snapshot
    const spoilt = await this.replay(from, step)
    const found = spoilt
      ? await this.diagnoseUpdate(from, spoilt)
      : await locateDivergence(this.model, this.batchSize, await this.inputsAt(step), step, loss)
    // The weights that remain are those of the last sound state.
    if (from) await this.restore(from)
    return found
  }

  /** A gradient that is no number, or a step too long for numbers. */
  private async diagnoseUpdate(from: Checkpoint | undefined, spoilt: Spoilt): Promise<Diagnostic> {
    const { step } = spoilt
    await this.replay(from, step)
    return (await locateBadGradient(this.model, this.batchSize, await this.inputsAt(step), step)) ?? tellSpoilt(spoilt)
  }

  private inputsAt(step: number) {
    return this.training.inputsOf(step, this.rateOf(step))
  }

  /** Everything as it was before a step; or after the first of the steps before it that spoils the weights, which is told. */
  private async replay(from: Checkpoint | undefined, step: number): Promise<Spoilt | undefined> {
    if (from) await this.restore(from)
    const { executable } = await this.training.compiled()
    const names = this.model.weights.map(({ name }) => name)
    for (let replayed = this.step + 1; replayed < step; replayed++) {
      executable.run(await this.inputsAt(replayed))
      this.step = replayed
      if (this.training.lossScale) this.rescale(replayed, await executable.read([outputNames.finite]))
      const weight = spoiltWeight(Object.entries(await this.model.state.read(names)))
      if (weight) return { ...weight, step: replayed }
    }
    return undefined
  }

  dispose(): Promise<void> {
    return this.training.dispose()
  }
}
