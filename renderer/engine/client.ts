/**
 * @file What a person can do with the run; buttons, commands and shortcuts all come here. In: the document store and the engine's connection.
 * Out: calls to the engine, and the run store kept true.
 */
import type { Diagnostic } from '../../engine/core/diagnostics'
import type { Listing } from '../../engine/core/listing'
import type { Language, Text } from '../../engine/core/text'
import type { Recognised } from '../../engine/datasets/recognise'
import type { ChoiceOf, GraphDocument } from '../../engine/document/schema'
import type { InformationReport } from '../../engine/information/report'
import type { GradientCheckRequest, GradientReport } from '../../engine/insight/gradient-report'
import type { Lesson, LessonRequest } from '../../engine/insight/lesson-report'
import type {
  DataPreview,
  EngineApi,
  FitRequest,
  GivenFiles,
  InformationRequest,
  Outcome,
  PreviewOptions,
  StepProfile,
  StepRequest,
  TextWish,
  WeightFit,
} from '../../engine/protocol/messages'
import type { BackendId } from '../../engine/runtime/backend'
import { useDocument } from '../store/document'
import { EngineConnection } from './connection'
import { keepFiles, keptFiles } from './kept-files'
import { openEngine } from './link'
import { receiveCheckProgress, receiveText } from './look-store'
import { beginRun, isActive, isShown, receiveFailure, receiveInsight, receiveLog, receiveMetrics, resetRun, useRun } from './run-store'
import { runWords } from './words'

const log = (
  level: 'info' | 'warning' | 'error',
  key: keyof typeof runWords.words,
  values: Readonly<Record<string, string | number | Text>> = {},
): void => {
  const fill = (language: Language): string =>
    words[language].replace(/\{(\w+)\}/g, (hole, name: string) => {
      const value = values[name] ?? hole
      return typeof value === 'object' ? value[language] : String(value)
    })
  const words: Text = runWords.words[key]
  receiveLog({ level, text: { en: fill('en'), zh: fill('zh') } })
}

const connection = new EngineConnection(
  openEngine,
  {
    onStarting: () => useRun.setState((state) => ({ engine: state.engine === 'restarting' ? 'restarting' : 'starting' })),
    onReady: (hello) => {
      const { backends, preferred } = hello
      // What was chosen before the engine was started again holds.
      const chosen = backends.find(({ id }) => id === useRun.getState().backend)?.id ?? preferred
      useRun.setState({ engine: 'ready', backends, backend: chosen })
      log('info', 'ready', { backend: backends.find(({ id }) => id === chosen)?.label ?? chosen })
      for (const { id, reason } of hello.unavailable) log('warning', 'unavailable', { backend: id, reason })
      void findKeptFiles().catch(failedToFind)
      void lookForCheckpoint()
    },
    onDeath: (reason, again) => {
      useRun.setState((state) => ({
        engine: again ? 'restarting' : 'gone',
        phase: isActive(state.phase) ? 'crashed' : state.phase,
      }))
      log('error', again ? 'died' : 'gone', { reason })
    },
    onMetrics: (frame, documentKey) => {
      if (!isShown(documentKey)) return
      receiveMetrics(frame)
      if (!isActive(frame.phase)) void lookForCheckpoint()
    },
    onInsight: (frame, documentKey) => isShown(documentKey) && receiveInsight(frame),
    onFailure: (diagnostics, documentKey) => isShown(documentKey) && receiveFailure(diagnostics),
    onDefect: (message) => fail(message),
    onLog: receiveLog,
    onCheckProgress: receiveCheckProgress,
    onText: receiveText,
  },
  { request: (name, callback) => navigator.locks.request(name, callback) },
)

const fail = (message: string): void => {
  receiveFailure([], message)
  log('error', 'defect', { detail: message })
}

