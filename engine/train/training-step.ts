/**
 * @file The training step of a document. In: a document whose data is prepared, and a backend. Out: a compiled program and, for each step by
 * its number, everything that it is fed.
 */
import { type Compiled, shape } from '../compile'
import { DiagnosedError, type Diagnostic, diagnosedError } from '../core/diagnostics'
import { type Binding, bindFields } from '../datasets/bind'
import type { PreparedData } from '../datasets/prepare'
import type { GraphDocument } from '../document/schema'
import { groupOf } from '../document/training-groups'
import { inputNames } from '../ir/names'
import type { ParamSpecs, ParamValues } from '../layers/kit/params'
import { methods } from '../optimizers/registry'
import type { Solver } from '../optimizers/solver'
import type { Backend } from '../runtime/backend'
import { rateAt } from '../schedules/rate'
import { carry } from '../shapes/infer'
import type { ShapedGraph, ShapedNode } from '../shapes/shaped-graph'
import { unreachedIn } from '../shapes/unreached'
import { adviceOn } from './advice'
import { effectiveBatchSize, type Inputs } from './batches'
import { bootstrap, EnsembleFeeder, seedOf } from './bootstrap'
import type { FeedHost } from './feed-messages'
import { Feeder } from './feeder'
import { LossScale, type LossScaleRule } from './loss-scale'
import { refusal } from './memory'
import { Model, runtimeInputs, unwrap } from './model'
import { planOf, type TrainingPlan } from './plan'
import { solverModel } from './solving'

/** Steps whose loss may still be on its way from a device that works on its own. */
const IN_FLIGHT = 4

export interface StepOptions {
  /** Batches may be prepared on another thread. */
  readonly host?: FeedHost
  /** How the loss is scaled where gradients are stored as halves. */
  readonly scaleRule?: Partial<LossScaleRule>
  /** So many are asked for, though the epochs may hold fewer. */
  readonly maxSteps?: number | undefined
  /** Something the person should know, though training goes on. */
  readonly onWarning?: (diagnostic: Diagnostic) => void
}

export class TrainingStep {
  /** Where gradients are stored as halves. */
  readonly lossScale: LossScale | undefined
  /** How many steps may begin before what one tells is known. */
  readonly inFlight: number
  private solver: Solver | undefined
  private step = 0

  private constructor(
    readonly model: Model,
    readonly bindings: readonly Binding[],
    readonly batchSize: number,
    private readonly feeder: Feeder | EnsembleFeeder,
    private readonly plan: TrainingPlan,
    scaleRule: Partial<LossScaleRule> | undefined,
  ) {
    this.inFlight = model.backend.info.asynchronous ? IN_FLIGHT : 0
    this.lossScale = plan.update.optimizer?.lossScaling ? new LossScale(this.inFlight, scaleRule) : undefined
  }

  /** A `DiagnosedError` names what stands in the way. */
  static async prepare(
    data: PreparedData,
    backend: Backend,
    { host, scaleRule, onWarning, maxSteps = 0 }: StepOptions = {},
  ): Promise<TrainingStep> {
    const { document, fields, training, recipe } = data
    const { sequential = false } = training.dataset
    const plan = keepingState(planOf(document.training), sequential)
    const { update, solver } = plan
    const { seed, shuffle, replacement = false } = document.training
    const batchSize = effectiveBatchSize(document.training.batchSize, training.indices.length)
    const shaped = unwrap(shape(document, { batchSize }))
    const steps = Math.max(maxSteps, document.training.epochs * Math.floor(training.indices.length / batchSize))
    expectTrainable(data, plan, shaped, steps)
    const { diagnostics, bindings } = bindFields(shaped, fields)
    if (diagnostics.length > 0) throw new DiagnosedError(diagnostics)
    for (const advice of adviceOn(data, plan, bindings, steps)) onWarning?.(advice)
    for (const warning of unreachedIn(document, shaped)) onWarning?.(warning)
    const model = await Model.forPass(document, backend, update, batchSize).catch((reason: unknown) => {
      const memory = reason instanceof DiagnosedError && reason.diagnostics.some(({ code }) => code === 'backend.memory')
      throw (memory && refusal(document, update, backend, batchSize)) || reason
    })
    const sampling = sequential ? { shuffle, rows: batchSize } : { shuffle, replacement }
    const { dataset, indices } = data.augmented ?? training
    const { replicas = 1, bootstrap: draws = false } = groupOf(document.training, 'ensemble') ?? {}
    const feeders = Array.from({ length: replicas }, (_, i) => {
      const samples = { dataset, indices: draws ? bootstrap(indices, seed, i + 1) : indices }
      const settings = { batchSize, seed: seedOf(seed, i + 1), ...sampling }
      return new Feeder(samples, bindings, settings, host && { host, recipe, onWarning })
    })
    const [only] = feeders
    const feeder = only && replicas === 1 ? only : new EnsembleFeeder(feeders)
    const made = new TrainingStep(model, bindings, batchSize, feeder, plan, scaleRule)
    if (solver) {
      const options = { model, shaped, batchSize, samples: training, bindings, step: () => made.step, warn: onWarning ?? (() => {}) }
      made.solver = solver.definition.begin(solverModel(options), solver.params)
    }
    return made
  }

