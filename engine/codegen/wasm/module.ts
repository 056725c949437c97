/**
 * @file Kernels → one WebAssembly module. In: a kernel program and where its buffers lie. Out: bytes, tables to be written into memory,
 * and the list of phases. The module exports `run(thread, threads, from, to)`: each thread calls it and does its part of the groups
 * from … to − 1. A group is either one phase whose units are split among the threads, or a run of small phases that thread 0 does alone;
 * threads wait for each other between groups.
 */
import type { Kernel, KernelProgram } from '../../optimize/kernel'
import { type MemoryLimits, ModuleBuilder } from './assembler'
import { emitBarrier } from './barrier'
import { emitConv } from './conv'
import type { EmitContext, KernelVariant, Phase } from './emitter'
import { emitArgMax, emitGather, emitScatterAdd } from './indexing'
import { emitLoop } from './loop'
import { emitMatmul } from './matmul'
import { emitPool } from './pool'

export interface ModuleOptions {
  readonly limits: MemoryLimits
  readonly variant: KernelVariant
  /** Byte address of the control block. */
  readonly control: number
  address(buffer: number): number
  /** Where kernels keep what they need only while they run. */
  readonly kernelScratch: number
  /** Reserves memory for a table that is written once. */
  allocateTable(bytes: number): number
}

/** Phases between two barriers. */
export interface Group {
  readonly phases: readonly Phase[]
  /** All threads take part; otherwise thread 0 alone. */
  readonly parallel: boolean
}

export interface EmittedModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly tables: readonly { readonly address: number; readonly values: readonly number[] }[]
  readonly groups: readonly Group[]
  /** What the greediest kernel needs at `kernelScratch`. */
  readonly kernelScratchBytes: number
}

/** Below this many nanoseconds, a barrier costs more than a second thread saves. */
const worthSharing = 4000

export function emitModule(program: KernelProgram, options: ModuleOptions): EmittedModule {
  const module = new ModuleBuilder(options.limits)
  const tables = new Map<string, { address: number; values: readonly number[] }>()
  let kernelScratchBytes = 0
  let used = 0
  const context: EmitContext = {
    module,
    variant: options.variant,
    address: options.address,
    scratch(bytes) {
      const at = options.kernelScratch + used
      used += Math.ceil(bytes / 64) * 64
      kernelScratchBytes = Math.max(kernelScratchBytes, used)
      return at
    },
    table(values) {
      const key = values.join()
      const known = tables.get(key)
      if (known) return known.address
      const address = options.allocateTable(4 * values.length)
      tables.set(key, { address, values })
      return address
    },
  }
  const phases = program.kernels.flatMap((kernel) => {
    used = 0
    return emitKernel(kernel, context)
  })
  const groups = groupsOf(phases)
  emitRun(module, groups, options.control)
  return { bytes: module.toBytes(), tables: [...tables.values()], groups, kernelScratchBytes }
}

function emitKernel(kernel: Kernel, context: EmitContext): Phase[] {
  switch (kernel.kind) {
    case 'loop':
      return emitLoop(kernel, context)
    case 'matmul':
      return emitMatmul(kernel, context)
    case 'conv':
      return emitConv(kernel, context)
    case 'pool':
      return emitPool(kernel, context)
    case 'gather':
      return emitGather(kernel, context)
    case 'scatterAdd':
      return emitScatterAdd(kernel, context)
    case 'argMax':
      return emitArgMax(kernel, context)
  }
}

function groupsOf(phases: readonly Phase[]): Group[] {
  const groups: { phases: Phase[]; parallel: boolean }[] = []
  for (const phase of phases) {
    if (phase.units === 0) continue
    const parallel = phase.units > 1 && phase.cost >= worthSharing
    const last = groups.at(-1)
    if (!parallel && last && !last.parallel) last.phases.push(phase)
    else groups.push({ phases: [phase], parallel })
  }
  return groups
}

function emitRun(module: ModuleBuilder, groups: readonly Group[], control: number): void {
  const barrier = emitBarrier(module, control)
  const run = module.function(['i32', 'i32', 'i32', 'i32'], [], (f, thread, threads, from, to) => {
    groups.forEach(({ phases, parallel }, number) => {
      f.i32(number)
        .get(from)
        .op('i32.ge_u')
        .i32(number)
        .get(to)
        .op('i32.lt_u')
        .op('i32.and')
        .if(() => {
          for (const { func, units } of phases) {
            if (parallel) {
              // Units thread · units / threads … (thread + 1) · units / threads − 1.
              f.get(thread).i32(units).op('i32.mul').get(threads).op('i32.div_u')
              f.get(thread).i32(1).op('i32.add').i32(units).op('i32.mul').get(threads).op('i32.div_u')
              f.call(func)
            } else
              f.get(thread)
                .op('i32.eqz')
                .if(() => f.i32(0).i32(units).call(func))
          }
          f.get(threads)
            .i32(1)
            .op('i32.gt_u')
            .if(() => f.get(threads).call(barrier))
        })
    })
  })
  module.export('run', run)
}
