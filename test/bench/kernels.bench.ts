/**
 * @file How fast generated matrix kernels are on one thread, shape by shape, beside PyTorch on one thread where it is installed: the
 * convolutions and products of LeNet (batch 256), ResNet-18 (batch 16, 64×64) and GoogLeNet (batch 16, 96×96).
 * Run by `npm run bench`; in: nothing. Out: rows of milliseconds and GFLOP/s.
 */
import { execFileSync } from 'node:child_process'
import { emitConv } from '../../engine/codegen/wasm/conv'
import type { EmitContext, KernelVariant, Phase } from '../../engine/codegen/wasm/emitter'
import { emitMatmul } from '../../engine/codegen/wasm/matmul'
import { type ConvShape, convKernel, elementsOf, sizesOf, square } from '../support/convolution'
import { KernelBench } from '../support/wasmKernel'

export interface KernelTiming {
  readonly name: string
  readonly milliseconds: number
  /** Operations of taps inside the image, and of those in the padding too, as they are usually counted. */
  readonly gigaflops: number
  readonly torchMilliseconds?: number
  /** Milliseconds of each phase. */
  readonly phases: readonly number[]
}

const convolutions: readonly (readonly [string, ConvShape])[] = [
  ['LeNet conv1', square(256, 1, 6, 28, 5)],
  ['LeNet conv2', square(256, 6, 16, 12, 5)],
  ['ResNet stem', square(16, 3, 64, 64, 7, 2, 3)],
  ['ResNet 64', square(16, 64, 64, 16, 3, 1, 1)],
  ['ResNet 64→128', square(16, 64, 128, 16, 3, 2, 1)],
  ['ResNet 64→128 1×1', square(16, 64, 128, 16, 1, 2, 0)],
  ['ResNet 128', square(16, 128, 128, 8, 3, 1, 1)],
  ['ResNet 128→256', square(16, 128, 256, 8, 3, 2, 1)],
  ['ResNet 256', square(16, 256, 256, 4, 3, 1, 1)],
  ['ResNet 512', square(16, 512, 512, 2, 3, 1, 1)],
  ['GoogLeNet stem', square(16, 1, 64, 96, 7, 2, 3)],
  ['GoogLeNet 64 1×1', square(16, 64, 64, 24, 1)],
  ['GoogLeNet 64→192', square(16, 64, 192, 24, 3, 1, 1)],
  ['Inception 3a 192→96', square(16, 192, 96, 12, 1)],
  ['Inception 3a 96→128', square(16, 96, 128, 12, 3, 1, 1)],
  ['Inception 3a 16→32 5×5', square(16, 16, 32, 12, 5, 1, 2)],
  ['Inception 4d 144→288', square(16, 144, 288, 6, 3, 1, 1)],
  ['Inception 5b 832→384', square(16, 832, 384, 3, 1)],
]

/** (m, k, n, transposeA, transposeB): dense layers forward, input gradient, kernel gradient. */
const products: readonly (readonly [string, number, number, number, boolean, boolean])[] = [
  ...[
    [256, 256, 120],
    [256, 120, 84],
    [256, 84, 10],
    [64, 784, 256],
    [1120, 256, 768],
  ].flatMap(([m = 1, k = 1, n = 1]): [string, number, number, number, boolean, boolean][] => [
    [`dense ${m}×${k}×${n} forward`, m, k, n, false, false],
    [`dense ${m}×${k}×${n} input`, m, n, k, false, true],
    [`dense ${m}×${k}×${n} kernel`, k, m, n, true, false],
  ]),
  ['square 512', 512, 512, 512, false, false],
  ['one row 512×1000', 1, 512, 1000, false, false],
]

/** Median milliseconds of a call, over several samples of at least a few milliseconds each. */
function median(work: () => void): number {
  for (let i = 0; i < 3; i++) work()
  const once = timed(work, 1)
  const repeats = Math.max(1, Math.ceil(6 / Math.max(once, 1e-3)))
  const samples = Array.from({ length: 9 }, () => timed(work, repeats)).sort((a, b) => a - b)
  return samples[4] as number
}

function timed(work: () => void, repeats: number): number {
  const start = performance.now()
  for (let i = 0; i < repeats; i++) work()
  return (performance.now() - start) / repeats
}

function timeKernel(sizes: readonly number[], emit: (context: EmitContext) => Phase[], variant: KernelVariant) {
  const bench = new KernelBench(sizes, emit, variant)
  for (const id of [0, 1]) bench.floats(id).set(Float32Array.from(bench.floats(id), (_, i) => ((i * 7919) % 1000) / 1000 - 0.5))
  const milliseconds = median(() => bench.run())
  return { milliseconds, phases: bench.phases.map((phase, i) => median(() => bench.runPhase(i, 0, phase.units))) }
}

