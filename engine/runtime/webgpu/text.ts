/**
 * @file The code that a GPU would run, as text. In: a program. Out: its dispatches in order, each text where it is first used, written for a device
 * that offers what every WebGPU device offers.
 */
import type { Dispatch, GpuContext } from '../../codegen/wgsl/emitter'
import { emitWgsl } from '../../codegen/wgsl/module'
import { type Listing, listingLine } from '../../core/listing'
import { type ActivationStorage, elementsOf } from '../../memory/elements'
import type { KernelProgram } from '../../optimize/kernel'
import { itemsOf, kernelsAt } from '../../optimize/scan-kernel'
import { stagedTiles } from './autotune'

/** The limits that the specification guarantees. */
const context = (program: KernelProgram, storage: ActivationStorage): GpuContext => ({
  limits: { storageBuffers: 8, workgroupsPerDimension: 65_535, workgroupThreads: 256, workgroupBytes: 16_384 },
  subgroups: false,
  tiles: stagedTiles,
  elementOf: elementsOf(program, storage),
})

export function wgslListing(program: KernelProgram, storage: ActivationStorage): Listing {
  const known = new Map<string, number>()
  const gpu = context(program, storage)
  return program.kernels.flatMap((kernel, number) => {
    const [origin] = kernel.origins
    // Every step of a scan runs the same texts: the first stands for all.
    const shown = kernel.kind === 'scan' ? [...kernel.before, ...kernelsAt(kernel, itemsOf(kernel)[0] ?? 0)] : [kernel]
    const repeated = kernel.kind === 'scan' ? [listingLine(`// k${number}: the following for each of ${kernel.length} items`, origin)] : []
    const dispatches = shown.flatMap((one) => emitWgsl(one, gpu))
    const lines = dispatches.flatMap((dispatch) => {
      const first = known.get(dispatch.code)
      if (first === undefined) known.set(dispatch.code, number)
      const code = first === undefined ? dispatch.code.trim().split('\n') : [`// the same text as at k${first}`]
      return [...head(dispatch, number), ...code, ''].map((line) => listingLine(line, origin))
    })
    return [...repeated, ...lines]
  })
}

function head({ label, storages, sizes, workgroups }: Dispatch, kernel: number): string[] {
  const bound = storages.map((storage, i) => `${i}: ${'buffer' in storage ? `b${storage.buffer}` : `workspace ${storage.workspace}`}`)
  return [
    `// k${kernel} ${label} · workgroups ${workgroups.join('×')}`,
    `// bindings ${bound.join(', ')}${sizes.length > 0 ? ` · sizes ${sizes.join(' ')}` : ''}`,
  ]
}
