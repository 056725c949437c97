/**
 * @file The scale of the loss in the course of training with halves: as large as it can be without gradients overflowing (Micikevicius et al.
 * 2018, Mixed precision training, §3.2). An overflow halves it, a long time without one doubles it. In: for each step, in order, whether its
 * gradients were finite. Out: the scale of each step, and how many steps were skipped.
 *
 * A device may work steps ahead of what is known of it, so what a step tells takes effect a fixed number of steps later: the scale of each
 * step follows from the steps alone, not from when their results happened to arrive.
 */
import type { LossScaling } from '../protocol/messages'

export interface LossScaleRule {
  /** Powers of two: scaling by them is exact. */
  readonly initial: number
  readonly most: number
  /** Finite steps in a row after which the scale doubles. */
  readonly patience: number
}

const usualRule: LossScaleRule = { initial: 2 ** 16, most: 2 ** 24, patience: 2000 }

/** What a run must know to go on; kept in checkpoints. */
export interface LossScaleState {
  /** From step `since` on; before it, `previous`. */
  readonly scale: number
  readonly previous: number
  readonly since: number
  /** Finite steps in a row with this scale. */
  readonly sound: number
  readonly skipped: number
}

const startOf = ({ initial }: LossScaleRule): LossScaleState => ({ scale: initial, previous: initial, since: 1, sound: 0, skipped: 0 })

export class LossScale {
  private readonly rule: LossScaleRule
  private state: LossScaleState

  /** `ahead`: how many steps may begin before what one tells is known. */
  constructor(
    private readonly ahead: number,
    rule: Partial<LossScaleRule> = {},
  ) {
    this.rule = { ...usualRule, ...rule }
    this.state = startOf(this.rule)
  }

  /** The scale that steps have or will soon have, and how many overflowed so far. */
  get told(): LossScaling {
    const { scale, skipped } = this.state
    return { scale, skipped }
  }

  at(step: number): number {
    const { scale, previous, since } = this.state
    return step >= since ? scale : previous
  }

  /** Takes in what a step told; false where its gradients overflow though they are not scaled at all. */
  took(step: number, finite: boolean): boolean {
    const { scale, since, sound, skipped } = this.state
    const isCurrent = step >= since
    if (!finite) {
      this.state = { ...this.state, skipped: skipped + 1 }
      // A step that still had the old scale tells nothing about the new one.
      if (isCurrent) this.change(step, Math.max(1, scale / 2))
      return this.at(step) > 1
    }
    if (!isCurrent) return true
    this.state = { ...this.state, sound: sound + 1 }
    if (sound + 1 >= this.rule.patience) this.change(step, Math.min(this.rule.most, scale * 2))
    return true
  }

  private change(step: number, scale: number): void {
    this.state = { ...this.state, scale, previous: this.state.scale, since: step + 1 + this.ahead, sound: 0 }
  }

  save(): LossScaleState {
    return this.state
  }

  /** Without a state (the run so far had no scale) it begins anew. */
  restore(state: LossScaleState = startOf(this.rule)): void {
    this.state = state
  }
}
