/**
 * @file Time while training. In: finished steps. Out: samples a second, seconds left, and turns for the event loop, so that messages
 * (pause, stop) come through while the machine is busy.
 */

/** Seconds over which the rate forgets. */
const MEMORY = 3

export class Pace {
  private rate = 0
  private weight = 0

  /** `seconds` of work that trained `samples`. */
  add(samples: number, seconds: number): void {
    if (seconds <= 0) return
    const keep = Math.exp(-seconds / MEMORY)
    this.rate = keep * this.rate + (1 - keep) * (samples / seconds)
    this.weight = keep * this.weight + (1 - keep)
  }

  get samplesPerSecond(): number {
    return this.weight > 0 ? this.rate / this.weight : 0
  }

  secondsLeft(samples: number): number | undefined {
    return this.weight > 0.1 ? samples / this.samplesPerSecond : undefined
  }
}

const TURN_MS = 16

/**
 * Hands the thread back often enough. A message to oneself is a turn without the 4 ms that timers cost in a page; every turn has a
 * channel of its own, because Node would otherwise go on delivering from the same one before it looks at anything else.
 */
export class Turns {
  private last = performance.now()

  /** Undefined while the current turn may go on. */
  due(): Promise<void> | undefined {
    if (performance.now() - this.last < TURN_MS) return undefined
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        port1.close()
        this.last = performance.now()
        resolve()
      }
      port2.postMessage(null)
    })
  }
}
