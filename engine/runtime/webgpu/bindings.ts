/**
 * @file What each dispatch is given, made once when a program is compiled. In: dispatches, their pipelines and the places of their storages.
 * Out: commands, and one uniform buffer that holds all their sizes (equal ones once).
 */
import type { Dispatch } from '../../codegen/wgsl/emitter'
import type { Command } from './commands'
import type { GpuDevice } from './device'
import { bufferUsage } from './flags'
import { alignment, boundBytes, type Place } from './memory'
import { type Pipelines, sourceOf } from './pipelines'

/** A dispatch with what belongs to it. */
export interface Placed {
  readonly dispatch: Dispatch
  readonly pipeline: GPUComputePipeline
  readonly places: readonly Place[]
  /** Position of its kernel in the program. */
  readonly kernel: number
}

export interface Bound {
  readonly commands: readonly Command[]
  release(): void
}

export function bind(placed: readonly Placed[], device: GpuDevice, pipelines: Pipelines): Bound {
  const { gpu } = device
  const sizes = new SizeTable(placed.map(({ dispatch }) => dispatch.sizes))
  const uniform = gpu.createBuffer({ size: sizes.bytes, usage: bufferUsage.uniform | bufferUsage.copyTarget, label: 'sizes' })
  gpu.queue.writeBuffer(uniform, 0, sizes.words)
  const made = new Map<Dispatch, Command>()
  const commands = placed.map(({ dispatch, pipeline, places, kernel }): Command => {
    // The steps of a scan share dispatches.
    const known = made.get(dispatch)
    if (known) return known
    const at = sizes.placeOf(dispatch.sizes)
    const resources = [...places, ...(at ? [{ buffer: uniform, ...at }] : [])]
    const bindings = gpu.createBindGroup({
      layout: pipelines.layout(sourceOf(dispatch)),
      entries: resources.map((resource, binding) => ({ binding, resource })),
    })
    const command = { pipeline, bindings, workgroups: dispatch.workgroups, label: dispatch.label, kernel }
    made.set(dispatch, command)
    return command
  })
  return { commands, release: () => uniform.destroy() }
}

/** Lists of numbers one after another, each where a uniform binding may begin. */
class SizeTable {
  readonly words: Int32Array<ArrayBuffer>
  private readonly places = new Map<string, { readonly offset: number; readonly size: number }>()

  constructor(lists: readonly (readonly number[])[]) {
    let bytes = 0
    for (const list of lists) {
      const key = list.join()
      if (list.length === 0 || this.places.has(key)) continue
      const size = boundBytes(4 * list.length)
      this.places.set(key, { offset: bytes, size })
      bytes += Math.ceil(size / alignment) * alignment
    }
    this.words = new Int32Array(Math.max(bytes, alignment) / 4)
    for (const [key, { offset }] of this.places) this.words.set(key.split(',').map(Number), offset / 4)
  }

  get bytes(): number {
    return this.words.byteLength
  }

  placeOf(list: readonly number[]) {
    return this.places.get(list.join())
  }
}
