/**
 * @file Text from the network of a run, while it trains or after. In: a run and a wish. Out: text, piece by piece. One at a time: another wish, or a
 * call to end it, ends the one before, whose answer is what it had written.
 */
import { diagnosedError } from '../../core/diagnostics'
import type { TextWish } from '../../protocol/messages'
import { generate } from '../../train/generate'
import { Turns } from '../../train/pace'
import type { Run } from './run'

export class Writing {
  private current: object | undefined

  constructor(private readonly onText: (piece: string) => void) {}

  async begin(run: Run | undefined, wish: TextWish): Promise<string> {
    if (!run) throw diagnosedError('generate.no-network', {})
    const own = {}
    this.current = own
    const { model } = run.trainer
    // A copy: training goes on meanwhile.
    const weights = await model.read()
    return generate({
      ...wish,
      document: model.document,
      backend: model.backend,
      weights,
      fields: run.fields,
      onText: this.onText,
      turns: new Turns(),
      cancelled: () => this.current !== own,
    })
  }

  end(): void {
    this.current = undefined
  }
}
