/**
 * @file Remembers which kernel variant is the fastest here, so that every run on this machine computes the same bits. In: nothing.
 * Out: the variant, measured once for each processor, engine and set of switches, and kept in the person's cache folder.
 */
import { cpus, homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { KernelVariant } from '../../codegen/wasm/emitter'
import { chooseVariant, kernelVariants } from '../../runtime/wasm/autotune'
import { exists, readText, writeWhole } from './files'

const cacheSchema = z.record(z.string(), z.object({ fma: z.boolean(), rows: z.number(), columns: z.number() }))

const cacheFile = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'netloom', 'kernel-variants.json')

const machine = (): string =>
  [cpus()[0]?.model ?? '', process.arch, process.versions.v8, ...process.execArgv.filter((flag) => /wasm|liftoff/.test(flag))].join(' | ')

async function remembered(file: string): Promise<z.infer<typeof cacheSchema>> {
  if (!(await exists(file))) return {}
  try {
    return cacheSchema.parse(JSON.parse(await readText(file)))
  } catch {
    // A cache that cannot be read is measured anew and written over.
    return {}
  }
}

export async function kernelVariant(): Promise<KernelVariant> {
  const file = cacheFile()
  const known = await remembered(file)
  const key = machine()
  const variant = kernelVariants.find(({ fma, rows, columns }) => {
    const entry = known[key]
    return entry?.fma === fma && entry.rows === rows && entry.columns === columns
  })
  if (variant) return variant
  const chosen = await chooseVariant()
  // Where there is no home to write to, it is measured every time.
  await writeWhole(file, JSON.stringify({ ...known, [key]: chosen }, null, 2)).catch(() => undefined)
  return chosen
}
