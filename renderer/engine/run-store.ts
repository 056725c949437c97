/**
 * @file What is known about the run, for everything that shows it. In: frames, insight, failures and life signs from the engine's client.
 * Out: a small store that changes at most 30 times a second, and the curves beside it (typed arrays, outside React, with a version).
 */
import { create } from 'zustand'
import type { Diagnostic } from '../../engine/core/diagnostics'
import type {
  CheckpointInfo,
  DecisionPlane,
  EarlyStop,
  InsightFrame,
  LogLine,
  LossScaling,
  MetricsFrame,
  MetricsPoint,
  Prediction,
  RunPhase,
} from '../../engine/protocol/messages'
import type { BackendId, BackendInfo } from '../../engine/runtime/backend'
import { forgetLooks, receiveLooks } from './look-store'
import { Curves } from './series'

/** `crashed`: the engine died during the run. */
export type Phase = RunPhase | 'crashed'

export type EngineState = 'starting' | 'ready' | 'restarting' | 'gone'

export interface Progress {
  readonly step: number
  readonly totalSteps: number
  readonly epoch: number
  readonly epochs: number
  readonly samplesPerSecond: number
  readonly secondsLeft?: number
  readonly scaling?: LossScaling
  /** Learning rate of the latest step. */
  readonly rate?: number
  /** Length of the gradient, where it is clipped. */
  readonly gradientNorm?: number
  /** Training ended before its last epoch. */
  readonly earlyStop?: EarlyStop
}

export interface LogEntry extends LogLine {
  readonly id: number
  readonly time: number
}

export interface RunState {
  readonly engine: EngineState
  readonly backends: readonly BackendInfo[]
  readonly backend: BackendId | undefined
  readonly phase: Phase
  /** Of the document that the run belongs to. */
  readonly documentKey: string | undefined
  readonly progress: Progress | undefined
  /** Newest value of each curve. */
  readonly latest: Readonly<Record<string, number>>
  readonly bestEpoch: number | undefined
  /** Counts changes of `curves`. */
  readonly version: number
  readonly predictions: readonly Prediction[]
  readonly confusion: InsightFrame['confusion']
  readonly plane: DecisionPlane | undefined
  /** The newest live pictures; `activations` by node path. */
  readonly insight: InsightFrame | undefined
  /** What ended the run or kept it from beginning. */
  readonly failure: readonly Diagnostic[]
  /** A defect of ours, in its own words. */
  readonly defect: string | undefined
  /** What the opened document could go on from. */
  readonly checkpoint: CheckpointInfo | undefined
  /** Names of the data files that the engine can read. */
  readonly files: readonly string[]
  readonly log: readonly LogEntry[]
}

const LOG_LIMIT = 500

const noRun = {
  phase: 'idle',
  documentKey: undefined,
  progress: undefined,
  latest: {},
  bestEpoch: undefined,
  predictions: [],
  confusion: undefined,
  plane: undefined,
  insight: undefined,
  failure: [],
  defect: undefined,
} as const satisfies Partial<RunState>

export const useRun = create<RunState>(() => ({
  ...noRun,
  engine: 'starting',
  backends: [],
  backend: undefined,
  version: 0,
  checkpoint: undefined,
  files: [],
  log: [],
}))

/** The curves of the run that `useRun` tells about. */
export const curves = new Curves()

/** The curve that a metric of the validation data is drawn as. */
export const validationName = (metric: string): string => `validation${metric.charAt(0).toUpperCase()}${metric.slice(1)}`

export const isActive = (phase: Phase): boolean => phase === 'preparing' || phase === 'running' || phase === 'paused'

export function resetRun(change: Partial<RunState> = {}): void {
  curves.clear()
  forgetLooks()
  useRun.setState((state) => ({ ...noRun, version: state.version + 1, ...change }))
}

/** A run begins. When it goes on from a checkpoint, the engine first sends the curves up to there. */
export const beginRun = (documentKey: string): void => resetRun({ documentKey, phase: 'preparing' })

/** Whether the run of a document is the one on the screen. The last words of a run whose document was closed are not. */
export const isShown = (documentKey: string): boolean => useRun.getState().documentKey === documentKey

export function receiveMetrics(frame: MetricsFrame): void {
  const state = useRun.getState()
  const latest = { ...state.latest }
  let bestEpoch = state.bestEpoch
  const keep = (name: string, step: number, value: number): void => {
    curves.push(name, step, value)
    latest[name] = value
  }
  const take = (point: MetricsPoint, named: (name: string) => string): void => {
    keep(named('loss'), point.step, point.loss)
    for (const [name, value] of Object.entries(point.metrics)) keep(named(name), point.step, value)
  }
  receiveLooks(frame)
  for (const point of frame.training) take(point, (name) => name)
  for (const point of frame.validation) {
    take(point, validationName)
    if (point.isBest) bestEpoch = Math.round(point.epoch)
  }
  const { phase, step, totalSteps, epoch, epochs, samplesPerSecond, secondsLeft, scaling, rate, gradientNorm, earlyStop } = frame
  const grew = frame.training.length + frame.validation.length > 0
  useRun.setState({
    phase,
    latest,
    bestEpoch,
    progress: { step, totalSteps, epoch, epochs, samplesPerSecond, secondsLeft, scaling, rate, gradientNorm, earlyStop },
    version: grew ? state.version + 1 : state.version,
  })
}

export function receiveInsight(frame: InsightFrame): void {
  const { predictions, confusion, plane } = frame
  useRun.setState((state) => ({
    insight: frame,
    predictions: predictions.length > 0 ? predictions : state.predictions,
    confusion: confusion ?? state.confusion,
    plane: plane ?? state.plane,
  }))
}

export function receiveFailure(failure: readonly Diagnostic[], defect?: string): void {
  useRun.setState({ phase: 'failed', failure, defect })
}

let nextLogId = 0

export function receiveLog(line: LogLine): void {
  useRun.setState((state) => ({ log: [...state.log.slice(1 - LOG_LIMIT), { ...line, id: nextLogId++, time: Date.now() }] }))
}
