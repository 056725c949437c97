/**
 * @file The line that shows how training goes. In: frames. Out: on a terminal, one line redrawn a few times a second.
 */
import type { MetricsFrame } from '../../protocol/messages'
import type { Io } from './io'

const WIDTH = 24
const INTERVAL_MS = 100

export const duration = (seconds: number): string => {
  const whole = Math.round(seconds)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const pad = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`
}

/** A metric as people read it: how often something is right as a share, all others as they are. */
export const metricText = (name: string, value: number): string =>
  /(^|\.)accuracy$/.test(name) ? percent(value) : Number(value.toPrecision(5)).toString()

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

export class ProgressBar {
  private last = 0
  private shown = ''

  constructor(private readonly io: Io) {}

  show(frame: MetricsFrame): void {
    const now = performance.now()
    if (!this.io.isTerminal || now - this.last < INTERVAL_MS) return
    this.last = now
    const { step, totalSteps, epoch, epochs, samplesPerSecond, secondsLeft } = frame
    const filled = Math.round((WIDTH * step) / totalSteps)
    const point = frame.training.at(-1)
    const parts = [
      `epoch ${Math.min(epochs, Math.floor(epoch) + 1)}/${epochs}`,
      `${'━'.repeat(filled)}${'╌'.repeat(WIDTH - filled)}`,
      `${step}/${totalSteps}`,
      ...(point ? [`loss ${point.loss.toFixed(4)}`] : []),
      `${Math.round(samplesPerSecond)} samples/s`,
      ...(secondsLeft === undefined ? [] : [`ETA ${duration(secondsLeft)}`]),
    ]
    this.draw(parts.join('  '))
  }

  /** Takes the line away so that a message can stand there. */
  clear(): void {
    if (this.shown !== '') this.draw('')
  }

  private draw(text: string): void {
    this.io.err(`\r${text.padEnd(this.shown.length)}${text === '' ? '\r' : ''}`)
    this.shown = text
  }
}
