/**
 * @file The CPU backend: programs become WebAssembly modules that run on a pool of threads over one shared memory.
 * In: programs and state. Out: executables. Compilation: optimise → plan memory → write code → load it into every thread.
 */
import { controlBytes } from '../../codegen/wasm/barrier'
import type { ConvolutionMethod, KernelVariant } from '../../codegen/wasm/emitter'
import { type EmittedModule, emitModule } from '../../codegen/wasm/module'
import { diagnosedError, InternalError } from '../../core/diagnostics'
import { bytesOf, sameShape } from '../../core/tensor'
import type { Program } from '../../ir/program'
import { type Life, livesOf, planMemory } from '../../memory/plan'
import type { KernelProgram } from '../../optimize/kernel'
import { optimizeForCpu } from '../../optimize/pipeline'
import type { Backend, BackendInfo, StateSpec } from '../backend'
import { chooseVariant } from './autotune'
import { type Loaded, WasmExecutable } from './executable'
import { DeviceMemory, OutOfMemory } from './memory'
import { ThreadPool } from './pool'
import { ScratchRegions, type ScratchUse } from './scratch'
import { WasmState } from './state'
import type { Spawn } from './thread'

export interface WasmOptions {
  /** All threads, the caller's included; by default what the machine has, at most 8. */
  readonly threads?: number
  /** Default: measured once (autotune.ts). */
  readonly variant?: KernelVariant
  /** Default: the fastest. */
  readonly convolution?: ConvolutionMethod
  readonly spawn: Spawn
}

/** More threads than this rarely help the sizes people train here. */
export const mostThreads = 8

/** Address 0 stays unused, the control block comes next. */
const controlAddress = 1024

export async function createWasmBackend(options: WasmOptions): Promise<Backend> {
  const variant = { ...(options.variant ?? (await chooseVariant())), convolution: options.convolution }
  // Pages that are not isolated have the constructor but may not share.
  const mayShare =
    typeof SharedArrayBuffer !== 'undefined' && (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false
  const machine = Math.min(mostThreads, globalThis.navigator?.hardwareConcurrency ?? 1)
  const threads = mayShare ? Math.max(1, options.threads ?? machine) : 1
  const device = new DeviceMemory(mayShare, controlAddress + controlBytes)
  const pool = await ThreadPool.start(device, controlAddress, threads, options.spawn)
  const bits = variant.columns >= 16 ? 256 : 128
  return new WasmBackend(
    {
      id: 'wasm',
      label: { en: `CPU · ${threads} thread${threads > 1 ? 's' : ''} · ${bits}-bit`, zh: `CPU · ${threads} 线程 · ${bits} 位` },
      threads,
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
      throw tooLarge(reason, largest?.name ?? '', undefined)
    }
  }

  async compile(program: Program, state: unknown): Promise<WasmExecutable> {
    if (!(state instanceof WasmState)) throw new InternalError('wasm', 'the state belongs to another backend')
    const kernels = optimizeForCpu(program)
    const { module, ...rest } = this.emit(kernels, state)
    let id: number
    try {
      id = await this.pool.load(await WebAssembly.compile(module.bytes))
    } catch (reason) {
      rest.release()
      throw reason
    }
    const groups = module.groups.map(({ phases, parallel }) => ({ label: phases.map(({ label }) => label).join(' + '), parallel }))
    const release = () => {
      this.pool.unload(id)
      rest.release()
    }
    return new WasmExecutable(program, { ...rest, id, groups, kernels, release }, this.device, this.pool)
  }

  async dispose(): Promise<void> {
    await this.pool.dispose()
  }

  /** Places every buffer and writes the code. */
  private emit(kernels: KernelProgram, state: WasmState): Pick<Loaded, 'address' | 'memory' | 'release'> & { module: EmittedModule } {
    const owned: number[] = []
    const own = (bytes: number): number => {
      const address = this.device.allocate(bytes)
      owned.push(address)
      return address
    }
    const uses: ScratchUse[] = []
    const release = () => {
      for (const address of owned.splice(0)) this.device.release(address)
      for (const use of uses.splice(0)) use.release()
    }
    const outputs = new Set(kernels.outputs.map(({ buffer }) => buffer))
    const plan = planMemory(livesOf(kernels, outputs))
    try {
      const addresses = kernels.buffers.map(({ role, shape, name }, buffer) => {
        if (role === 'state') {
          const slot = state.slot(name ?? '')
          if (!sameShape(slot.shape, shape)) throw new InternalError('wasm', `state “${name}” has another shape than the program says`)
          return slot.address
        }
        // What the caller fills or reads must outlast other executables' runs; the rest is shared with them.
        return role === 'scratch' && !outputs.has(buffer) ? undefined : own(bytesOf(shape))
      })
      const scratch = this.scratch.take(plan.bytes)
      uses.push(scratch)
      const address = (buffer: number): number => addresses[buffer] ?? scratch.address + (plan.offsets.get(buffer) ?? 0)
      const write = (kernelScratch: number) =>
        emitModule(kernels, {
          limits: { initialPages: 1, maximumPages: this.device.maximumPages, shared: this.device.shared },
          variant: this.variant,
          control: controlAddress,
          address,
          kernelScratch,
          allocateTable: own,
        })
      // How much the kernels need beside is known once they are written; if it is more than there is, they are written again.
      let workspace = this.scratch.takeWorkspace(0)
      let module = write(workspace.address)
      uses.push(workspace)
      if (module.kernelScratchBytes > workspace.bytes) {
        workspace = this.scratch.takeWorkspace(module.kernelScratchBytes)
        uses.push(workspace)
        module = write(workspace.address)
      }
      for (const table of module.tables) this.device.ints(table.address, table.values.length).set(table.values)
      const memory = { scratchBytes: plan.bytes + module.kernelScratchBytes, stateBytes: state.bytes }
      return { module, address, memory, release }
    } catch (reason) {
      release()
      if (!(reason instanceof OutOfMemory)) throw reason
      const largest = [...plan.lives].sort((a: Life, b: Life) => b.bytes - a.bytes)[0]
      const origin = largest ? kernels.buffers[largest.buffer]?.origin : undefined
      throw tooLarge(reason, origin ?? '', origin)
    }
  }
}

const inMebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`

const tooLarge = (reason: OutOfMemory, detail: string, nodeId: string | undefined) =>
  diagnosedError(
    'backend.memory',
    { got: inMebibytes(reason.needed), expected: inMebibytes(reason.limit), detail },
    nodeId ? { nodeId } : {},
  )
