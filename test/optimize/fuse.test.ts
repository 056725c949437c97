/** @file What fusion must and must not do, on small programs; and golden listings of whole training steps, byte for byte. */
import { describe, expect, it } from 'vitest'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Program } from '../../engine/ir/program'
import { fuse } from '../../engine/optimize/fuse'
import type { Kernel, KernelProgram, LoopKernel } from '../../engine/optimize/kernel'
import { cpuTarget, optimize } from '../../engine/optimize/pipeline'
import { printKernels } from '../../engine/optimize/print'
import { randomProgram } from '../support/randomProgram'
import { trainingProgram } from '../support/trainingProgram'

const loops = ({ kernels }: KernelProgram): (Kernel & LoopKernel)[] => kernels.flatMap((kernel) => (kernel.kind === 'loop' ? [kernel] : []))

function kernelsOf(write: (b: ProgramBuilder) => void): KernelProgram {
  const b = new ProgramBuilder('test')
  write(b)
  return optimize(b.finish(), cpuTarget)
}

describe('fusion', () => {
  it('makes one kernel of an elementwise chain, with movement as views', () => {
    const program = kernelsOf((b) => {
      const x = b.input('x', [64, 128])
      const row = b.input('row', [128])
      const column = b.input('column', [64, 1])
      b.output('y', b.transpose(b.exp(b.mul(b.add(x, row), column)), [1, 0]))
    })
    expect(loops(program)).toHaveLength(1)
    expect(loops(program)[0]?.body.filter(({ op }) => op === 'load')).toHaveLength(3)
  })

  it('cuts a chain of thousands before it outgrows the call stack', () => {
    const program = kernelsOf((b) => {
      let x = b.input('x', [8])
      for (let i = 0; i < 6000; i++) x = b.tanh(x)
      b.output('y', x)
    })
    const counts = loops(program).map(({ body }) => body.filter(({ op }) => op === 'unary').length)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6000)
    expect(Math.max(...counts)).toBeLessThan(300)
  })

  it('walks contiguous tensors along one axis', () => {
    const program = kernelsOf((b) => b.output('y', b.tanh(b.reshape(b.input('x', [4, 5, 6]), [20, 6]))))
    expect(loops(program)[0]?.axes).toEqual([120])
  })

  it('takes statistics together, and the work before them', () => {
    const program = kernelsOf((b) => {
      const x = b.exp(b.input('x', [4096, 32]))
      b.output('sum', b.sum(x, [0]))
      b.output('squares', b.sum(b.mul(x, x), [0]))
    })
    expect(loops(program)).toHaveLength(1)
    expect(loops(program)[0]?.results.map(({ reduce }) => reduce)).toEqual(['sum', 'sum'])
  })

  it('stores what a reduction and others need, in one pass', () => {
    const program = kernelsOf((b) => {
      const x = b.tanh(b.exp(b.input('x', [4096, 32])))
      b.output('x', x)
      b.output('sum', b.sum(x, [0]))
    })
    expect(loops(program)).toHaveLength(1)
  })

  it('does not merge reductions over different axes', () => {
    const program = kernelsOf((b) => {
      const x = b.input('x', [512, 512])
      b.output('rows', b.sum(x, [1]))
      b.output('columns', b.sum(x, [0]))
    })
    expect(loops(program)).toHaveLength(2)
  })

  it('computes cheap work twice rather than storing it, but not exponentials of much data', () => {
    const consumers = (kind: 'cheap' | 'dear') =>
      kernelsOf((b) => {
        const x = b.input('x', [256, 256])
        const y = kind === 'cheap' ? b.mul(x, 3) : b.sin(x)
        b.output('a', b.sum(y, [0]))
        b.output('b', b.sum(y, [1]))
      })
    expect(consumers('cheap').buffers.filter(({ role, shape }) => role === 'scratch' && shape.length === 2)).toHaveLength(0)
    expect(consumers('dear').buffers.filter(({ role, shape }) => role === 'scratch' && shape.length === 2)).toHaveLength(1)
  })

  it('updates parameters and optimiser state in place, in one pass', () => {
    const program = kernelsOf((b) => {
      const w = b.state('w', [1000])
      const v = b.state('w:v', [1000])
      const g = b.input('g', [1000])
      const next = b.add(b.mul(v, 0.9), g)
      b.update('w:v', next)
      b.update('w', b.sub(w, b.mul(next, 0.1)))
    })
    expect(program.kernels).toHaveLength(1)
    expect(program.buffers.filter(({ role }) => role === 'scratch')).toHaveLength(0)
  })

  it('lets slots exchange their values', () => {
    const program = kernelsOf((b) => {
      const a = b.state('a', [8])
      const c = b.state('c', [8])
      b.update('a', c)
      b.update('c', a)
    })
    const written = program.kernels.flatMap(({ writes }) => writes)
    for (const { buffer } of program.state) expect(written).toContain(buffer)
  })

  it('folds a bias into the product when nothing else is done to it', () => {
    const program = kernelsOf((b) => {
      const y = b.matmul(b.input('x', [8, 16]), b.state('kernel', [16, 4]))
      b.output('y', b.add(y, b.state('bias', [4])))
    })
    expect(program.kernels).toMatchObject([{ kind: 'matmul', bias: expect.any(Number) }])
  })

  it('finds the maxima of a pool and where they were in one kernel', () => {
    const program = kernelsOf((b) => {
      const window = { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1], layout: 'NCHW' } as const
      const x = b.exp(b.input('x', [2, 3, 4, 4]))
      const y = b.maxPool2d(x, window)
      const index = b.emit({ op: 'maxPool2dIndex', window }, [x])
      b.output('y', y)
      b.output('dx', b.emit({ op: 'maxPool2dGrad', window }, [index, y], x))
    })
    expect(program.kernels.filter(({ kind }) => kind === 'pool')).toMatchObject([
      { variant: 'maxForward', index: expect.any(Number) },
      { variant: 'maxBackward' },
    ])
  })

  it('writes the parts of a concatenation where they belong', () => {
    const program = kernelsOf((b) => {
      const x = b.input('x', [32, 10])
      b.output('y', b.concat([b.exp(x), b.neg(x)], 1))
    })
    expect(program.buffers.filter(({ role }) => role === 'scratch')).toHaveLength(1)
    expect(loops(program).flatMap(({ results }) => results.map(({ strides }) => strides))).toEqual([
      [20, 1],
      [20, 1],
    ])
  })

  it('does softmax cross-entropy in few passes', async () => {
    const program = kernelsOf((b) => {
      const logits = b.input('logits', [256, 1000])
      const logP = b.logSoftmax(logits, 1)
      b.output('loss', b.neg(b.mean(b.sum(b.mul(logP, b.oneHot(b.input('label', [256], 'i32'), 1000)), [1]))))
    })
    const passes = loops(program).filter(({ axes }) => axes.reduce((p, e) => p * e, 1) >= 256_000)
    expect(passes.length).toBeLessThanOrEqual(3)
    expect(program.buffers.filter(({ role, shape }) => role === 'scratch' && shape.length > 1)).toHaveLength(0)
  })

  it('is a function of the program alone', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { program } = randomProgram(seed)
      expect(fuse(program, 8)).toEqual(fuse(program, 8))
    }
  })
})

