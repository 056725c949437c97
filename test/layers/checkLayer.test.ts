/** @file The layer check itself: it must refuse a layer whose shape, gradient or case is wrong. */
import { expect, test } from 'vitest'
import type { Tensor } from '../../engine/ir/emit'
import { defineLayer } from '../../engine/layers/kit/define'
import { layers } from '../../engine/layers/kit/registry'
import tanh from '../../engine/layers/tanh'
import { checkLayer } from '../support/checkLayer'

const row = { inputs: { x: [2, 3] } }
const broken = (change: Partial<typeof tanh>) => defineLayer({ ...tanh, ...change })

test('a sound layer passes', async () => {
  await checkLayer(tanh, row, [])
})

test('a shape rule that disagrees with the lowering is refused', async () => {
  const layer = broken({ shape: () => ({ y: { shape: [3, 2], dtype: 'f32' } }) })
  await expect(checkLayer(layer, row, [])).rejects.toThrow('lowered shape of y')
})

test('a gradient that disagrees with the differences is refused', async () => {
  const lower: typeof tanh.lower = (b, { x }: { x: Tensor }) => ({ y: b.mul(x, b.stopGradient(x)) })
  await expect(checkLayer(broken({ lower }), row, [])).rejects.toThrow('∂/∂x against differences')
})

test('a case that the layer itself refuses is refused', async () => {
  await expect(checkLayer(tanh, { inputs: { x: { shape: [2], dtype: 'i32' } } }, [])).rejects.toThrow('refuses the case')
})

test('at least the layers of the first issue are there', () => {
  expect(layers.size).toBeGreaterThanOrEqual(23)
  expect(layers.get('conv2d')?.kind).toBe('conv2d')
})
