/** @file Runs the command line in this process. In: words. Out: exit code, stdout and stderr. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { runCli } from '../../engine/host/node/cli'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export async function netloom(...words: string[]): Promise<Ran> {
  let [out, err] = ['', '']
  const io = {
    out: (text: string) => {
      out += text
    },
    err: (text: string) => {
      err += text
    },
    isTerminal: false,
  }
  const code = await runCli(words, io)
  return { code, out, err }
}

/** A folder that is gone after the tests. */
export function scratch(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'netloom-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (name) => join(folder, name)
}
