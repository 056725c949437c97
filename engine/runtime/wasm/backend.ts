/**
 * @file The CPU backend: programs become WebAssembly modules that run on a pool of threads over one shared memory.
 * In: programs and state. Out: executables. Compilation: optimise → plan memory → write code → load it into every thread.
 */
import { controlBytes, mostThreads } from '../../codegen/wasm/dispatch'
import type { ConvolutionMethod, KernelVariant } from '../../codegen/wasm/emitter'
import type { ModuleOptions } from '../../codegen/wasm/module'
import { InternalError } from '../../core/diagnostics'
import { bytesOf, sameShape } from '../../core/tensor'
import type { Program } from '../../ir/program'
import type { Life } from '../../memory/plan'
import type { Backend, BackendInfo, MemoryForecast, StateSpec } from '../backend'
import type { ChoiceStore } from '../choices'
import { chooseVariant } from './autotune'
import { staysAwake } from './awake'
import { type Blueprint, drawBlueprint } from './blueprint'
import { WasmExecutable } from './executable'
import { DeviceMemory, OutOfMemory } from './memory'
import { ThreadPool } from './pool'
import { ScratchRegions, type ScratchUse } from './scratch'
import { WasmState } from './state'
import type { Spawn } from './thread'
import { tooLarge } from './too-large'

export interface WasmOptions {
  /** All threads, the caller's included; by default what the machine has, at most 8. */
  readonly threads?: number
  /** Default: measured once (autotune.ts). */
  readonly variant?: KernelVariant
  /** Where measured choices are kept; absent: nowhere. */
  readonly choices?: ChoiceStore
  /** Default: the fastest. */
  readonly convolution?: ConvolutionMethod
  readonly spawn: Spawn
}

/** Address 0 stays unused, the control block comes next. */
const controlAddress = 1024

export async function createWasmBackend(options: WasmOptions): Promise<Backend> {
  const variant = { ...(options.variant ?? (await chooseVariant(options.choices))), convolution: options.convolution }
  // Pages that are not isolated have the constructor but may not share.
  const mayShare =
    typeof SharedArrayBuffer !== 'undefined' && (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false
  const machine = Math.min(mostThreads, globalThis.navigator?.hardwareConcurrency ?? 1)
  const threads = mayShare ? Math.max(1, Math.min(mostThreads, options.threads ?? machine)) : 1
  const device = new DeviceMemory(mayShare, controlAddress + controlBytes)
  const pool = await ThreadPool.start(device, controlAddress, threads, options.spawn)
  const bits = variant.columns >= 16 ? 256 : 128
  return new WasmBackend(
    {
      id: 'wasm',
      label: { en: `CPU · ${threads} thread${threads > 1 ? 's' : ''} · ${bits}-bit`, zh: `CPU · ${threads} 线程 · ${bits} 位` },
      threads,
      variant,
    },
    variant,
    device,
    pool,
  )
}

class WasmBackend implements Backend {
  private readonly scratch: ScratchRegions

  constructor(
    readonly info: BackendInfo,
    private readonly variant: KernelVariant,
    private readonly device: DeviceMemory,
    private readonly pool: ThreadPool,
  ) {
    this.scratch = new ScratchRegions(device)
  }

  createState(specs: readonly StateSpec[]): WasmState {
    try {
      return new WasmState(specs, this.device)
    } catch (reason) {
      if (!(reason instanceof OutOfMemory)) throw reason
      const largest = [...specs].sort((a, b) => bytesOf(b.shape) - bytesOf(a.shape))[0]
      throw tooLarge(reason, largest?.name ?? '')
    }
  }

  async compile(program: Program, state: unknown): Promise<WasmExecutable> {
    if (!(state instanceof WasmState)) throw new InternalError('wasm', 'the state belongs to another backend')
    const blueprint = drawBlueprint(program, this.options, (name) => state.layoutOf(name))
    const placed = this.place(blueprint, state)
    const groups = blueprint.module.groups.map(({ parts }) => {
      const steps = parts.flatMap((part) => part.steps)
      return { label: steps.map(({ phase }) => phase.label).join(' + '), origins: [...new Set(steps.flatMap(({ origins }) => origins))] }
    })
    try {
      const { bytes, fixed } = blueprint.module.link({ control: controlAddress, fixed: placed.fixed, of: placed.address })
      this.device.ints(placed.fixed, fixed.length).set(fixed)
      const id = await staysAwake(WebAssembly.compile(bytes).then((compiled) => this.pool.load(compiled)))
      const release = () => {
        this.pool.unload(id)
        placed.release()
      }
      const { scratchBytes, stateBytes } = blueprint
      return new WasmExecutable(
        program,
        { id, groups, kernels: blueprint.kernels, address: placed.address, memory: { scratchBytes, stateBytes }, release },
        this.device,
        this.pool,
      )
    } catch (reason) {
      placed.release()
      throw reason
    }
  }

  forecast(program: Program): MemoryForecast {
    const { scratchBytes, stateBytes } = drawBlueprint(program, this.options)
    return { scratchBytes, stateBytes, limitBytes: this.device.limit - controlAddress - controlBytes }
  }

  async dispose(): Promise<void> {
    await this.pool.dispose()
  }

  private get options(): ModuleOptions {
    const { maximumPages, shared } = this.device
    return { limits: { initialPages: 1, maximumPages, shared }, variant: this.variant, threads: this.info.threads }
  }

  /** Gives every buffer, workspace and table an address. */
  private place({ kernels, plan, kept, module }: Blueprint, state: WasmState): Placement {
    const owned: number[] = []
    const own = (bytes: number): number => {
      const address = this.device.allocate(bytes)
      owned.push(address)
      return address
    }
    let scratch: ScratchUse | undefined
    const release = () => {
      for (const address of owned.splice(0)) this.device.release(address)
      scratch?.release()
    }
    try {
      const packings = new Map(kernels.state.map(({ buffer, packing }) => [buffer, packing]))
      const addresses = kernels.buffers.map(({ role, shape, name }, buffer) => {
        if (role === 'state') {
          const slot = state.settle(name ?? '', packings.get(buffer))
          if (!sameShape(slot.shape, shape)) throw new InternalError('wasm', `state “${name}” has another shape than the program says`)
          return slot.address
        }
        return kept.has(buffer) ? own(bytesOf(shape)) : undefined
      })
      scratch = this.scratch.take(plan.bytes)
      const base = scratch.address
      const address = (buffer: number): number => addresses[buffer] ?? base + (plan.offsets.get(buffer) ?? 0)
      return { address, fixed: own(module.fixedBytes), release }
    } catch (reason) {
      release()
      if (!(reason instanceof OutOfMemory)) throw reason
      const largest = [...plan.lives].sort((a: Life, b: Life) => b.bytes - a.bytes)[0]
      const origin = largest ? kernels.buffers[largest.buffer]?.origin : undefined
      throw tooLarge(reason, origin ?? '', origin)
    }
  }
}

interface Placement {
  /** Of buffers and workspaces. */
  address(buffer: number): number
  /** Of tables and records. */
  readonly fixed: number
  release(): void
}
