/**
 * @file A program compiled for the CPU as far as that goes without memory: kernels, code without addresses, and the plan of what lies where.
 * In: a program. Out: all that the backend needs to place and load it, and how many bytes that will take (the forecast asks no more).
 */
import { emitModule, type ModuleOptions } from '../../codegen/wasm/module'
import { bytesOf } from '../../core/tensor'
import type { Program } from '../../ir/program'
import { planMemory } from '../../memory/plan'
import type { BufferId } from '../../optimize/kernel'
import type { Panelling } from '../../optimize/packing'
import { cpuTarget, optimize } from '../../optimize/pipeline'
import { allocated } from './memory'

export type Blueprint = ReturnType<typeof drawBlueprint>

/** `settled`: how state slots lie already. */
export function drawBlueprint(program: Program, options: ModuleOptions, settled?: Panelling['settled']) {
  const kernels = optimize(program, { ...cpuTarget, panelling: { widest: options.variant.columns, settled } })
  const outputs = new Set(kernels.outputs.map(({ buffer }) => buffer))
  // What the caller fills or reads must outlast other executables' runs; the rest is shared with them.
  const kept = new Set<BufferId>()
  for (const [buffer, { role }] of kernels.buffers.entries())
    if (role === 'data' || role === 'constant' || (role === 'scratch' && outputs.has(buffer))) kept.add(buffer)
  const module = emitModule(kernels, options, kept)
  const plan = planMemory(module.lives)
  const bytesOfRole = (wanted: (buffer: BufferId) => boolean) =>
    kernels.buffers.reduce((sum, { shape }, buffer) => sum + (wanted(buffer) ? allocated(bytesOf(shape)) : 0), 0)
  return {
    kernels,
    module,
    plan,
    kept,
    /** What memory will be taken for a run: everything but the state. */
    scratchBytes: allocated(plan.bytes) + bytesOfRole((buffer) => kept.has(buffer)) + allocated(module.fixedBytes),
    /** Parameters and optimiser state as they lie. */
    stateBytes: bytesOfRole((buffer) => kernels.buffers[buffer]?.role === 'state'),
  }
}
