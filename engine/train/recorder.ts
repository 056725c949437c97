/**
 * @file What a run tells: curves, rate and frames. In: finished steps and validations. Out: at most 30 frames a second, with the points
 * that came together since the last; curves that stay bounded, for checkpoints.
 */
import type {
  Curvature,
  EarlyStop,
  GradientNorms,
  LossScaling,
  MetricsFrame,
  MetricsPoint,
  RunPhase,
  ValidationPoint,
} from '../protocol/messages'
import { Curve, Mean, type Measured } from './metrics'
import { Pace } from './pace'

const FRAME_MS = 1000 / 30

/** What the latest step was like. */
export interface StepFacts {
  readonly rate?: number
  readonly gradientNorm?: number
  readonly curvature?: Curvature
  readonly gradients?: GradientNorms
  readonly earlyStop?: EarlyStop
}

export interface RunShape {
  readonly totalSteps: number
  readonly stepsPerEpoch: number
  readonly batchSize: number
  readonly scaling?: LossScaling | undefined
  readonly told: StepFacts
}

export class Recorder {
  readonly training: Curve
  readonly validation: ValidationPoint[]
  readonly pace = new Pace()
  private readonly mean = new Mean()
  private freshTraining: MetricsPoint[] = []
  private freshValidation: ValidationPoint[] = []
  private lastFrame = 0

  constructor(
    private readonly shape: RunShape,
    private readonly send: ((frame: MetricsFrame) => void) | undefined,
    curves: { readonly training: readonly MetricsPoint[]; readonly validation: readonly ValidationPoint[] } | undefined,
  ) {
    this.training = new Curve(undefined, [...(curves?.training ?? [])])
    this.validation = [...(curves?.validation ?? [])]
  }

  trained(measured: Measured): void {
    this.mean.add(measured, 1)
  }

  validated(point: ValidationPoint): void {
    this.validation.push(point)
    this.freshValidation.push(point)
  }

  /** `step` is the last one done. Without `force` only when the last frame is long enough ago. */
  frame(phase: RunPhase, step: number, force: boolean): void {
    const now = performance.now()
    if (!force && now - this.lastFrame < FRAME_MS) return
    this.lastFrame = now
    const { totalSteps, stepsPerEpoch, batchSize, scaling, told } = this.shape
    const epoch = step / stepsPerEpoch
    if (!this.mean.isEmpty) {
      const point = { step, epoch, ...this.mean.take() }
      this.training.add(point)
      this.freshTraining.push(point)
    }
    this.send?.({
      phase,
      step,
      totalSteps,
      epoch,
      epochs: Math.ceil(totalSteps / stepsPerEpoch),
      samplesPerSecond: this.pace.samplesPerSecond,
      secondsLeft: this.pace.secondsLeft((totalSteps - step) * batchSize),
      ...(scaling && { scaling }),
      ...told,
      training: this.freshTraining,
      validation: this.freshValidation,
    })
    this.freshTraining = []
    this.freshValidation = []
  }
}