  get document(): GraphDocument {
    return this.model.document
  }

  get stepsPerEpoch(): number {
    return this.plan.solver?.definition.steps === undefined ? this.feeder.stepsPerEpoch : 1
  }

  /** As many as asked for, or as the settings' epochs hold; a solver may be done sooner. */
  stepsFor(asked: number | undefined): number {
    const most = this.plan.solver?.definition.steps
    return most === undefined ? (asked ?? this.document.training.epochs * this.stepsPerEpoch) : Math.min(asked ?? most, most)
  }

  /** Compiled when first asked for. */
  compiled(): Promise<Compiled> {
    return this.model.pass(this.batchSize, this.plan.update)
  }

  /** The learning rate of a step, from 1, after validations with these losses. */
  rateOf(step: number, validation: readonly number[]): number {
    return rateAt(this.plan.rate, { step: step - 1, validation })
  }

  /** Steps go along the gradient, not where a solver says. */
  get followsGradient(): boolean {
    return this.plan.solver === undefined
  }

  /** Whether the rate depends on how validation went. */
  get needsValidation(): boolean {
    return this.plan.rate.schedule.needsValidation === true
  }

  /** Batch, seed, rate and number of a step, from 1, and a solver's directions. */
  async inputsOf(step: number, rate: number): Promise<Inputs> {
    const { program } = await this.compiled()
    const batch = await this.feeder.inputsOf(step)
    const facts = { lossScale: this.lossScale?.at(step), continues: (step - 1) % this.feeder.stepsPerEpoch > 0 }
    const inputs = { ...batch, ...runtimeInputs(program, this.document.training.seed, step, rate, facts) }
    if (!this.solver) return inputs
    this.step = step
    const directions = Object.entries(await this.solver(batch)).map(([name, data]) => [inputNames.direction(name), data] as const)
    return { ...inputs, ...Object.fromEntries(directions) }
  }

  dispose(): Promise<void> {
    this.feeder.dispose()
    return this.model.dispose()
  }
}

/** Where batches continue one another, so does what recurrent layers carry. */
const keepingState = (plan: TrainingPlan, sequential: boolean): TrainingPlan =>
  sequential ? { ...plan, update: { ...plan.update, keepsState: true } } : plan

/** Takes its statistics from one value of each feature, so that nothing of it is left. */
const isNormalizedAlone = ({ layer, inputs, params }: ShapedNode): boolean =>
  layer.normalizedOver?.(carry(layer, inputs), params as ParamValues<ParamSpecs>) === 1

/** What the settings ask for must be possible with this graph and this data. */
function expectTrainable({ document, training, validation }: PreparedData, plan: TrainingPlan, shaped: ShapedGraph, steps: number): void {
  const { rate, solver } = plan
  const found = solver?.definition.check(shaped) ?? []
  if (found.length > 0) throw new DiagnosedError(found)
  if (shaped.nodes.every(({ weights, frozen }) => frozen || Object.keys(weights).length === 0)) throw diagnosedError('train.frozen', {})
  const lonely = shaped.nodes.find(isNormalizedAlone)
  if (lonely) throw diagnosedError('train.statistics', { got: shaped.batchSize }, { nodeId: lonely.path })
  if (document.training.replacement && training.dataset.sequential) throw diagnosedError('train.sequential', {})
  const { update } = plan
  // An exact solver and a rule with an objective of its own do not look at the loss.
  const descends = solver?.definition.steps === undefined && update.optimizer?.definition.objective === undefined
  const isRegular = ({ regularization: { l1, l2, decay }, tie }: ShapedNode) => l1 + l2 + decay > 0 || tie !== undefined
  if (!descends && (update.weightNoise !== undefined || update.adversarial || shaped.nodes.some(isRegular))) {
    const method = methods.get(document.training.optimizer.kind)
    throw diagnosedError('train.penalty.unused', { got: method?.title ?? document.training.optimizer.kind })
  }
  // The one step that leads there must be taken as it is.
  if (solver?.definition.steps !== undefined && shaped.nodes.some(({ frozen, rateMultiplier }) => !frozen && rateMultiplier !== 1))
    throw diagnosedError('train.rate.unused', {
      got: solver.definition.title,
      expected: { en: 'rates of single layers', zh: '各层自己的学习率' },
    })
  if (update.replicas !== undefined && (solver || update.optimizer?.definition.objective)) {
    const method = methods.get(document.training.optimizer.kind)
    throw diagnosedError('train.ensemble.method', { got: method?.title ?? document.training.optimizer.kind })
  }
  if (update.replicas !== undefined && training.dataset.sequential) throw diagnosedError('train.ensemble.sequential', {})
  if (rate.schedule.needsValidation && !validation) throw diagnosedError('train.schedule.validation', {})
  if (rate.warmup > steps) throw diagnosedError('train.warmup', { got: rate.warmup, expected: steps })
}
