/**
 * @file Whether another thread for batches pays, decided while training runs. In: how long it took from one step to the next, and where the step's
 * batch came from. Out: where the next is to come from. Both ways are tried by turns, the losing one ever more rarely: what is true on idle
 * processors is not on busy ones, and no estimate knows how busy they are. Medians, because a run has pauses.
 */

export type Way = 'here' | 'there'

/** Steps of one turn, after a few that do not count: batches made ready in advance would flatter. */
const TURN = 16
const SETTLING = 5
/** A thread that saves less is no use. */
const WORTH = 0.99
/** The thread is given up when it has lost so often in a row. */
const MOST_LOSSES = 2
/** Steps between two comparisons while it wins: at first, and at most. */
const FIRST_REST = 64
const LONGEST_REST = 4096

export class FeedContest {
  private present: Way = 'there'
  private settling = SETTLING
  private resting = 0
  private rest = FIRST_REST
  private losses = 0
  private times: number[] = []

  /** `here`: milliseconds from step to step before there was a thread. */
  constructor(private here: readonly number[]) {}

  get way(): Way {
    return this.present
  }

  /** The thread does not pay. */
  get lost(): boolean {
    return this.losses >= MOST_LOSSES
  }

  /** Steps that came another way than they should have tell nothing. */
  note(way: Way, milliseconds: number): void {
    if (way !== this.present || this.lost) return
    if (this.resting > 0) {
      if (--this.resting === 0) this.turnTo('here')
      return
    }
    if (this.settling > 0) {
      this.settling--
      return
    }
    this.times.push(milliseconds)
    if (this.times.length < TURN) return
    if (way === 'here') {
      this.here = this.times
      this.turnTo('there')
    } else this.compare()
  }

  private compare(): void {
    if (median(this.times) < WORTH * median(this.here)) {
      this.losses = 0
      this.times = []
      this.resting = this.rest
      this.rest = Math.min(LONGEST_REST, 4 * this.rest)
      return
    }
    this.losses++
    this.turnTo('here')
  }

  private turnTo(way: Way): void {
    this.present = way
    this.settling = SETTLING
    this.times = []
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
