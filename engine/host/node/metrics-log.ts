/**
 * @file Metrics on disk. In: one object a step. Out: one JSON line each, written as each step is known. Lines that the disk refuses (it is
 * full, say) wait and are tried again with every later one, so that training need not end for them; `close` says what is still missing.
 */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { DiagnosedError } from '../../core/diagnostics'
import { expectWritable, writeError, writeWhole } from './files'

export type MetricsLine = Readonly<Record<string, number>>

export class MetricsLog {
  private readonly waiting: Uint8Array[] = []
  private failure: DiagnosedError | undefined

  private constructor(
    private readonly path: string,
    private readonly file: number,
    private readonly onTrouble: (error: DiagnosedError) => void,
  ) {}

  /** A run that goes on after `doneSteps` keeps their lines, and no others: what came after the checkpoint is done again. */
  static async open(path: string, doneSteps: number, onTrouble: (error: DiagnosedError) => void): Promise<MetricsLog> {
    await expectWritable(path)
    try {
      const kept = doneSteps > 0 && existsSync(path) ? linesUpTo(readFileSync(path, 'utf8'), doneSteps) : ''
      if (kept !== '') await writeWhole(path, kept)
      return new MetricsLog(path, openSync(path, kept === '' ? 'w' : 'a'), onTrouble)
    } catch (error) {
      throw writeError(path, error)
    }
  }

  write(line: MetricsLine): void {
    this.waiting.push(new TextEncoder().encode(`${JSON.stringify(line)}\n`))
    this.flush()
  }

  /** Throws when lines are still missing from the file. */
  close(): void {
    this.flush()
    closeSync(this.file)
    if (this.failure) throw this.failure
  }

  private flush(): void {
    try {
      for (let first = this.waiting[0]; first; first = this.waiting[0]) {
        const written = writeSync(this.file, first)
        if (written < first.length) this.waiting[0] = first.subarray(written)
        else this.waiting.shift()
      }
      this.failure = undefined
    } catch (error) {
      const known = this.failure
      this.failure = writeError(this.path, error)
      if (!known) this.onTrouble(this.failure)
    }
  }
}

/** A line cut short by a crash is left out, as is everything that is no line of metrics. */
function linesUpTo(text: string, lastStep: number): string {
  const kept = text.split('\n').filter((line) => {
    try {
      return ((JSON.parse(line) as { step?: number }).step as number) <= lastStep
    } catch {
      return false
    }
  })
  return kept.map((line) => `${line}\n`).join('')
}
