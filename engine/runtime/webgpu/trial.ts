/**
 * @file Lets the device look at every dispatch before anything runs. In: commands. Out: the first it refuses, and why; undefined when all are
 * sound. They are recorded and thrown away: the rules that bind groups, sizes and grids must keep are checked while recording, so a run
 * needs no checks of its own.
 */
import { type Command, encode } from './commands'
import type { GpuDevice } from './device'

export interface Refusal {
  readonly command: Command
  readonly detail: string
}

export async function firstRefused(commands: readonly Command[], device: GpuDevice): Promise<Refusal | undefined> {
  if ((await refusalOf(commands, device)) === undefined) return undefined
  let rest = commands
  // Halving finds it in a few recordings, however long the program is.
  while (rest.length > 1) {
    const half = rest.slice(0, Math.ceil(rest.length / 2))
    const found = await refusalOf(half, device)
    rest = found === undefined ? rest.slice(half.length) : half
  }
  const detail = await refusalOf(rest, device)
  const [command] = rest
  return command && { command, detail: detail ?? 'refused together with the others' }
}

async function refusalOf(commands: readonly Command[], device: GpuDevice): Promise<string | undefined> {
  const { error } = await device.scoped('validation', () => {
    const encoder = device.gpu.createCommandEncoder()
    const pass = encoder.beginComputePass()
    for (const command of commands) encode(pass, command)
    pass.end()
    encoder.finish()
  })
  return error?.message
}
