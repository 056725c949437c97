/**
 * @file The GPU backend: programs become WGSL kernels that run on one WebGPU device. In: programs and state. Out: executables.
 * Compilation: optimise → write code → compile pipelines → plan memory → bind → let the device check it.
 */
import type { Dispatch, GpuContext, GpuTile } from '../../codegen/wgsl/emitter'
import { emitWgsl } from '../../codegen/wgsl/module'
import { diagnosedError, InternalError } from '../../core/diagnostics'
import type { Program } from '../../ir/program'
import { elementsOf } from '../../memory/elements'
import type { Kernel, KernelProgram } from '../../optimize/kernel'
import { gpuTarget, optimize } from '../../optimize/pipeline'
import type { Backend, BackendInfo, ProgramOptions, StateSpec } from '../backend'
import type { ChoiceStore } from '../choices'
import { factsOf } from './adapter'
import { chooseTiles } from './autotune'
import { bind, type Placed } from './bindings'
import type { Loaded } from './commands'
import { GpuDevice } from './device'
import { WebgpuExecutable } from './executable'
import { kernelRefused } from './failures'
import { ScratchArenas } from './memory'
import { Pipelines, ShaderError, sourceOf } from './pipelines'
import { placeBuffers } from './placement'
import { Readback } from './readback'
import { WebgpuState } from './state'
import { firstRefused } from './trial'

export type Emit = (kernel: Kernel, context: GpuContext) => readonly Dispatch[]

export interface WebgpuOptions {
  readonly gpu: GPU
  readonly powerPreference?: GPUPowerPreference
  /** Where measured choices are kept; absent: nowhere. */
  readonly choices?: ChoiceStore
  /** Writes the kernels; for tests of the runtime alone. */
  readonly emit?: Emit
}

/** Rejects with a `DiagnosedError` where there is no adapter. */
export async function createWebgpuBackend({
  gpu,
  powerPreference = 'high-performance',
  choices,
  emit = emitWgsl,
}: WebgpuOptions): Promise<Backend> {
  const adapter = await gpu.requestAdapter({ powerPreference })
  if (!adapter) throw diagnosedError('backend.unavailable', { got: 'webgpu', detail: noAdapter })
  const facts = factsOf(adapter)
  const { label, software } = facts
  const device = await GpuDevice.open(adapter, facts)
  const info: BackendInfo = {
    id: 'webgpu',
    label,
    threads: 1,
    asynchronous: true,
    ...(software ? { software } : {}),
    ...(device.halves ? { halves: true } : {}),
  }
  return new WebgpuBackend(info, device, choices, emit)
}

const noAdapter = {
  en: 'no graphics adapter was found; install or update the graphics driver',
  zh: '没有找到图形适配器；请安装或更新显卡驱动',
}

class WebgpuBackend implements Backend {
  private readonly pipelines: Pipelines
  private readonly scratch: ScratchArenas
  private readonly readback: Readback
  private tiles: Promise<readonly GpuTile[]> | undefined

  constructor(
    readonly info: BackendInfo,
    private readonly device: GpuDevice,
    private readonly choices: ChoiceStore | undefined,
    private readonly emit: Emit,
  ) {
    this.pipelines = new Pipelines(device)
    this.scratch = new ScratchArenas(device)
    this.readback = new Readback(device)
  }

  get failure() {
    return this.device.failure
  }

  createState(specs: readonly StateSpec[]): WebgpuState {
    this.device.check()
    return new WebgpuState(specs, this.device, this.readback)
  }

  async compile(program: Program, state: unknown, { storage = 'f32' }: ProgramOptions = {}): Promise<WebgpuExecutable> {
    if (!(state instanceof WebgpuState)) throw new InternalError('webgpu', 'the state belongs to another backend')
    this.device.check()
    const kernels = optimize(program, gpuTarget)
    const context: GpuContext = {
      limits: this.device.limits,
      subgroups: this.device.subgroups,
      tiles: await this.chosenTiles(),
      elementOf: elementsOf(kernels, storage),
    }
    const dispatches = kernels.kernels.map((kernel) => this.emit(kernel, context))
    const pipelines = await this.compileAll(kernels, dispatches)
    const loaded = await this.load(kernels, context, dispatches, pipelines, state)
    return new WebgpuExecutable(program, loaded, this.device, this.readback)
  }

  async dispose(): Promise<void> {
    this.device.dispose()
  }

  /** Measured when first needed: a device that is only listed costs nothing. */
  private chosenTiles(): Promise<readonly GpuTile[]> {
    this.tiles ??= this.device.guard(chooseTiles(this.device, this.choices))
    return this.tiles
  }

  /** A pipeline for every dispatch of every kernel. */
  private compileAll(kernels: KernelProgram, dispatches: readonly (readonly Dispatch[])[]): Promise<GPUComputePipeline[][]> {
    return Promise.all(
      dispatches.map((ofKernel, kernel) =>
        Promise.all(
          ofKernel.map(async (dispatch) => {
            try {
              return await this.pipelines.pipeline(sourceOf(dispatch))
            } catch (reason) {
              if (!(reason instanceof ShaderError)) throw reason
              throw kernelRefused(dispatch.label, reason.message, kernels.kernels[kernel]?.origins[0])
            }
          }),
        ),
      ),
    )
  }

  /** Everything a run needs, made once; the device has looked at every dispatch before anything runs. */
  private async load(
    kernels: KernelProgram,
    { elementOf }: GpuContext,
    dispatches: readonly (readonly Dispatch[])[],
    pipelines: readonly (readonly GPUComputePipeline[])[],
    state: WebgpuState,
  ): Promise<Loaded> {
    const placement = placeBuffers(kernels, elementOf, dispatches, state, this.device, this.scratch)
    const placed = dispatches.flatMap((ofKernel, kernel) =>
      ofKernel.map(
        (dispatch, i): Placed => ({
          dispatch,
          pipeline: pipelines[kernel]?.[i] as GPUComputePipeline,
          places: dispatch.storages.map((storage) => placement.place(storage, kernel)),
          kernel,
        }),
      ),
    )
    const { commands, release: unbind } = bind(placed, this.device, this.pipelines)
    const release = () => {
      unbind()
      placement.release()
    }
    try {
      await Promise.all([state.ready(), placement.ready()])
      const refusal = await firstRefused(commands, this.device)
      if (refusal) throw kernelRefused(refusal.command.label, refusal.detail, kernels.kernels[refusal.command.kernel]?.origins[0])
    } catch (reason) {
      release()
      throw reason
    }
    return {
      kernels,
      commands,
      memory: { scratchBytes: placement.scratchBytes, stateBytes: state.bytes },
      place: (buffer) => placement.place({ buffer }, 0),
      release,
    }
  }
}
