/**
 * @file The thread that prepares batches. In: a job, then buffers and the step that each is for. Out: the buffers, filled, in the order they came.
 */
import { DiagnosedError, InternalError } from '../core/diagnostics'
import type { TensorData } from '../core/tensor'
import { type FindFiles, openRecipe } from '../datasets/prepare'
import { type BatchBuffers, type FeedReport, type FeedRequest, transferOf } from './feed-messages'
import { Feeder } from './feeder'

export interface FeedServerPort {
  post(report: FeedReport, transfer: readonly ArrayBuffer[]): void
  receive(handle: (request: FeedRequest) => void): void
}

/** `filesOf` makes of a job's `files` what the host can read. */
export function serveFeed({ post, receive }: FeedServerPort, filesOf: (files: unknown) => FindFiles): void {
  let feeder: Promise<Feeder> | undefined
  let slots: readonly BatchBuffers[] = []
  let turn: Promise<void> = Promise.resolve()
  const open = async ({ recipe, files, indices, bindings, settings }: Extract<FeedRequest, { type: 'open' }>['job']): Promise<Feeder> => {
    const dataset = await openRecipe(recipe, filesOf(files))
    return new Feeder({ dataset, indices }, bindings, settings)
  }
  const answer = async (request: Exclude<FeedRequest, { type: 'ping' }>): Promise<void> => {
    if (request.type === 'open') {
      feeder = open(request.job)
      slots = request.job.shared ?? []
      await feeder
      post({ type: 'opened' }, [])
      return
    }
    const { step, slot, buffers } = request
    if (!feeder) throw new InternalError('feeder', 'nothing has been opened')
    const inputs = await (await feeder).inputsOf(step)
    for (const [node, data] of Object.entries(inputs)) viewOf((buffers ?? slots[slot])?.[node], data).set(data)
    post({ type: 'filled', step, slot, buffers }, transferOf(buffers))
  }
  receive((request) => {
    if (request.type === 'ping') return post({ type: 'pong' }, [])
    turn = turn.then(() =>
      answer(request).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error)
        post({ type: 'failed', reason, diagnostics: error instanceof DiagnosedError ? error.diagnostics : undefined }, [])
      }),
    )
  })
}

function viewOf(buffer: ArrayBufferLike | undefined, like: TensorData): TensorData {
  if (!buffer) throw new InternalError('feeder', 'a node has no buffer')
  return like instanceof Float32Array ? new Float32Array(buffer) : new Int32Array(buffer)
}
