/**
 * @file Where a command speaks. In: results, messages, problems. Out: results on stdout, everything else on stderr; one line for each
 * diagnostic, in the form that programs can read.
 */

import { messageOf } from '../../core/diagnostic-message'
import { DiagnosedError, type Diagnostic, InternalError } from '../../core/diagnostics'

export interface Io {
  out(text: string): void
  err(text: string): void
  readonly isTerminal: boolean
}

export const processIo: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
}

/** What a file holds must not steer the terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '\uFFFD')

/** `error[shape.mismatch] node dense1: …`, and what the editor would offer to do about it. */
export function lineOf(diagnostic: Diagnostic): string {
  const { severity, code, nodeId, file, fix } = diagnostic
  const message = printable(messageOf(diagnostic))
  const place = nodeId !== undefined ? ` node ${nodeId}` : ''
  // The file stands in front where the sentence does not name it.
  return `${severity}[${code}]${place}: ${file && !message.includes(file) ? `${file}: ` : ''}${message}${fix ? ` What would help: ${printable(fix.title.en)}.` : ''}\n`
}

/** Prints what went wrong, never a stack trace. Out: the exit code. */
export function reportFailure(error: unknown, io: Io): number {
  if (error instanceof DiagnosedError) for (const diagnostic of error.diagnostics) io.err(lineOf(diagnostic))
  else if (error instanceof InternalError) io.err(`error[internal]${error.nodeId ? ` node ${error.nodeId}` : ''}: ${error.message}\n`)
  else io.err(`error[internal]: ${error instanceof Error ? error.message : String(error)}\n`)
  return 1
}
