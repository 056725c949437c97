/** @file The linear memory of a backend: parts that hold zeros, whoever had them before. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DeviceMemory } from '../../engine/runtime/wasm/memory'

it('gives zeros where asked to, fresh or used before, and tramples on nobody', () => {
  const requests = fc.array(fc.record({ floats: fc.integer({ min: 1, max: 5000 }), zeros: fc.boolean(), release: fc.nat(30) }), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(requests, (list) => {
      const device = new DeviceMemory(false, 1024)
      const held: { address: number; floats: number; mark: number }[] = []
      for (const [at, { floats, zeros, release }] of list.entries()) {
        const address = zeros ? device.allocateZeros(4 * floats) : device.allocate(4 * floats)
        if (zeros) expect(device.floats(address, floats).every((value) => value === 0)).toBe(true)
        device.floats(address, floats).fill(at + 1)
        held.push({ address, floats, mark: at + 1 })
        const [gone] = release < held.length ? held.splice(release, 1) : []
        if (gone) device.release(gone.address)
      }
      for (const { address, floats, mark } of held) expect(device.floats(address, floats).every((value) => value === mark)).toBe(true)
    }),
    { numRuns: 50 },
  )
})
