/**
 * @file Measured choices in the person's cache folder, so that every run on this machine computes the same bits. In: a key. Out: what was kept
 * under it, by processor, engine and set of switches.
 */
import { cpus, homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { ChoiceStore } from '../../runtime/choices'
import { exists, readText, writeWhole } from './files'

const cacheSchema = z.record(z.string(), z.unknown())

const cacheFile = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'netloom', 'choices.json')

const machine = (): string =>
  [cpus()[0]?.model ?? '', process.arch, process.versions.v8, ...process.execArgv.filter((flag) => /wasm|liftoff/.test(flag))].join(' | ')

async function remembered(file: string): Promise<Readonly<Record<string, unknown>>> {
  if (!(await exists(file))) return {}
  try {
    return cacheSchema.parse(JSON.parse(await readText(file)))
  } catch {
    // A cache that cannot be read is measured anew and written over.
    return {}
  }
}

export const fileChoices = (file = cacheFile(), where = machine()): ChoiceStore => ({
  where,
  read: async (key) => {
    const known = await remembered(file)
    return Object.hasOwn(known, key) ? known[key] : undefined
  },
  write: async (key, value) => writeWhole(file, JSON.stringify({ ...(await remembered(file)), [key]: value }, null, 2)),
})
