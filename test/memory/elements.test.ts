/** @file Which buffers are stored as halves: activations and their gradients, and nothing whose range or exactness a half would spoil. */
import { describe, expect, it } from 'vitest'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import type { Program } from '../../engine/ir/program'
import { bytesOfElements, elementsOf } from '../../engine/memory/elements'
import { livesOf, planMemory } from '../../engine/memory/plan'
import type { KernelProgram } from '../../engine/optimize/kernel'
import { gpuTarget, optimize } from '../../engine/optimize/pipeline'
import { trainingProgram } from '../support/trainingProgram'

/** Shapes of the buffers that are stored as halves. */
function halvesOf(kernels: KernelProgram): string[] {
  const elementOf = elementsOf(kernels, 'f16')
  return kernels.buffers.flatMap(({ shape }, buffer) => (elementOf(buffer) === 'f16' ? [shape.join('×')] : []))
}

const halvesIn = (program: Program) => halvesOf(optimize(program, gpuTarget))

/** A dense layer's training step by hand: rows and columns differ everywhere, so that a shape names its buffer. */
function denseStep(): Program {
  const b = new ProgramBuilder('dense')
  const x = b.input('x', [90, 70])
  const w = b.state('w', [70, 80])
  const v = b.state('v', [80, 100])
  const hidden = b.tanh(b.matmul(x, w))
  const y = b.matmul(hidden, v)
  b.output('y', y)
  const slope = b.matmul(b.mul(y, 2), v, { transposeB: true })
  const gw = b.matmul(x, b.mul(slope, b.sub(1, b.mul(hidden, hidden))), { transposeA: true })
  b.update('w', b.sub(w, b.mul(gw, 0.1)))
  return b.finish()
}

describe('elements of buffers', () => {
  it('are what the program says where no halves are wanted', () => {
    const kernels = optimize(denseStep(), gpuTarget)
    const elementOf = elementsOf(kernels, 'f32')
    expect(kernels.buffers.map((_, buffer) => elementOf(buffer))).toEqual(kernels.buffers.map(({ dtype }) => dtype))
  })

  it('are halves for activations and their gradients, f32 for outputs, data, state and gradients of weights', () => {
    const halves = halvesIn(denseStep())
    expect(new Set(halves)).toEqual(new Set(['90×80', '90×100']))
  })

  it('stay f32 for statistics and what is made of them and of weights', () => {
    const b = new ProgramBuilder('norm')
    const x = b.input('x', [200, 300])
    const h = b.matmul(x, b.state('w', [300, 256]))
    const scale = b.state('scale', [256])
    const mean = b.mean(h, [0], true)
    const centred = b.sub(h, mean)
    const variance = b.mean(b.mul(centred, centred), [0], true)
    const normal = b.mul(centred, b.div(scale, b.sqrt(b.add(variance, 1e-5))))
    b.output('y', b.matmul(normal, b.state('v', [256, 7])))
    expect(halvesIn(b.finish())).not.toContain('1×256')
    expect(halvesIn(b.finish())).not.toContain('256')
    expect(halvesIn(b.finish())).toContain('200×256')
  })

  it('stay f32 for whole numbers, which halves hold only up to 2048', () => {
    const b = new ProgramBuilder('places')
    const places = b.cast(b.add(b.mul(b.iota([5000], 0), 3), b.input('shift', [5000], 'i32')), 'f32')
    // Products keep what they read in memory.
    b.output('y', b.matmul(b.reshape(places, [1, 5000]), b.state('w', [5000, 9])))
    expect(halvesIn(b.finish())).toEqual([])
  })

  it('stay f32 for what a scan carries, and are halves for what it gives at every item', () => {
    const b = new ProgramBuilder('recurrent')
    const x = b.matmul(b.input('x', [12 * 10, 30]), b.state('u', [30, 20]))
    const w = b.state('w', [20, 20])
    const { stacked } = b.scan(
      { constants: [w], initial: [b.constant(0, [10, 20])], sequences: [b.reshape(x, [12, 10, 20])] },
      (s, now) => {
        const [h, item, kernel] = [now.carried[0], now.items[0], now.constants[0]] as [Tensor, Tensor, Tensor]
        const next = s.tanh(s.add(item, s.matmul(h, kernel)))
        return { carried: [next], items: [s.mul(next, 2)] }
      },
    )
    b.output('y', b.matmul(b.reshape(stacked[0] as Tensor, [120, 20]), b.state('v', [20, 3])))
    const kernels = optimize(b.finish(), gpuTarget)
    const scan = kernels.kernels.find(({ kind }) => kind === 'scan')
    if (scan?.kind !== 'scan') throw new Error('there is no scan')
    const elementOf = elementsOf(kernels, 'f16')
    const again = new Set(scan.steps.flatMap(({ writes }) => writes))
    for (const buffer of scan.before.flatMap(({ writes }) => writes)) if (again.has(buffer)) expect(elementOf(buffer)).toBe('f32')
    expect(halvesOf(kernels)).toContain('12×10×20')
  })

  it('stay f32 where a half would save nothing', () => {
    const b = new ProgramBuilder('small')
    const w = b.state('w', [8, 8])
    b.output('y', b.matmul(b.matmul(b.input('x', [8, 8]), w), w))
    expect(halvesIn(b.finish())).toEqual([])
  })

  // Most of what an MLP needs are the gradients of its first weights.
  it.each([
    ['lenet', 0.75],
    ['mlp', 1],
    ['resnet18', 0.75],
  ] as const)(
    'of %s: no state, output, gradient of a weight or result of a reduction is a half; the plan shrinks',
    async (template, share) => {
      const kernels = optimize(await trainingProgram(template), gpuTarget)
      const elementOf = elementsOf(kernels, 'f16')
      const kept = new Set(kernels.outputs.map(({ buffer }) => buffer))
      for (const [buffer, { role, dtype }] of kernels.buffers.entries())
        if (role !== 'scratch' || dtype !== 'f32' || kept.has(buffer)) expect(elementOf(buffer)).toBe(dtype)
      for (const kernel of kernels.kernels) {
        if (kernel.kind === 'conv' && kernel.direction === 'kernelGrad') expect(elementOf(kernel.out)).toBe('f32')
        if (kernel.kind !== 'loop') continue
        for (const { buffer, reduce } of kernel.results) if (reduce) expect(elementOf(buffer)).toBe('f32')
      }
      const planned = (storage: 'f32' | 'f16') => {
        const element = elementsOf(kernels, storage)
        const size = (buffer: number) => bytesOfElements(kernels.buffers[buffer]?.shape ?? [], element(buffer))
        return planMemory(livesOf(kernels, kept, size), { alignment: 256 }).bytes
      }
      expect(planned('f16')).toBeLessThan(share * planned('f32'))
    },
  )
})
