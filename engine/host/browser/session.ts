/**
 * @file One editor's conversation with the engine. In: a port, backends, a place for checkpoints. Out: the engine's side of the protocol: documents
 * are trained, metrics and insight flow back, and whatever goes wrong becomes diagnostics or a defect by name. It holds at most one run; after
 * its end the run's network stays to be looked at until the next begins.
 */
import { type BirpcReturn, createBirpc } from 'birpc'
import { lower, shape } from '../../compile'
import { DiagnosedError, diagnosedError } from '../../core/diagnostics'
import { type FindFiles, prepareData } from '../../datasets/prepare'
import { recognise } from '../../datasets/recognise'
import type { GraphDocument } from '../../document/schema'
import { lessonOf } from '../../insight/lesson'
import { channelOver, type PortLike } from '../../protocol/channel'
import type {
  CheckpointInfo,
  EditorApi,
  EngineApi,
  FitRequest,
  GivenFiles,
  Hello,
  InformationRequest,
  Outcome,
  StepProfile,
  StepRequest,
  TextWish,
  TrainRequest,
} from '../../protocol/messages'
import { listingOf } from '../../runtime/listing'
import { plainVariant } from '../../runtime/wasm/autotune'
import type { CheckpointStore } from '../../train/checkpoint'
import { metricNames } from '../../train/metrics'
import { unwrap, updateOf } from '../../train/model'
import { profileStep } from '../../train/profile'
import { decodeSafetensors } from '../../train/safetensors'
import { transferWeights } from '../../train/transfer'
import type { Backends } from './backends'
import { blobFiles } from './blob-files'
import { feedHostOf } from './feeder-thread'
import { GradientChecks } from './gradient-check'
import { InformationTables } from './information'
import { previewOf } from './preview'
import { Run } from './run'
import { Writing } from './writing'

export interface Checkpoints extends CheckpointStore {
  info(key: string): Promise<CheckpointInfo | undefined>
}

export interface SessionOptions {
  readonly port: PortLike
  /** Found out while messages already wait. */
  readonly backends: Promise<Backends>
  readonly checkpoints: Checkpoints
  /** Resolves with the name of the lock once it is held. */
  readonly lock: Promise<string>
}

export class Session implements EngineApi {
  private readonly editor: BirpcReturn<EditorApi, EngineApi>
  private readonly given = new Map<string, GivenFiles>()
  private run: Run | undefined
  private watched: readonly string[] = []
  private readonly findFiles: FindFiles = (path) => {
    const files = this.given.get(path)
    return files && blobFiles(files)
  }
  private readonly checks = new GradientChecks({
    findFiles: this.findFiles,
    weights: () => this.weights(),
    onProgress: (progress) => void this.editor.onCheckProgress.asEvent(progress),
  })
  private readonly tables = new InformationTables(this.findFiles)
  private readonly writing = new Writing((piece) => void this.editor.onText.asEvent(piece))
  /** Calls that start or end runs follow one another. */
  private queue: Promise<unknown> = Promise.resolve()

  constructor(private readonly options: SessionOptions) {
    this.editor = createBirpc<EditorApi, EngineApi>(this, { ...channelOver(options.port), bind: 'functions' })
  }

  async hello(): Promise<Hello> {
    const { backends, preferred, unavailable } = await this.options.backends
    return { backends, preferred, unavailable, lockName: await this.options.lock }
  }

  giveFiles(files: GivenFiles): void {
    this.given.set(files.name, files)
    this.tables.forget()
  }

  recognise(name: string) {
    return outcomeOf(async () => recognise(blobFiles(this.given.get(name) ?? { name, files: [] })))
  }

  previewData(...[source, options]: Parameters<EngineApi['previewData']>) {
    return outcomeOf(() => previewOf(source, this.findFiles, options))
  }

  information(request: InformationRequest) {
    return outcomeOf(() => this.tables.measure(request))
  }

  fitWeights({ document, name, file, keepOutput }: FitRequest) {
    return outcomeOf(async () => transferWeights(decodeSafetensors(file, name), unwrap(shape(document)), { keepOutput }))
  }

