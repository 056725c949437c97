/**
 * @file Where a program's buffers lie on the device. In: kernels, what else they need while they run, the state. Out: a place for every storage,
 * and how much memory that takes. Scratch buffers that are never needed at the same time share memory (memory/plan.ts), also with other
 * programs; what goes in and comes out keeps its own until the program is disposed of.
 */
import type { Dispatch, Storage } from '../../codegen/wgsl/emitter'
import { InternalError } from '../../core/diagnostics'
import { sameShape } from '../../core/tensor'
import { bytesOfElements, type Element } from '../../memory/elements'
import { type Life, livesOf, planMemory } from '../../memory/plan'
import type { Buffer, BufferId, KernelProgram } from '../../optimize/kernel'
import type { GpuDevice } from './device'
import { Arena, alignment, expectBindable, layOut, type Place, type ScratchArenas } from './memory'
import type { WebgpuState } from './state'

export interface Placement {
  readonly scratchBytes: number
  /** Storage of a kernel (by its position in the program). */
  place(storage: Storage, kernel: number): Place
  /** Rejects with a diagnosis when the device has not so much memory. */
  ready(): Promise<void>
  release(): void
}

export function placeBuffers(
  kernels: KernelProgram,
  elementOf: (buffer: BufferId) => Element,
  dispatches: readonly (readonly Dispatch[])[],
  state: WebgpuState,
  device: GpuDevice,
  scratch: ScratchArenas,
): Placement {
  const sizeOf = (buffer: BufferId) => bytesOfElements((kernels.buffers[buffer] as Buffer).shape, elementOf(buffer))
  for (const [buffer, { origin }] of kernels.buffers.entries()) expectBindable(device, sizeOf(buffer), origin, origin || undefined)
  const outputs = new Set(kernels.outputs.map(({ buffer }) => buffer))
  const workspaces = workspacesOf(kernels, dispatches)
  for (const { bytes, origin } of workspaces.values()) expectBindable(device, bytes, origin, origin || undefined)
  const lives = [...livesOf(kernels, outputs, sizeOf), ...[...workspaces.values()].map(({ life }) => life)]
  const plan = planMemory(lives, { alignment, segment: device.bufferBytes })
  const own = kernels.buffers.flatMap(({ role }, buffer) =>
    role !== 'state' && (role !== 'scratch' || outputs.has(buffer)) ? [{ buffer, bytes: sizeOf(buffer) }] : [],
  )
  const { offsets, bytes } = layOut(
    own.map((one) => one.bytes),
    device.bufferBytes,
  )
  const kept = new Arena(device, bytes)
  const shared = scratch.take(plan.bytes)
  const places = new Map<number, Place>(own.map((one, i) => [one.buffer, kept.place(offsets[i] as number, one.bytes)]))
  kernels.buffers.forEach(({ role, name, shape }, buffer) => {
    if (role === 'state') {
      const slot = state.slot(name ?? '')
      if (!sameShape(slot.shape, shape)) throw new InternalError('webgpu', `state “${name}” has another shape than the program says`)
      places.set(buffer, slot.place)
    }
    const offset = plan.offsets.get(buffer)
    if (offset !== undefined) places.set(buffer, shared.arena.place(offset, sizeOf(buffer)))
  })
  const largest = [...lives].sort((a, b) => b.bytes - a.bytes)[0]
  const blamed = largest && (kernels.buffers[largest.buffer]?.origin || undefined)
  return {
    scratchBytes: plan.bytes,
    place(storage, kernel) {
      if ('buffer' in storage) return found(places.get(storage.buffer), kernel)
      const workspace = workspaces.get(workspaceKey(kernel, storage.workspace))
      const offset = workspace && plan.offsets.get(workspace.life.buffer)
      return found(offset === undefined ? undefined : shared.arena.place(offset, storage.bytes), kernel)
    },
    async ready() {
      await Promise.all([kept.ready(), shared.arena.ready(blamed)])
    },
    release() {
      kept.dispose()
      shared.release()
    },
  }

  function found(place: Place | undefined, kernel: number): Place {
    if (!place) throw new InternalError('webgpu', 'a kernel uses a buffer that has no place', kernels.kernels[kernel]?.origins[0])
    return place
  }
}

interface Workspace {
  readonly bytes: number
  readonly origin: string
  /** Planned like a buffer of the program, under a number of its own. */
  readonly life: Life
}

const workspaceKey = (kernel: number, workspace: number): string => `${kernel}:${workspace}`

function workspacesOf(kernels: KernelProgram, dispatches: readonly (readonly Dispatch[])[]): Map<string, Workspace> {
  const found = new Map<string, Workspace>()
  dispatches.forEach((ofKernel, kernel) => {
    for (const storage of ofKernel.flatMap(({ storages }) => storages)) {
      if ('buffer' in storage) continue
      const key = workspaceKey(kernel, storage.workspace)
      const known = found.get(key)
      const bytes = Math.max(storage.bytes, known?.bytes ?? 0)
      const buffer = known?.life.buffer ?? kernels.buffers.length + found.size
      found.set(key, { bytes, origin: kernels.kernels[kernel]?.origins[0] ?? '', life: { buffer, bytes, first: kernel, last: kernel } })
    }
  })
  return found
}
