/** B3 on the command line: `netloom check-gradients`. */
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { encodeSafetensors } from '../../engine/train/safetensors'
import { templates } from '../../templates/registry'
import { netloom, scratch } from './run'

const at = scratch()

describe('netloom check-gradients', () => {
  it('prints a row for each parameter tensor', async () => {
    const { code, out, err } = await netloom('check-gradients', 'xor-mlp')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^loss \d\.\d+ over 4 samples, ε = 0\.00001, in double precision/)
    expect(out).toMatch(/^ok {5}dense1\.kernel +2×2 +all 4 +largest \S+ +error \S+$/m)
    expect(out.trim().split('\n')).toHaveLength(5)
  })

  it('takes weights and inputs from files, and says how many elements it measured', async () => {
    const exact = templates.get('xor-mlp')?.solutions?.exact ?? {}
    const tensors = Object.entries(exact).map(([name, data]) => ({ name, shape: name === 'dense1.kernel' ? [2, 2] : shapeOf(name), data }))
    writeFileSync(at('w'), encodeSafetensors(tensors))
    writeFileSync(
      at('x'),
      encodeSafetensors([
        { name: 'features', shape: [2, 2], data: Float32Array.of(0.25, 0.5, 1, 0.75) },
        { name: 'target', shape: [2, 1], data: Float32Array.of(1, 0) },
      ]),
    )
    const { code, out } = await netloom('check-gradients', 'xor-mlp', '--weights', at('w'), '--inputs', at('x'), '--samples', '2', '--json')
    expect(code).toBe(0)
    const report = JSON.parse(out)
    expect(report).toMatchObject({ samples: 2, epsilon: 1e-5 })
    // (0.25, 0.5) gives 0.75 and the second unit, at −0.25, nothing; (1, 0.75) gives 1.75 − 2·0.75 = 0.25: ((0.75 − 1)² + 0.25²) / 2.
    expect(report.loss).toBeCloseTo(0.0625, 12)
    expect(report.tensors.map(({ name, checked }: { name: string; checked: number }) => [name, checked])).toEqual([
      ['dense1.kernel', 2],
      ['dense1.bias', 2],
      ['dense2.kernel', 2],
      ['dense2.bias', 1],
    ])
  })

  it('says so where nothing follows a gradient', async () => {
    const { code, out } = await netloom('check-gradients', 'ngram')
    expect(code).toBe(0)
    expect(out).toMatch(/^loss .*\nnothing to check: /)
  })

  it('refuses an ε that is no step, and a file that is not there', async () => {
    expect((await netloom('check-gradients', 'xor-mlp', '--epsilon', '0')).code).toBe(2)
    const { code, err } = await netloom('check-gradients', 'xor-mlp', '--weights', at('nothing'))
    expect([code, err]).toEqual([1, expect.stringContaining('error[file.read]')])
  })
})

const shapeOf = (name: string): number[] => (name === 'dense2.kernel' ? [2, 1] : name === 'dense2.bias' ? [1] : [2])
