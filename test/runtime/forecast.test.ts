/** @file Memory: what is planned is near the least possible, and what is forecast is what is then taken. On every template. */
import { describe, expect, it } from 'vitest'
import { lower } from '../../engine/compile'
import type { GraphDocument } from '../../engine/document/schema'
import type { LowerOptions } from '../../engine/ir/lowering'
import { livesOf, planMemory } from '../../engine/memory/plan'
import type { Backend } from '../../engine/runtime/backend'
import { kernelVariants } from '../../engine/runtime/wasm/autotune'
import { createWasmBackend } from '../../engine/runtime/wasm/backend'
import { drawBlueprint } from '../../engine/runtime/wasm/blueprint'
import type { DeviceMemory } from '../../engine/runtime/wasm/memory'
import { spawnNode } from '../../engine/runtime/wasm/spawn-node'
import { memoryOf } from '../../engine/train/memory'
import { Model, unwrap, updateOf } from '../../engine/train/model'
import { templates } from '../../templates/registry'

const [variant] = kernelVariants
const evaluation: LowerOptions = { training: false, gradients: 'none' }
const passes: readonly (readonly [string, (document: GraphDocument) => LowerOptions])[] = [
  ['training', updateOf],
  ['evaluation', () => evaluation],
]
const rows = [...templates].flatMap(([id, template]) => passes.map(([pass, optionsOf]) => ({ id, template, pass, optionsOf })))

describe('the memory plan', () => {
  it.each(rows)('of $id, $pass, is within a tenth of what is alive at one time', ({ template, optionsOf }) => {
    const document = template.create({})
    const { program } = unwrap(lower(document, optionsOf(document)))
    const options = { limits: { initialPages: 1, maximumPages: 65_536, shared: true }, variant: variant as NonNullable<typeof variant> }
    const { plan, kernels, kept } = drawBlueprint(program, { ...options, threads: 2 })
    expect(plan.bytes).toBeLessThanOrEqual(1.1 * plan.lowerBound)
    // Kernels that run at the same time and their workspaces cost little over one kernel after the other without any: beside a workspace or
    // two, some pages where everything is small.
    const workspaces = plan.lives.filter(({ buffer }) => buffer >= kernels.buffers.length).map(({ bytes }) => bytes)
    const inOrder = planMemory(livesOf(kernels, kept))
    expect(plan.bytes).toBeLessThanOrEqual(1.1 * (inOrder.lowerBound + 2 * Math.max(0, ...workspaces)) + 16_384)
  })
})

describe('the forecast', () => {
  it.each(rows)('for $id, $pass, is what is taken', async ({ template, optionsOf }) => {
    const backend = await createWasmBackend({ threads: 2, variant, spawn: spawnNode })
    try {
      const document = template.create({})
      const options = optionsOf(document)
      const { device } = backend as unknown as { device: DeviceMemory }
      const before = device.bytes
      const { scratchBytes, stateBytes } = await memoryOf(document, options, backend)
      const model = await Model.forPass(document, backend, options, document.training.batchSize)
      const taken = device.bytes - before
      expect(Math.abs(scratchBytes + stateBytes - taken)).toBeLessThanOrEqual(0.1 * taken)
      await model.dispose()
      expect(device.bytes).toBe(before)
    } finally {
      await backend.dispose()
    }
  })

  it('takes nothing', async () => {
    const backend: Backend = await createWasmBackend({ threads: 1, variant, spawn: spawnNode })
    const { device } = backend as unknown as { device: DeviceMemory }
    const document = templates.get('resnet18')?.create({ batchSize: 2048 }) as GraphDocument
    const { byteLength } = device.memory.buffer
    const { scratchBytes } = await memoryOf(document, updateOf(document), backend)
    expect(scratchBytes).toBeGreaterThan(2 ** 31)
    expect(device.memory.buffer.byteLength).toBe(byteLength)
    await backend.dispose()
  })
})
