/** @file Packed tensors for tests: packing with zeros, and unpacking that insists on zeros where there are no columns. */
import { expect } from 'vitest'
import { sizeOf } from '../../engine/core/tensor'
import { type Packing, pack, packedShape, unpack } from '../../engine/ir/packing'

export function packFloats(packing: Packing, data: Float32Array): Float32Array {
  const packed = new Float32Array(sizeOf(packedShape(packing)))
  pack(packing, data, packed)
  return packed
}

export function unpackFloats(packing: Packing, packed: Float32Array): Float32Array {
  const data = new Float32Array(sizeOf(packing.shape))
  unpack(packing, packed, data)
  const again = packFloats(packing, data)
  expect(
    packed.findIndex((value, i) => value !== again[i]),
    'the padding must be zero',
  ).toBe(-1)
  return data
}
