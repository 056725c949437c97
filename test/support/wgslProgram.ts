/** @file Runs a whole program on a WebGPU device in Node, kernel by kernel, on buffers of its own. */
import { emitWgsl } from '../../engine/codegen/wgsl/module'
import { sizeOf } from '../../engine/core/tensor'
import type { Program } from '../../engine/ir/program'
import { gpuTarget, optimize } from '../../engine/optimize/pipeline'
import { type GpuBench, gpuContext, runDispatches, smallTiles } from './wgslKernel'

export type Values = Readonly<Record<string, Float32Array | Int32Array>>

/** Outputs and the state after one run. */
export async function runOnGpu(bench: GpuBench, program: Program, feed: Values): Promise<Values> {
  const kernels = optimize(program, gpuTarget)
  const elements = kernels.buffers.map(({ dtype }) => dtype)
  const context = gpuContext(bench, smallTiles.quads ?? [], elements)
  const given = kernels.buffers.map(({ shape, dtype, name }) => {
    const made = dtype === 'i32' ? new Int32Array(sizeOf(shape)) : new Float32Array(sizeOf(shape)).fill(Number.NaN)
    const held = name === undefined ? undefined : feed[name]
    if (held) made.set(held)
    return made
  })
  const dispatches = kernels.kernels.flatMap((kernel) => emitWgsl(kernel, context))
  const wanted = [
    ...kernels.outputs.map(({ name, buffer }) => ({ name, buffer })),
    ...kernels.state.map(({ name, buffer, update }) => ({ name, buffer: update ?? buffer })),
  ]
  const read = await runDispatches(
    bench,
    dispatches,
    given,
    wanted.map(({ buffer }) => buffer),
  )
  return Object.fromEntries(
    wanted.map(({ name, buffer }, i) => {
      const bytes = read[i] as ArrayBuffer
      return [name, elements[buffer] === 'i32' ? new Int32Array(bytes) : new Float32Array(bytes)]
    }),
  )
}
