/** @file Images go to HWNC and values stay; in a whole network transposes remain only at the image and before the flattening. */
import { describe, expect, it } from 'vitest'
import { hash32, toUnit } from '../../engine/core/random'
import { sizeOf } from '../../engine/core/tensor'
import { ProgramBuilder } from '../../engine/ir/builder'
import { evaluate, type Feed } from '../../engine/ir/evaluate'
import type { Instruction, Program } from '../../engine/ir/program'
import { verify } from '../../engine/ir/verify'
import { layout } from '../../engine/optimize/layout'
import { simplify } from '../../engine/optimize/simplify'
import { expectAllClose } from '../support/allclose'
import { randomProgram } from '../support/randomProgram'
import { trainingProgram } from '../support/trainingProgram'

const noise = (length: number, key: number) => Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 1)

function feedOf(program: Program): Feed {
  const feed: Record<string, Float32Array | Int32Array> = {}
  program.values.forEach(({ op, shape, dtype }, id) => {
    if (op.op === 'input')
      feed[op.name] = dtype === 'i32' ? Int32Array.from({ length: sizeOf(shape) }, (_, i) => i % 3) : noise(sizeOf(shape), id)
  })
  return feed
}

function expectSame(program: Program, label = program.name): Program {
  const after = layout(program)
  verify(after, 'layout')
  const feed = feedOf(program)
  const a = evaluate(program, feed)
  const b = evaluate(after, feed)
  program.outputs.forEach(({ name, value }, i) => {
    const now = after.outputs[i]?.value as number
    expect(after.values[now]?.shape).toEqual(program.values[value]?.shape)
    expectAllClose(b.get(now) as Float64Array, a.get(value) as Float64Array, 1e-9, `${label}: ${name}`, 1)
  })
  return after
}

/** Elements moved by transposes of images (rank 4). */
const turnedImages = (program: Program): Instruction[] =>
  program.values.filter(({ op, shape }) => op.op === 'transpose' && shape.length === 4)

describe('layout', () => {
  it('leaves programs without images alone', () => {
    for (let seed = 0; seed < 60; seed++) expectSame(randomProgram(seed).program, `seed ${seed}`)
  })

  it('keeps every windowed op and what surrounds it', () => {
    const b = new ProgramBuilder('windows')
    const window = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], layout: 'NCHW', groups: 1 } as const
    const pool = { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1], layout: 'NCHW' } as const
    const x = b.input('x', [2, 3, 8, 6])
    const kernel = b.input('k', [4, 3, 3, 3])
    const y = b.conv2d(x, kernel, window)
    const biased = b.max(b.add(y, b.perChannel(b.input('bias', [4]), y.shape)), 0)
    const joined = b.concat([biased, b.slice(b.conv2d(x, kernel, window), [0, 1, 0, 0], [2, 3, 8, 6])], 1)
    const padded = b.pad(joined, [0, 0, 1, 0], [0, 1, 1, 2])
    const pooled = b.maxPool2d(padded, pool)
    const average = b.avgPool2d(padded, pool)
    b.output('pooled', pooled)
    b.output('statistics', b.mean(average, [0, 2, 3]))
    b.output('channel', b.sum(average, [1]))
    b.output('index', b.emit({ op: 'maxPool2dIndex', window: pool }, [padded]))
    b.output('image gradient', b.emit({ op: 'conv2dInputGrad', window }, [y, kernel], { shape: x.shape, dtype: 'f32' }))
    b.output('kernel gradient', b.emit({ op: 'conv2dKernelGrad', window }, [x, y], { shape: kernel.shape, dtype: 'f32' }))
    b.output('moved', b.transpose(biased, [1, 0, 3, 2]))
    b.output('random', b.mul(biased, b.random(biased.shape)))
    b.output('best', b.argMax(biased, 1))
    const after = expectSame(b.finish())
    for (const { op } of after.values) if ('window' in op) expect(op.window.layout).toBe('HWNC')
  })

  it.each([
    ['lenet', { batchSize: 4 }, 4],
    ['resnet18', { batchSize: 2, imageSize: 32 }, 2],
    ['googlenet', { batchSize: 2, imageSize: 64 }, 2],
  ] as const)('leaves few transposes in %s', async (id, params, most) => {
    const program = simplify(layout(simplify(await trainingProgram(id, params))))
    verify(program, 'layout')
    expect(turnedImages(program).length).toBeLessThanOrEqual(most)
  })
})
