/**
 * @file Gradient checks for an editor. In: a request, a way to its data, the weights of the latest run. Out: a report; on the way word of how far it
 * is, a few times a second. One at a time: a new one ends the one before.
 */
import { type FindFiles, prepareData } from '../../datasets/prepare'
import { firstBatch } from '../../insight/first-batch'
import { checkGradients, usualCheck } from '../../insight/gradient-check'
import type { GradientCheckRequest, GradientProgress, GradientReport } from '../../insight/gradient-report'
import { Turns } from '../../train/pace'

const TELL_MS = 100

interface CheckHost {
  readonly findFiles: FindFiles
  weights(): Promise<Readonly<Record<string, Float32Array>>>
  onProgress(progress: GradientProgress): void
}

export class GradientChecks {
  private latest = 0

  constructor(private readonly host: CheckHost) {}

  /** Undefined when it was ended. */
  async check({ document, weights, epsilon, samples }: GradientCheckRequest): Promise<GradientReport | undefined> {
    const mine = ++this.latest
    const turns = new Turns()
    let told = 0
    const data = await prepareData(document, this.host.findFiles)
    try {
      return await checkGradients({
        document: data.document,
        ...(await firstBatch(data, usualCheck.batchSize)),
        weights: weights === 'run' ? await this.host.weights() : undefined,
        epsilon,
        samples,
        onProgress: (progress) => {
          if (performance.now() - told < TELL_MS) return
          told = performance.now()
          this.host.onProgress(progress)
        },
        pause: async () => {
          await turns.due()
          return this.latest !== mine
        },
      })
    } finally {
      data.dispose()
    }
  }

  end(): void {
    this.latest++
  }
}
