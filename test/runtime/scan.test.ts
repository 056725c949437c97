/** @file Recurrences and their gradients through the passes and on every backend, against the interpreter. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gradients } from '../../engine/autodiff/gradients'
import type { TensorData } from '../../engine/core/tensor'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import { evaluate } from '../../engine/ir/evaluate'
import type { Program } from '../../engine/ir/program'
import { prune } from '../../engine/ir/prune'
import { verify } from '../../engine/ir/verify'
import type { Backend } from '../../engine/runtime/backend'
import { expectAllClose } from '../support/allclose'
import { availableBackends } from '../support/backends'
import { largestMagnitude } from '../support/difference'
import { type Recurrence, recurrences } from '../support/recurrences'

interface Given {
  readonly program: Program
  readonly feed: Readonly<Record<string, TensorData>>
}

/** Everything the recurrence computes, and the gradients of the sum of its squares. */
function training({ inputs, write }: Recurrence): Given {
  const b = new ProgramBuilder('recurrence')
  const given = inputs.map(({ shape, dtype = 'f32' }, i) => b.input(`x${i}`, shape, dtype))
  const result = write(b, ...given)
  b.output('result', result)
  const real = given.filter(({ dtype }) => dtype === 'f32')
  gradients(b, b.sum(b.mul(result, result)), real).forEach((gradient, i) => {
    b.output(`gradient${i}`, gradient)
  })
  const program = prune(b.finish())
  verify(program)
  const feed = Object.fromEntries(
    inputs.map(({ dtype, data }, i) => [`x${i}`, dtype === 'i32' ? Int32Array.from(data) : Float32Array.from(data)]),
  )
  return { program, feed }
}

async function outputsOn(backend: Backend, { program, feed }: Given): Promise<Record<string, TensorData>> {
  const state = backend.createState([])
  const executable = await backend.compile(program, state)
  try {
    executable.run(feed)
    executable.run(feed)
    return await executable.read(program.outputs.map(({ name }) => name))
  } finally {
    executable.dispose()
    state.dispose()
  }
}

describe('recurrences', () => {
  let backends: readonly Backend[] = []
  beforeAll(async () => {
    backends = await availableBackends()
  })
  afterAll(async () => {
    for (const backend of backends) await backend.dispose()
  })

  const extents = [
    { steps: 5, batch: 3, width: 4 },
    { steps: 1, batch: 1, width: 1 },
    { steps: 7, batch: 32, width: 20 },
  ]
  for (const extent of extents)
    it.each(recurrences(extent).map((one) => [one.name, one] as const))(
      `%s: ${extent.steps} steps, batch ${extent.batch}, width ${extent.width}`,
      async (_, one) => {
        const given = training(one)
        const values = evaluate(given.program, given.feed)
        for (const backend of backends) {
          const outputs = await outputsOn(backend, given)
          for (const { name, value } of given.program.outputs) {
            const expected = values.get(value) as Float64Array
            expectAllClose(outputs[name] ?? [], expected, 1e-5, `${name} on ${backend.info.label.en}`, largestMagnitude(expected))
          }
        }
      },
    )

  it('do not keep what nobody reads', () => {
    const b = new ProgramBuilder('last')
    const [x, unused] = [b.input('x', [4, 3]), b.input('unused', [4, 3])]
    const { carried, stacked } = b.scan(
      { constants: [], initial: [b.constant(0, [3])], sequences: [x, unused] },
      (s, { carried, items }) => {
        const [h, item, other] = [...carried, ...items] as [Tensor, Tensor, Tensor]
        const sum = s.add(h, item)
        return { carried: [sum], items: [s.mul(sum, 2), s.exp(other), s.mul(sum, 3)] }
      },
    )
    b.output('last', carried[0] as Tensor)
    b.output('third', stacked[2] as Tensor)
    const program = prune(b.finish())
    verify(program)
    const scans = program.values.flatMap(({ op }) => (op.op === 'scan' ? [op] : []))
    expect(scans.map(({ body, sequences }) => [body.outputs.length, sequences.length])).toEqual([[1, 1]])
    const values = evaluate(program, { x: Array.from({ length: 12 }, (_, i) => i), unused: new Float32Array(12) })
    const outputs = program.outputs.map(({ value }) => [...(values.get(value) ?? [])])
    expect(outputs).toEqual([
      [18, 22, 26],
      [0, 3, 6, 9, 15, 21, 27, 36, 45, 54, 66, 78],
    ])
  })
})
