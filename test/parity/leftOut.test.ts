/** @file A7: what PyTorch exports of losses and penalties make of samples that are left out: whatever these hold, value and gradients stay the same. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { EXTREMES, type LeftOutRow, leftOutRows } from '../support/leftOut'
import { askPython, describeWithTorch } from '../support/torch'

const cases = leftOutRows.flatMap((row) => [undefined, ...EXTREMES].map((extremes) => ({ row, extremes })))

function question({ layer, built, feed }: LeftOutRow, extremes: readonly number[] | undefined) {
  const { types, params } = built
  const given = feed(extremes)
  const ports = Object.keys(types)
  const args = Object.keys(layer.inputs).map((port) => (ports.includes(port) ? `a${ports.indexOf(port)}` : 'None'))
  const { call, penalty } = layer.pytorch(params, types)
  return {
    expression: penalty?.(args) ?? call('', args),
    wires: Object.entries(types).map(([port, type]) => ({ ...type, data: (given[port] ?? []).map(String) })),
  }
}

describeWithTorch('A7: left out, in PyTorch', () => {
  it(`${leftOutRows.length} rows keep value and gradients`, () => {
    const answers = askPython<readonly string[][][]>(
      fileURLToPath(new URL('leftOut.py', import.meta.url)),
      cases.map(({ row, extremes }) => question(row, extremes)),
    )
    expect(answers.length).toBe(cases.length)
    let wanted: string[][] = []
    cases.forEach(({ row, extremes }, i) => {
      const answer = answers[i] ?? []
      if (!extremes) wanted = answer
      expect(answer.flat().every((number) => Number.isFinite(Number(number)))).toBe(true)
      expect(answer, `${row.title}: ${extremes}`).toEqual(wanted)
    })
  })
})