/** A call that goes wrong because the engine died is told by `onDeath`; anything else is a defect. */
async function attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (useRun.getState().engine === 'ready') fail(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

async function lookForCheckpoint(): Promise<void> {
  const { key } = useDocument.getState()
  const checkpoint = await attempt(async () => (await connection.calls()).checkpointOf(key))
  if (useDocument.getState().key === key) useRun.setState({ checkpoint })
}

async function handOver(files: GivenFiles): Promise<void> {
  await attempt(() => connection.giveFiles(files))
  useRun.setState((state) => ({ files: [...new Set([...state.files, files.name])] }))
}

/** After a reload: the files that the document's data names, as far as they were kept. */
async function findKeptFiles(): Promise<void> {
  const { key, document } = useDocument.getState()
  for (const choice of [document.data.source, document.data.validation]) {
    const name = choice?.params.path
    if (typeof name !== 'string' || name === '' || connection.hasFiles(name)) continue
    const files = await keptFiles(key, name)
    if (files) await handOver(files)
  }
}

const failedToFind = (error: unknown): void => log('warning', 'notFound', { reason: String(error) })

interface Start {
  readonly resume?: boolean
  readonly paused?: boolean
  readonly weights?: Readonly<Record<string, Float32Array>>
}

async function start(options: Start): Promise<boolean> {
  const { document, key } = useDocument.getState()
  const checkpoint = options.resume ? useRun.getState().checkpoint : undefined
  beginRun(key)
  if (checkpoint) log('info', 'resumed', { name: document.name, step: checkpoint.step })
  else log('info', 'began', { name: document.name })
  const backend = useRun.getState().backend
  const outcome = await attempt(async () => (await connection.calls()).train({ document, documentKey: key, backend, ...options }))
  if (outcome && !outcome.ok) receiveFailure(outcome.diagnostics)
  // The engine died before it could answer.
  if (!outcome && useRun.getState().phase === 'preparing') useRun.setState({ phase: 'crashed' })
  return outcome?.ok ?? false
}

/** Starts the engine and follows the document; once, when the app starts. */
function startEngine(): void {
  window.netloom?.onEngineRestart(() => void connection.start())
  void connection.start()
  useDocument.subscribe((state, previous) => {
    if (state.key === previous.key) return
    if (isActive(useRun.getState().phase)) void stop()
    resetRun({ checkpoint: undefined })
    void findKeptFiles().catch(failedToFind)
    void lookForCheckpoint()
  })
}

const resumeFromCheckpoint = async (): Promise<void> => void (await start({ resume: true }))

/** A paused run goes on; a run that ended goes on from its checkpoint. */
async function resume(): Promise<void> {
  if (useRun.getState().phase === 'paused') await attempt(async () => (await connection.calls()).resume())
  else await resumeFromCheckpoint()
}

/** One step; the first begins a paused run. */
async function step(): Promise<void> {
  if (!isActive(useRun.getState().phase) && !(await start({ paused: true }))) return
  await attempt(async () => (await connection.calls()).step())
}

async function stop(): Promise<void> {
  await attempt(async () => (await connection.calls()).stop())
  await lookForCheckpoint()
}

/** For the runs to come. */
const computeOn = (backend: BackendId): void => useRun.setState({ backend })

export const engine = {
  /** Once, when the app starts. */
  start: startEngine,
  /** Starts anew after a series of deaths. */
  restart: (): void => void connection.restart(),
  /** From the start; `weights` replace the initial ones (`netloom` names). */
  train: async (weights?: Start['weights']): Promise<void> => void (await start({ weights })),
  resumeFromCheckpoint,
  computeOn,
  /** After the GPU has failed: on the CPU, from the checkpoint where there is one. */
  async goOnOnCpu(): Promise<void> {
    computeOn('wasm')
    await start({ resume: useRun.getState().checkpoint !== undefined })
  },
  pause: async (): Promise<void> => void (await attempt(async () => (await connection.calls()).pause())),
  resume,
  step,
  stop,
  /** Which nodes' outputs are wanted, by path. */
  watch: (nodes: readonly string[]): void => connection.watch(nodes),
  /** Data files that the document names; small ones are kept for after a reload. */
  async giveFiles(files: GivenFiles): Promise<void> {
    await handOver(files)
    await keepFiles(useDocument.getState().key, files).catch((error: unknown) =>
      log('warning', 'notKept', { name: files.name, reason: String(error) }),
    )
  },
  /** Files to look at: no document needs them after a reload. */
  lendFiles: handOver,
  recognise: (name: string): Promise<Outcome<Recognised> | undefined> => attempt(async () => (await connection.calls()).recognise(name)),
  /** What of a file of weights the network could start from. */
  fitWeights: (request: FitRequest): Promise<Outcome<WeightFit> | undefined> =>
    attempt(async () => (await connection.calls()).fitWeights(request)),
  previewData: (source: ChoiceOf, options: PreviewOptions): Promise<Outcome<DataPreview> | undefined> =>
    attempt(async () => (await connection.calls()).previewData(source, options)),
  information: (request: InformationRequest): Promise<Outcome<InformationReport> | undefined> =>
    attempt(async () => (await connection.calls()).information(request)),
  /** What a training step would take. */
  forecast: (request: StepRequest): Promise<Awaited<ReturnType<EngineApi['forecast']>> | undefined> =>
    attempt(async () => (await connection.calls()).forecast(request)),
  /** What validation tells of a network. */
  measures: (document: GraphDocument): Promise<Outcome<readonly string[]> | undefined> =>
    attempt(async () => (await connection.calls()).measures(document)),
  /** What the compiler makes of the training step. */
  listing: (request: Parameters<EngineApi['listing']>[0]): Promise<Outcome<Listing> | undefined> =>
    attempt(async () => (await connection.calls()).listing(request)),
  profile: (request: StepRequest): Promise<Outcome<StepProfile> | undefined> =>
    attempt(async () => (await connection.calls()).profile(request)),
  /** Computed gradients against central differences; the report is absent when the check was ended. */
  checkGradients: (request: GradientCheckRequest): Promise<Outcome<GradientReport | undefined> | undefined> =>
    attempt(async () => (await connection.calls()).checkGradients(request)),
  /** Text from the network of the latest run. */
  generate: (wish: TextWish): Promise<Outcome<string> | undefined> => attempt(async () => (await connection.calls()).generate(wish)),
  endGenerating: async (): Promise<void> => void (await attempt(async () => (await connection.calls()).endGenerating())),
  endGradientCheck: async (): Promise<void> => void (await attempt(async () => (await connection.calls()).endGradientCheck())),
  /** A small network stepped through on one sample. */
  lesson: (request: LessonRequest): Promise<Outcome<Lesson> | undefined> => attempt(async () => (await connection.calls()).lesson(request)),
  /** Parameters of the latest run by name; empty before there was one. */
  weights: (): Promise<Record<string, Float32Array> | undefined> => attempt(async () => (await connection.calls()).weights()),
}

/** Everything that keeps a document from being trained. */
export const blocking = (problems: readonly Diagnostic[]): readonly Diagnostic[] => problems.filter(({ severity }) => severity === 'error')
