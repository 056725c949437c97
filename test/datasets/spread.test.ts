import { expect, test } from 'vitest'
import { spread } from '../../engine/datasets/spread'

test('one position from every stretch, the same for the same seed', () => {
  const positions = spread(1000, 20, 7)
  expect(positions).toHaveLength(20)
  for (const [stretch, position] of positions.entries()) expect(Math.floor(position / 50)).toBe(stretch)
  expect(spread(1000, 20, 7)).toEqual(positions)
  expect(spread(1000, 20, 8)).not.toEqual(positions)
})

test('all of a set that has no more than are wanted', () => {
  expect([...spread(5, 20, 0)]).toEqual([0, 1, 2, 3, 4])
  expect(spread(0, 20, 0)).toHaveLength(0)
})
