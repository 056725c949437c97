/**
 * @file The compiler laid open. In: a program, the stage to show, and whom it is compiled for. Out: lines that know their nodes. Nothing is run.
 */
import type { KernelVariant } from '../codegen/wasm/emitter'
import type { ModuleOptions } from '../codegen/wasm/module'
import type { Listing } from '../core/listing'
import { programListing } from '../ir/print'
import type { Program } from '../ir/program'
import { bytesOfElements, elementsOf } from '../memory/elements'
import { livesOf, planMemory } from '../memory/plan'
import { planListing } from '../memory/print'
import type { Buffer, BufferId } from '../optimize/kernel'
import { cpuTarget, gpuTarget, optimize } from '../optimize/pipeline'
import { kernelListing } from '../optimize/print'
import type { ListingStage } from '../protocol/messages'
import type { BackendId, ProgramOptions } from './backend'
import { drawBlueprint } from './wasm/blueprint'
import { wasmListing } from './wasm/text'
import { wgslListing } from './webgpu/text'

export interface ListingTarget extends ProgramOptions {
  /** Whose kernels and plan are shown. */
  readonly backend: BackendId
  /** Of the CPU's kernels. */
  readonly variant: KernelVariant
  readonly threads: number
}

const moduleOptions = ({ variant, threads }: ListingTarget): ModuleOptions => ({
  limits: { initialPages: 1, maximumPages: 65_536, shared: true },
  variant,
  threads,
})

const writers: Readonly<Record<ListingStage, (program: Program, target: ListingTarget) => Listing | Promise<Listing>>> = {
  program: programListing,
  kernels: (program, { backend, variant }) =>
    kernelListing(optimize(program, backend === 'webgpu' ? gpuTarget : { ...cpuTarget, panelling: { widest: variant.columns } })),
  plan: (program, target) => {
    if (target.backend === 'webgpu') {
      const kernels = optimize(program, gpuTarget)
      const elementOf = elementsOf(kernels, target.storage ?? 'f32')
      const bytesOf = (buffer: BufferId) => bytesOfElements((kernels.buffers[buffer] as Buffer).shape, elementOf(buffer))
      const outputs = new Set(kernels.outputs.map(({ buffer }) => buffer))
      return planListing(kernels, planMemory(livesOf(kernels, outputs, bytesOf), { alignment: 256 }), elementOf)
    }
    const { kernels, plan } = drawBlueprint(program, moduleOptions(target))
    return planListing(kernels, plan)
  },
  wasm: (program, target) => wasmListing(program, moduleOptions(target)),
  wgsl: (program, { storage = 'f32' }) => wgslListing(optimize(program, gpuTarget), storage),
}

export const listingStages = Object.keys(writers) as readonly ListingStage[]

export const listingOf = async (program: Program, stage: ListingStage, target: ListingTarget): Promise<Listing> =>
  writers[stage](program, target)