  train(request: TrainRequest): Promise<Outcome<null>> {
    return this.inTurn(() =>
      outcomeOf(async () => {
        await this.endRun()
        const backends = await this.options.backends
        const backend = await backends.get(request.backend ?? backends.preferred)
        this.run = await Run.start({
          request,
          backend,
          checkpoints: this.options.checkpoints,
          findFiles: this.findFiles,
          feedHost: feedHostOf(this.given.get(String(request.document.data.source.params.path))),
          editor: this.editor,
        })
        this.run.watch(this.watched)
        return null
      }),
    )
  }

  pause(): void {
    this.run?.trainer.pause()
  }

  step(): void {
    this.run?.trainer.stepOnce()
  }

  resume(): void {
    this.run?.trainer.resume()
  }

  stop(): Promise<void> {
    return this.inTurn(async () => this.run?.stop())
  }

  watch(nodes: readonly string[]): void {
    this.watched = nodes
    this.run?.watch(nodes)
  }

  async weights(): Promise<Record<string, Float32Array>> {
    return this.run ? this.run.trainer.model.read() : {}
  }

  async checkpointOf(documentKey: string): Promise<CheckpointInfo | undefined> {
    await this.run?.saved()
    return this.options.checkpoints.info(documentKey)
  }

  forecast({ document, backend }: StepRequest) {
    return outcomeOf(async () => {
      const backends = await this.options.backends
      const chosen = await backends.get(backend ?? backends.preferred)
      return chosen.forecast?.(unwrap(lower(document, updateOf(document))).program)
    })
  }

  measures(document: GraphDocument) {
    return outcomeOf(async () => {
      const { program } = unwrap(lower(document, { training: false, gradients: 'none', counts: true }))
      return ['loss', ...metricNames(program.outputs)]
    })
  }

  listing({ document, backend, stage }: Parameters<EngineApi['listing']>[0]) {
    return outcomeOf(async () => {
      const { preferred, backends } = await this.options.backends
      const cpu = backends.find(({ id }) => id === 'wasm')
      const pass = updateOf(document)
      const { storage } = pass
      const target = { backend: backend ?? preferred, variant: cpu?.variant ?? plainVariant, threads: cpu?.threads ?? 1, storage }
      return listingOf(unwrap(lower(document, pass)).program, stage, target)
    })
  }

  profile({ document, backend }: StepRequest): Promise<Outcome<StepProfile>> {
    return this.inTurn(() =>
      outcomeOf(async () => {
        const backends = await this.options.backends
        const chosen = await backends.get(backend ?? backends.preferred)
        if (this.run?.isActive) throw diagnosedError('train.busy', {})
        const data = await prepareData(document, this.findFiles)
        try {
          return { backend: chosen.info.label, kernels: await profileStep(data, chosen) }
        } finally {
          data.dispose()
        }
      }),
    )
  }

  checkGradients(request: Parameters<EngineApi['checkGradients']>[0]) {
    return outcomeOf(async () => {
      if (this.run?.isActive) throw diagnosedError('train.busy', {})
      return this.checks.check(request)
    })
  }

  lesson({ document, weights, sample, step }: Parameters<EngineApi['lesson']>[0]) {
    return outcomeOf(async () => {
      const state = weights === 'fresh' ? {} : weights === 'run' ? await this.weights() : weights
      const data = await prepareData(document, this.findFiles)
      try {
        return await lessonOf(data, state, { sample, step })
      } finally {
        data.dispose()
      }
    })
  }

  generate(wish: TextWish) {
    return outcomeOf(() => this.writing.begin(this.run, wish))
  }

  endGenerating(): void {
    this.writing.end()
  }

  endGradientCheck(): void {
    this.checks.end()
  }

  /** The editor is gone: its run ends with a checkpoint. */
  async dispose(): Promise<void> {
    this.checks.end()
    await this.inTurn(() => this.endRun())
    this.editor.$close()
  }

  private async endRun(): Promise<void> {
    this.writing.end()
    const { run } = this
    this.run = undefined
    if (!run) return
    await run.stop()
    await run.dispose()
  }

  private inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.queue.then(call)
    this.queue = result.catch(() => undefined)
    return result
  }
}

/** What a person can mend comes back as data; a defect is thrown to the caller. */
async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    if (error instanceof DiagnosedError) return { ok: false, diagnostics: error.diagnostics }
    throw error
  }
}
