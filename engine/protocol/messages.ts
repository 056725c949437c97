/**
 * @file What the editor and the engine say to each other. In: calls from the editor. Out: results, and a stream of frames.
 * Carried by birpc over a MessagePort (or a socket); everything here survives structured cloning.
 */
import type { Diagnostic } from '../core/diagnostics'
import type { Listing } from '../core/listing'
import type { TensorData } from '../core/tensor'
import type { Text } from '../core/text'
import type { Field } from '../datasets/dataset'
import type { Recognised } from '../datasets/recognise'
import type { ChoiceOf, DataSettings, GraphDocument } from '../document/schema'
import type { InformationReport, VariableRequest } from '../information/report'
import type { GradientCheckRequest, GradientProgress, GradientReport } from '../insight/gradient-report'
import type { Lesson, LessonRequest } from '../insight/lesson-report'
import type { BackendId, BackendInfo, KernelTime, MemoryForecast } from '../runtime/backend'

/** Where a run stands. `crashed` is only ever said by the client, when the engine is gone. */
export type RunPhase = 'idle' | 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed'

/** One point of the curves: means over the steps since the last point. */
export interface MetricsPoint {
  readonly step: number
  /** Fractional: 1.5 is half-way through the second epoch. */
  readonly epoch: number
  readonly loss: number
  readonly metrics: Readonly<Record<string, number>>
}

export interface ValidationPoint extends MetricsPoint {
  readonly isBest: boolean
}

/** Where gradients are stored as halves: what the loss is multiplied by, and how many steps overflowed and were skipped. */
export interface LossScaling {
  readonly scale: number
  readonly skipped: number
}

/** Where the curvature along the gradient is watched (notes 004): what a step wins by the slope, and loses by the bend. */
export interface Curvature {
  /** The step that was looked at. */
  readonly step: number
  /** εgᵀg */
  readonly slope: number
  /** ½ε²gᵀHg */
  readonly bend: number
}

/** Why training ended early: the measure that was watched, and the epoch in which it was best. */
export interface EarlyStop {
  readonly metric: string
  readonly bestEpoch: number
  /** The weights are those of that epoch. */
  readonly restored: boolean
}

/** Length of each layer's gradient at a step, by node in forward order; and what is wrong with them at present. */
export interface GradientNorms {
  readonly step: number
  readonly norms: Readonly<Record<string, number>>
  readonly alarms: readonly Diagnostic[]
}

/** Sent at most 30 times a second; points that came together travel together. */
export interface MetricsFrame {
  readonly phase: RunPhase
  readonly step: number
  readonly totalSteps: number
  readonly epoch: number
  readonly epochs: number
  readonly samplesPerSecond: number
  /** Seconds; undefined until it can be told. */
  readonly secondsLeft?: number
  readonly scaling?: LossScaling
  /** Learning rate of the latest step. */
  readonly rate?: number
  /** Length of all gradients as one vector, where they are clipped: before that. */
  readonly gradientNorm?: number
  readonly curvature?: Curvature
  /** The latest look at the gradients, where they are watched. */
  readonly gradients?: GradientNorms
  /** Training ended before its last epoch. */
  readonly earlyStop?: EarlyStop
  readonly training: readonly MetricsPoint[]
  readonly validation: readonly ValidationPoint[]
}

/** Live pictures for the canvas strip and the predictions panel; sent a few times a second while someone looks. */
export interface InsightFrame {
  /** Node path → output values of the first samples: `shape` includes the number of samples. */
  readonly activations: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>
  readonly predictions: readonly Prediction[]
  /** What the predictions' inputs and targets are. */
  readonly fields: readonly Field[]
  /** Class i taken for class j, over a fixed part of the validation data (rows: truth). */
  readonly confusion?: { readonly classes: number; readonly counts: Uint32Array }
  /** Two-dimensional inputs only: what the network says on a grid over the plane. */
  readonly plane?: DecisionPlane
}

/** Class (or number) at `size × size` points, row by row from the lower left corner. */
export interface DecisionPlane {
  readonly size: number
  /** Absent where a plain number is predicted. */
  readonly classes?: number
  readonly low: readonly [number, number]
  readonly high: readonly [number, number]
  /** The most probable class; a plain output value where there are no classes. */
  readonly value: Float32Array
  /** Its probability, 0 to 1; 1 where there are no classes. */
  readonly confidence: Float32Array
}

export interface Prediction {
  /** Values of the input fields of this sample. */
  readonly inputs: Readonly<Record<string, TensorData>>
  readonly target?: number | readonly number[]
  /** Class probabilities, or predicted numbers. */
  readonly output: readonly number[]
}

export interface TrainRequest {
  readonly document: GraphDocument
  /** Identity of the document across renames and edits: whose checkpoint is written. */
  readonly documentKey: string
  readonly backend?: BackendId
  /** Go on from the checkpoint of this document (see `checkpointOf`). */
  readonly resume?: boolean
  /** Load these parameters first (`netloom` names), e.g. the exact solution of XOR. */
  readonly weights?: Readonly<Record<string, Float32Array>>
  /** Begin paused, so that the first `step` is the first step. */
  readonly paused?: boolean
}

/** Files chosen in the editor, under the name that `data.source.params.path` refers to. */
export interface GivenFiles {
  readonly name: string
  readonly files: readonly { readonly path: string; readonly file: Blob }[]
}

export interface CheckpointInfo {
  readonly step: number
  readonly epoch: number
  readonly savedAt: number
  readonly backend: BackendId
}