export function benchKernels(variant: KernelVariant, python: string | undefined, only: RegExp): KernelTiming[] {
  const chosen = convolutions.filter(([name]) => only.test(name))
  const chosenProducts = products.filter(([name]) => only.test(name))
  const torch = python ? torchTimes(python, chosen, chosenProducts) : undefined
  const rows: KernelTiming[] = []
  for (const [i, [name, shape]] of chosen.entries()) {
    const { image, kernel, result } = elementsOf(shape)
    const z = sizesOf(shape)
    const flops = (2 * result * kernel) / z.outChannels
    const sizes = { forward: [image, kernel, result], inputGrad: [result, kernel, image], kernelGrad: [image, result, kernel] }
    for (const [d, direction] of (['forward', 'inputGrad', 'kernelGrad'] as const).entries()) {
      const time = timeKernel(sizes[direction], (context) => emitConv(convKernel(shape, direction), context), variant)
      rows.push({
        name: `${name} ${direction}`,
        ...time,
        gigaflops: flops / time.milliseconds / 1e6,
        torchMilliseconds: torch?.conv[i]?.[d],
      })
    }
  }
  for (const [i, [name, m, k, n, transposeA, transposeB]] of chosenProducts.entries()) {
    const kernel = { kind: 'matmul', a: 0, b: 1, out: 2, batch: 1, m, k, n, transposeA, transposeB } as const
    const time = timeKernel([m * k, k * n, m * n], (context) => emitMatmul(kernel, context), variant)
    rows.push({ name, ...time, gigaflops: (2 * m * k * n) / time.milliseconds / 1e6, torchMilliseconds: torch?.product[i] })
  }
  return rows
}

const torchProgram = `
import json, sys, time, torch
torch.set_num_threads(1)
work = json.loads(sys.argv[1])
def median(f):
    for _ in range(3): f()
    t = time.perf_counter(); f(); once = time.perf_counter() - t
    repeats = max(1, int(0.006 / max(once, 1e-6)) + 1)
    samples = []
    for _ in range(9):
        t = time.perf_counter()
        for _ in range(repeats): f()
        samples.append((time.perf_counter() - t) / repeats * 1e3)
    return sorted(samples)[4]
conv = []
for s in work['conv']:
    x = torch.randn(s['batch'], s['channels'], *s['size']); w = torch.randn(s['outChannels'], s['channels'], *s['kernel'])
    options = (None, s['stride'], s['padding'], s['dilation'])
    y = torch.conv2d(x, w, *options); g = torch.randn_like(y)
    def grad(mask): return torch.ops.aten.convolution_backward(g, x, w, None, s['stride'], s['padding'], s['dilation'], False, [0, 0], 1, mask)
    conv.append([median(lambda: torch.conv2d(x, w, *options)), median(lambda: grad([True, False, False])), median(lambda: grad([False, True, False]))])
product = []
for m, k, n, ta, tb in work['product']:
    a = torch.randn(k, m).t() if ta else torch.randn(m, k)
    b = torch.randn(n, k).t() if tb else torch.randn(k, n)
    product.append(median(lambda: a @ b))
print(json.dumps({'conv': conv, 'product': product}))
`

function torchTimes(
  python: string,
  conv: typeof convolutions,
  product: typeof products,
): { conv: readonly (readonly number[])[]; product: readonly number[] } {
  const work = JSON.stringify({ conv: conv.map(([, shape]) => shape), product: product.map(([, ...shape]) => shape) })
  return JSON.parse(execFileSync(python, ['-c', torchProgram, work], { encoding: 'utf8' }))
}

export function formatTimings(rows: readonly KernelTiming[]): string {
  return rows
    .map(({ name, milliseconds, gigaflops, torchMilliseconds, phases }) =>
      [
        name.padEnd(38),
        `${milliseconds.toFixed(3)} ms`.padStart(11),
        `${gigaflops.toFixed(0)} GFLOP/s`.padStart(13),
        torchMilliseconds === undefined
          ? ''
          : `PyTorch ${torchMilliseconds.toFixed(3)} ms, ratio ${(milliseconds / torchMilliseconds).toFixed(2)}`,
        ` phases ${phases.map((time) => time.toFixed(3)).join(' ')}`,
      ].join(' '),
    )
    .join('\n')
}
