/**
 * @file The time of each kernel in one run, by the device's own clock. In: a loaded program whose inputs are written. Out: milliseconds, kernel by
 * kernel. Every dispatch gets a pass of its own with a timestamp at either end, so the whole takes longer than a run; the parts do not.
 */
import type { KernelTime } from '../backend'
import { type Command, encode, type Loaded } from './commands'
import type { GpuDevice } from './device'
import { bufferUsage } from './flags'
import type { Readback } from './readback'

/** Timestamps that one query set may hold on every device. */
const setSize = 4096
const stampBytes = 8
const perMillisecond = 1e6

export async function measure(device: GpuDevice, readback: Readback, { commands, kernels }: Loaded): Promise<readonly KernelTime[]> {
  const { gpu } = device
  const encoder = gpu.createCommandEncoder()
  const sets: { readonly set: GPUQuerySet; readonly buffer: GPUBuffer; readonly stamps: number }[] = []
  for (let from = 0; from < commands.length; from += setSize / 2) {
    const part = commands.slice(from, from + setSize / 2)
    const stamps = 2 * part.length
    const set = gpu.createQuerySet({ type: 'timestamp', count: stamps })
    const buffer = gpu.createBuffer({ size: stamps * stampBytes, usage: bufferUsage.queryResolve | bufferUsage.copySource })
    sets.push({ set, buffer, stamps })
    for (const [i, command] of part.entries()) {
      const pass = encoder.beginComputePass({
        timestampWrites: { querySet: set, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 },
      })
      encode(pass, command)
      pass.end()
    }
    encoder.resolveQuerySet(set, 0, stamps, buffer, 0)
  }
  gpu.queue.submit([encoder.finish()])
  try {
    const read = await readback.read(sets.map(({ buffer, stamps }) => ({ buffer, offset: 0, bytes: stamps * stampBytes })))
    const stamps = read.flatMap((bytes) => [...new BigUint64Array(bytes)])
    return timesOf(commands, stamps, (kernel) => kernels.kernels[kernel]?.origins ?? [])
  } finally {
    for (const { set, buffer } of sets) {
      set.destroy()
      buffer.destroy()
    }
  }
}

/** Dispatches of one kernel stand together; a clock that steps back counts as no time. */
function timesOf(commands: readonly Command[], stamps: readonly bigint[], originsOf: (kernel: number) => readonly string[]): KernelTime[] {
  const times: { kernel: number; time: { label: string; origins: readonly string[]; milliseconds: number } }[] = []
  for (const [i, { kernel, label }] of commands.entries()) {
    const milliseconds = Math.max(0, Number((stamps[2 * i + 1] as bigint) - (stamps[2 * i] as bigint)) / perMillisecond)
    const last = times.at(-1)
    if (last?.kernel === kernel) last.time.milliseconds += milliseconds
    else times.push({ kernel, time: { label, origins: originsOf(kernel), milliseconds } })
  }
  return times.map(({ time }) => time)
}
