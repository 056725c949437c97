/**
 * @file One run of training in a page's engine. In: a request and what it needs. Out: frames of metrics as the trainer gives them, insight a few times
 * a second at a bounded cost, checkpoints now and then, and at the end a word about how it went.
 */
import { messageOf } from '../../core/diagnostic-message'
import { DiagnosedError, type Diagnostic, diagnosedError } from '../../core/diagnostics'
import type { Field } from '../../datasets/dataset'
import { type FindFiles, type PreparedData, prepareData } from '../../datasets/prepare'
import type { EditorApi, MetricsFrame, TrainRequest } from '../../protocol/messages'
import type { Backend } from '../../runtime/backend'
import { type Checkpoint, type CheckpointStore, decodeCheckpoint } from '../../train/checkpoint'
import type { FeedHost } from '../../train/feed-messages'
import { Trainer } from '../../train/trainer'
import { CheckpointWriter } from './checkpoint-writer'
import { Insight } from './insight'

/** Insight comes at most this often … */
const INSIGHT_MS = 250
/** … and takes at most one part in this many of the time. */
const INSIGHT_COST = 20

/** The calls that a run makes. */
export type Listener = { readonly [K in 'onMetrics' | 'onInsight' | 'onFailure' | 'onDefect' | 'onLog']: EditorEvent<EditorApi[K]> }
type EditorEvent<F extends (...args: never[]) => unknown> = { asEvent(...args: Parameters<F>): Promise<void> }

export interface RunOptions {
  readonly request: TrainRequest
  readonly backend: Backend
  readonly checkpoints: CheckpointStore
  readonly findFiles: FindFiles
  /** Lets batches be prepared on another thread. */
  readonly feedHost?: FeedHost
  readonly editor: Listener
}

export class Run {
  private ended: Promise<void> = Promise.resolve()
  private timer: ReturnType<typeof setTimeout> | undefined
  /** The step that was last looked at; −1: look again. */
  private seen = -1
  private looking: Promise<void> | undefined
  private disposed = false

  private constructor(
    readonly trainer: Trainer,
    private readonly data: PreparedData,
    private readonly insight: Insight,
    private readonly writer: CheckpointWriter,
    private readonly editor: Listener,
    private readonly documentKey: string,
  ) {}

  static async start({ request, backend, checkpoints, findFiles, feedHost, editor }: RunOptions): Promise<Run> {
    const { document, documentKey, weights, paused } = request
    const checkpoint = request.resume ? await checkpointOf(checkpoints, documentKey, document.name) : undefined
    const data = await prepareData(document, findFiles)
    const writer = new CheckpointWriter(documentKey, checkpoints, (error) => tellSaving(editor, error))
    let run: Run | undefined
    try {
      const trainer = await Trainer.create({
        data,
        backend,
        feedHost,
        weights,
        checkpoint,
        watchGradients: true,
        onFrame: (frame) => run?.onFrame(frame),
        onWarning: (warning) => tellWarning(editor, warning),
        isCheckpointDue: () => writer.isDue,
        onCheckpoint: (fresh) => writer.put(fresh),
      })
      run = new Run(trainer, data, new Insight(trainer.model, trainer.bindings, data), writer, editor, documentKey)
      if (checkpoint) run.tellPast(checkpoint)
      run.begin(paused === true)
      return run
    } catch (error) {
      data.dispose()
      throw error
    }
  }

  /** What the data consists of. */
  get fields(): readonly Field[] {
    return this.data.fields
  }

  /** It may take a step at any moment. */
  get isActive(): boolean {
    return this.trainer.phase === 'running' || this.trainer.phase === 'preparing'
  }

  watch(nodes: readonly string[]): void {
    this.insight.watch(nodes)
    this.seen = -1
    // A canvas that is being moved about changes its mind many times.
    this.lookAfter(INSIGHT_MS)
  }

  /** Ends the run if it has not ended; its network stays. */
  async stop(): Promise<void> {
    await this.trainer.stop()
    await this.ended
  }

  /** Resolves when no checkpoint is on its way. */
  saved(): Promise<void> {
    return this.writer.settled()
  }

  async dispose(): Promise<void> {
    this.disposed = true
    clearTimeout(this.timer)
    await this.looking
    this.insight.dispose()
    await this.trainer.dispose()
    this.data.dispose()
  }

  private begin(paused: boolean): void {
    this.ended = this.trainer
      .run({ paused })
      .then(() => this.writer.settled())
      .catch((error: unknown) => this.fail(error))
    this.lookAfter(INSIGHT_MS)
  }

  /** The curves up to the checkpoint, for an editor that may never have seen them. */
  private tellPast({ step, epoch, training, validation }: Checkpoint): void {
    const { totalSteps, stepsPerEpoch } = this.trainer
    void this.editor.onMetrics.asEvent(
      {
        phase: 'preparing',
        step,
        totalSteps,
        epoch,
        epochs: Math.ceil(totalSteps / stepsPerEpoch),
        samplesPerSecond: 0,
        training,
        validation,
      },
      this.documentKey,
    )
  }

  private onFrame(frame: MetricsFrame): void {
    void this.editor.onMetrics.asEvent(frame, this.documentKey)
    // Nothing trains while paused or after the end: what there is to see may be seen at once.
    if (frame.phase !== 'running') this.lookAfter(0)
  }

  private lookAfter(milliseconds: number): void {
    if (this.disposed) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.looking ??= this.look().finally(() => {
        this.looking = undefined
      })
    }, milliseconds)
  }

  private async look(): Promise<void> {
    const step = this.trainer.stepsDone
    const started = performance.now()
    const { isFresh } = this.insight
    if (step !== this.seen && this.trainer.phase !== 'preparing') {
      try {
        this.seen = step
        const frame = await this.insight.frame()
        if (!this.disposed) void this.editor.onInsight.asEvent(frame, this.documentKey)
      } catch (error) {
        this.fail(error)
        return
      }
    }
    if (this.isActive)
      // Compiling is paid once; what counts is what every look costs.
      this.lookAfter(isFresh ? INSIGHT_MS : Math.max(INSIGHT_MS, (performance.now() - started) * INSIGHT_COST))
  }

  private fail(error: unknown): void {
    if (this.disposed) return
    if (error instanceof DiagnosedError) void this.editor.onFailure.asEvent(error.diagnostics, this.documentKey)
    else void this.editor.onDefect.asEvent(error instanceof Error ? error.message : String(error))
  }
}

async function checkpointOf(checkpoints: CheckpointStore, key: string, name: string): Promise<Checkpoint> {
  const file = await checkpoints.load(key)
  if (!file) throw diagnosedError('checkpoint.missing', { file: name })
  return decodeCheckpoint(file, name)
}

const tellWarning = (editor: Listener, warning: Diagnostic): void =>
  void editor.onLog.asEvent({ level: 'warning', text: { en: messageOf(warning, 'en'), zh: messageOf(warning, 'zh') } })

/** Training goes on without a checkpoint, but not without a word. */
function tellSaving(editor: Listener, error: unknown): void {
  const detail = error instanceof Error ? error.message : String(error)
  void editor.onLog.asEvent({
    level: 'warning',
    text: { en: `A checkpoint could not be saved: ${detail}`, zh: `检查点无法保存：${detail}` },
  })
}