/** What of a file of weights a network can start from, and for every weight that it cannot, why. */
export interface WeightFit {
  readonly weights: Readonly<Record<string, Float32Array>>
  readonly skipped: readonly { readonly name: string; readonly reason: Text }[]
  /** Tensors of the file that this network has no place for. */
  readonly unused: readonly string[]
}

export interface FitRequest {
  readonly document: GraphDocument
  /** Name and content of a safetensors file. */
  readonly name: string
  readonly file: Uint8Array
  /** The output layer's weights too. */
  readonly keepOutput: boolean
}

export interface PreviewOptions {
  readonly seed: number
  readonly count: number
  readonly imageSize?: number
  /** As training sees the images in this epoch. */
  readonly augmentation?: DataSettings['augmentation']
  readonly epoch?: number
}

export interface DataPreview {
  readonly fields: readonly Field[]
  readonly length: number
  readonly samples: readonly Readonly<Record<string, TensorData>>[]
}

/** Two columns of a data set to be counted and measured; `seed` and `validationSplit` as in the document's training. */
export interface InformationRequest {
  readonly source: ChoiceOf
  readonly validation?: ChoiceOf
  readonly seed: number
  readonly validationSplit: number
  readonly x: VariableRequest
  readonly y: VariableRequest
}

/** What the compiler can show of a training step; the names that `netloom compile --emit` takes. */
export type ListingStage = 'program' | 'kernels' | 'plan' | 'wasm' | 'wgsl'

/** The training step that a document asks for, on an executor (the preferred one unless named). */
export interface StepRequest {
  readonly document: GraphDocument
  readonly backend?: BackendId
}

/** A training step, measured: the median of several runs for every kernel, in the order they ran. Empty where the executor cannot measure. */
export interface StepProfile {
  readonly backend: Text
  readonly kernels: readonly KernelTime[]
}

/** What a language model is to write. */
export interface TextWish {
  readonly prefix: string
  /** Tokens to write. */
  readonly length: number
  /** The scores are divided by it before a token is drawn: 1 as the network says, less is bolder, 0 takes the best every time. */
  readonly temperature: number
  readonly seed: number
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

export interface Hello {
  readonly backends: readonly BackendInfo[]
  readonly preferred: BackendId
  /** What could not be had here, and why. */
  readonly unavailable: readonly { readonly id: BackendId; readonly reason: Text }[]
  /** A Web Lock that the engine holds for as long as it lives. */
  readonly lockName: string
}

/** Calls the editor makes. */
export interface EngineApi {
  /** Answered when the engine is ready and holds the lock that is its sign of life. */
  hello(): Promise<Hello>
  giveFiles(files: GivenFiles): void
  /** What kind of data set the given files are, with suggested settings. */
  recognise(name: string): Promise<Outcome<Recognised>>
  previewData(source: ChoiceOf, options: PreviewOptions): Promise<Outcome<DataPreview>>
  /** Entropies and what columns of the data say of each other. */
  information(request: InformationRequest): Promise<Outcome<InformationReport>>
  fitWeights(request: FitRequest): Promise<Outcome<WeightFit>>
  train(request: TrainRequest): Promise<Outcome<null>>
  pause(): void
  /** One step while paused. */
  step(): void
  resume(): void
  /** Ends the run, keeps the weights and writes a checkpoint. */
  stop(): Promise<void>
  /** Which nodes' activations to send; empty: none. */
  watch(nodes: readonly string[]): void
  weights(): Promise<Record<string, Float32Array>>
  checkpointOf(documentKey: string): Promise<CheckpointInfo | undefined>
  /** What a training step would take; undefined where the executor cannot tell beforehand. */
  forecast(request: StepRequest): Promise<Outcome<MemoryForecast | undefined>>
  /** Names of what validation tells of the document's network, the loss first. */
  measures(document: GraphDocument): Promise<Outcome<readonly string[]>>
  listing(request: StepRequest & { readonly stage: ListingStage }): Promise<Outcome<Listing>>
  /** Measures with fresh weights on the document's own data; refused while a run is active. */
  profile(request: StepRequest): Promise<Outcome<StepProfile>>
  /** Computed gradients against central differences; undefined when it was ended. Refused while a run is active. */
  checkGradients(request: GradientCheckRequest): Promise<Outcome<GradientReport | undefined>>
  endGradientCheck(): void
  /** The text behind the prefix, by the network of the latest run as it is at this moment; `onText` tells it piece by piece. */
  generate(wish: TextWish): Promise<Outcome<string>>
  /** What has been written until then is the answer. */
  endGenerating(): void
  /** A small network stepped through on one sample. */
  lesson(request: LessonRequest): Promise<Outcome<Lesson>>
}

/** What the engine tells the editor unasked. `documentKey` says whose run it is: another document may have been opened meanwhile. */
export interface EditorApi {
  onMetrics(frame: MetricsFrame, documentKey: string): void
  onInsight(frame: InsightFrame, documentKey: string): void
  onFailure(diagnostics: readonly Diagnostic[], documentKey: string): void
  onLog(line: LogLine): void
  onCheckProgress(progress: GradientProgress): void
  /** A piece of the text that is being generated. */
  onText(piece: string): void
  /** A defect of Netloom: nothing the person can mend, but something to report. The run has ended. */
  onDefect(message: string): void
}

export interface LogLine {
  readonly level: 'info' | 'warning' | 'error'
  readonly text: Text
}
