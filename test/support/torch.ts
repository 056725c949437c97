/**
 * @file PyTorch, for the tests that compare with it: a Python that can import it, and a way to ask it something.
 * NETLOOM_PYTHON names the interpreter; otherwise Debian's is tried. Where there is none the tests skip and say so; with CI=true they fail.
 */
import { spawnSync } from 'node:child_process'
import { describe, it } from 'vitest'

const candidates = process.env.NETLOOM_PYTHON ? [process.env.NETLOOM_PYTHON] : ['/usr/bin/python3', 'python3']

const python = candidates.find((candidate) => spawnSync(candidate, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0)

const REASON = `needs PyTorch: ${candidates.join(', ')} cannot import torch (Debian: apt-get install python3-torch)`

/** A group of tests that asks PyTorch. */
export function describeWithTorch(title: string, body: () => void): void {
  if (python) {
    describe(title, body)
    return
  }
  describe(title, () => {
    it('runs beside PyTorch', (test) => {
      if (process.env.CI === 'true') throw new Error(REASON)
      test.skip(REASON)
    })
  })
}

/** Runs a Python file (or `-c` and code) that reads JSON from stdin and writes JSON to stdout. */
export function askPython<Answer>(program: string | { readonly code: string }, question: unknown): Answer {
  if (!python) throw new Error(REASON)
  const args = typeof program === 'string' ? [program] : ['-c', program.code]
  const { stdout, stderr, status, error } = spawnSync(python, args, {
    input: JSON.stringify(question),
    encoding: 'utf8',
    maxBuffer: 1 << 29,
  })
  if (error) throw error
  if (status !== 0) throw new Error(`python exited with ${status}: ${stderr}`)
  return JSON.parse(stdout)
}
