import { describe, expect, it } from 'vitest'
import { profileRows } from '../../renderer/panels/dock/kernels/profile'

const times = [
  { label: 'conv1 forward', origins: ['conv1'], milliseconds: 2 },
  { label: 'relu1 elementwise', origins: ['relu1', 'conv1'], milliseconds: 1 },
  { label: 'conv1 kernel gradient', origins: ['conv1'], milliseconds: 3 },
  { label: 'update', origins: [], milliseconds: 4 },
]

describe('a profiled step', () => {
  it('stands in the order it ran, or the slowest first', () => {
    expect(profileRows(times, 'inOrder').map(({ label }) => label)).toEqual(times.map(({ label }) => label))
    expect(profileRows(times, 'slowest').map(({ milliseconds }) => milliseconds)).toEqual([4, 3, 2, 1])
  })

  it('adds up the kernels of a node', () => {
    expect(profileRows(times, 'byNode')).toEqual([
      { position: 0, label: 'conv1', origin: 'conv1', milliseconds: 5, kernels: 2 },
      { position: 3, label: '', milliseconds: 4, kernels: 1 },
      { position: 1, label: 'relu1', origin: 'relu1', milliseconds: 1, kernels: 1 },
    ])
  })
})