describe('the limit of buffers', () => {
  const distinct = ({ reads, writes }: Kernel) => new Set([...reads, ...writes]).size
  const loopLimits = (program: Program, buffersPerKernel: number) => {
    const fused = loops(optimize(program, { buffersPerKernel }))
    for (const kernel of fused) expect(distinct(kernel), JSON.stringify(kernel)).toBeLessThanOrEqual(buffersPerKernel)
    return fused
  }

  it('cuts one long sum where it has too many terms', () => {
    const b = new ProgramBuilder('test')
    const terms = Array.from({ length: 20 }, (_, i) => b.input(`x${i}`, [64]))
    b.output(
      'y',
      terms.reduce((sum, term) => b.add(sum, term)),
    )
    // The first kernel takes seven terms, every other one the sum so far and six more.
    expect(loopLimits(b.finish(), 8)).toHaveLength(4)
  })

  it.each(['resnet18', 'googlenet'])('holds in a training step of %s', async (id) => {
    const program = await trainingProgram(id, { batchSize: 2, imageSize: 64 }, 'adam')
    expect(loopLimits(program, 8).length).toBeGreaterThan(0)
    expect(loops(optimize(program, cpuTarget)).some((kernel) => distinct(kernel) > 8)).toBe(true)
  })

  it('holds in any program', () => {
    for (let seed = 0; seed < 40; seed++) loopLimits(randomProgram(seed).program, 5)
  })
})

/** An optimisation shows here what it changed; a refactoring changes nothing. Update with `vitest -u` and read the difference. */
describe('golden kernels', () => {
  it.each([
    ['softmax-regression', { batchSize: 8 }],
    ['mlp', { batchSize: 8 }],
    ['xor-mlp', { batchSize: 4 }],
    ['lenet', { batchSize: 8 }],
    ['resnet18', { batchSize: 2, imageSize: 32 }],
    ['googlenet', { batchSize: 2, imageSize: 64 }],
  ] as const)('%s', async (id, params) => {
    await expect(printKernels(optimize(await trainingProgram(id, params), cpuTarget))).toMatchFileSnapshot(`golden/${id}.txt`)
  })
})
