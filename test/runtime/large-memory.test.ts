/** @file A network that fills nearly all of a 32-bit memory trains: parameters, optimiser state and activations of 3.5 GiB together. */
import { totalmem } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import type { Compiled } from '../../engine/compile'
import { sizeOf, type TensorData } from '../../engine/core/tensor'
import type { Program } from '../../engine/ir/program'
import { createWasmBackend } from '../../engine/runtime/wasm/backend'
import { spawnNode } from '../../engine/runtime/wasm/spawn-node'
import { memoryOf } from '../../engine/train/memory'
import { dataInputsOf, Model, runtimeInputs, updateOf } from '../../engine/train/model'

const backend = await createWasmBackend({ threads: 2, spawn: spawnNode })
afterAll(() => backend.dispose())

const batchSize = 32
const [numFeatures, numHiddens, imageSide] = [2560, 65_536, 256]

/** Much memory, little work: one wide layer of 640 MiB, whose output is looked at as an image by layers of one pixel's width. */
function largeDocument() {
  const g = graph('Large', {
    data: { kind: 'points2d', params: { samples: 100 } },
    training: { optimizer: 'momentum', lr: 0.01, batchSize, epochs: 1 },
  })
  let x = g.reshape(g.dense(g.input('features', [numFeatures]), { numHiddens }), { shape: [1, imageSide, imageSide] })
  for (let layer = 0; layer < 17; layer++) x = g.tanh(g.conv2d(x, { numChannels: 16, kernelSize: 1 }))
  g.classify(g.globalAvgPool2d(x), 4)
  return g.document()
}

/** The same samples at every step. */
const batchOf = (program: Program): Record<string, TensorData> =>
  Object.fromEntries(
    dataInputsOf(program).map(({ name, shape, dtype }) => {
      const length = sizeOf(shape)
      return [
        name,
        dtype === 'i32' ? Int32Array.from({ length }, (_, i) => i % 4) : Float32Array.from({ length }, (_, i) => Math.sin(i * i)),
      ]
    }),
  )

describe('a network of 3.5 GiB', () => {
  // The machine needs the memory, and some for the weights outside of it.
  it.skipIf(totalmem() < 8 * 2 ** 30)('trains', { timeout: 180_000 }, async () => {
    const document = largeDocument()
    const update = updateOf(document)
    const { scratchBytes, stateBytes } = await memoryOf(document, update, backend)
    const bytes = scratchBytes + stateBytes
    expect(bytes).toBeGreaterThan(3.5 * 2 ** 30)
    expect(bytes).toBeLessThan(2 ** 32)
    const model = await Model.forPass(document, backend, update, batchSize)
    const training = await model.pass(batchSize, update)
    const evaluated = await model.pass(batchSize, { training: false, gradients: 'none' })
    const inputs = (program: Program, step: number) => ({ ...batchOf(program), ...runtimeInputs(program, 0, step, 0.05) })
    const lossOf = async ({ executable, program }: Compiled, step: number): Promise<number> => {
      executable.run(inputs(program, step))
      return ((await executable.read(['loss'])).loss as Float32Array)[0] as number
    }
    const before = await lossOf(evaluated, 1)
    // What lies elsewhere in the evaluation must come to the same.
    expect(await lossOf(training, 1)).toBeCloseTo(before, 5)
    expect(await lossOf(evaluated, 2)).toBeLessThan(before)
    await model.dispose()
  })
})
