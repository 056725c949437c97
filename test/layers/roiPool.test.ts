/** @file H3: region-of-interest pooling on maps small enough to see, and what it refuses. */
import { expect, test } from 'vitest'
import roiPool from '../../engine/layers/roiPool'
import { runLayer } from '../support/runLayer'
import { accepted, refused } from '../support/shapeRule'

/** 0 … 11 row by row. */
const map = { shape: [1, 1, 3, 4], data: Array.from({ length: 12 }, (_, i) => i) }
const pooled = (rois: readonly number[], params: object, shape = [rois.length / 4, 4]): Record<string, number[]> =>
  runLayer(roiPool, { x: map, rois: { shape: [1, ...shape], data: [...rois] } }, { params: { ...params } })

test('H3: the whole map in 2×1 bins: bins that share a row take the largest of two rows each', () => {
  expect(pooled([0, 0, 3, 2], { outputSize: [2, 1] }).y).toEqual([7, 11])
})

test('H3: a region of 2×3 pixels in 1×3 bins, and the gradient where the maxima were', () => {
  const { y, 'grad:x': gradient } = pooled([1, 1, 3, 2], { outputSize: [1, 3] })
  expect(y).toEqual([9, 10, 11])
  expect(gradient).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
})

test('H3: a region smaller than its bins repeats pixels; corners in the wrong order are one pixel', () => {
  expect(pooled([2, 1, 2, 1], { outputSize: 2 }).y).toEqual([6, 6, 6, 6])
  expect(pooled([2, 2, 1, 0], { outputSize: 1 }).y).toEqual([10])
})

test('H3: coordinates of the image are scaled to the map and rounded', () => {
  expect(pooled([16, 0, 40, 32], { outputSize: 1, spatialScale: 1 / 16 }).y).toEqual([11])
  expect(pooled([0, 0, 23, 23], { outputSize: 1, spatialScale: 1 / 16 }).y).toEqual([5])
})

test('H3: bins outside the map are empty and give 0', () => {
  expect(pooled([-4, 0, -2, 2], { outputSize: 1 }).y).toEqual([0])
})

test('H3: regions by image number or image by image come to the same', () => {
  const x = { shape: [2, 1, 2, 2], data: [1, 2, 3, 4, 5, 6, 7, 8] }
  const params = { outputSize: 1 }
  const numbered = runLayer(roiPool, { x, rois: { shape: [2, 5], data: [0, 0, 0, 0, 1, 1, 1, 0, 1, 1] } }, { params }).y
  const listed = runLayer(roiPool, { x, rois: { shape: [2, 1, 4], data: [0, 0, 0, 1, 1, 0, 1, 1] } }, { params }).y
  expect(numbered).toEqual([3, 8])
  expect(listed).toEqual(numbered)
})

test('H3: shapes', () => {
  expect(accepted(roiPool, { x: [2, 64, 14, 14], rois: [9, 5] }, { outputSize: [7, 6] })).toEqual({
    y: { shape: [9, 64, 7, 6], dtype: 'f32' },
  })
  expect(accepted(roiPool, { x: [2, 8, 14, 14], rois: [2, 3, 4] }).y?.shape).toEqual([6, 8, 7, 7])
  expect(refused(roiPool, { x: [2, 8, 4, 4], rois: [3, 4] })).toMatchObject({
    code: 'shape.mismatch',
    port: 'rois',
    values: { expected: '3×5' },
  })
  expect(refused(roiPool, { x: [2, 8, 4, 4], rois: [3, 1, 4] })).toMatchObject({ code: 'shape.mismatch', values: { expected: '2×1×4' } })
  expect(refused(roiPool, { x: [2, 8, 4, 4], rois: [3] })).toMatchObject({ code: 'shape.rank', port: 'rois' })
})
