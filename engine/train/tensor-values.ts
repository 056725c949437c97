/**
 * @file Stored tensors as numbers the engine computes with. In: a tensor of any stored type. Out: f32, or i32 where every value is whole
 * and fits; anything else is a diagnosed error that names the tensor.
 */
import { diagnosedError } from '../core/diagnostics'
import { type DType, formatShape, type Shape, sameShape, sizeOf, type TensorData } from '../core/tensor'
import type { SafetensorsFile, StoredDType, StoredTensor } from './safetensors'

/** Half precision: sign, 5 bits of exponent, 10 of mantissa. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const mantissa = bits & 0x3ff
  if (exponent === 0) return sign * mantissa * 2 ** -24
  if (exponent === 0x1f) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15)
}

const widened = new DataView(new ArrayBuffer(4))
/** The upper half of an f32. */
function fromBrain(bits: number): number {
  widened.setUint32(0, bits << 16)
  return widened.getFloat32(0)
}

const readers: Readonly<Record<StoredDType, (view: DataView, i: number) => number>> = {
  BOOL: (view, i) => view.getUint8(i),
  U8: (view, i) => view.getUint8(i),
  I8: (view, i) => view.getInt8(i),
  U16: (view, i) => view.getUint16(2 * i, true),
  I16: (view, i) => view.getInt16(2 * i, true),
  F16: (view, i) => fromHalf(view.getUint16(2 * i, true)),
  BF16: (view, i) => fromBrain(view.getUint16(2 * i, true)),
  U32: (view, i) => view.getUint32(4 * i, true),
  I32: (view, i) => view.getInt32(4 * i, true),
  F32: (view, i) => view.getFloat32(4 * i, true),
  U64: (view, i) => Number(view.getBigUint64(8 * i, true)),
  I64: (view, i) => Number(view.getBigInt64(8 * i, true)),
  F64: (view, i) => view.getFloat64(8 * i, true),
}

export function valuesOf(name: string, { dtype, shape, bytes }: StoredTensor, as: DType): TensorData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const read = readers[dtype]
  const count = sizeOf(shape)
  const out = as === 'f32' ? new Float32Array(count) : new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const value = read(view, i)
    out[i] = value
    if (as === 'i32' && out[i] !== value)
      throw diagnosedError('weights.values', { name, expected: { en: 'whole numbers of 32 bits', zh: '32 位整数' }, got: value })
  }
  return out
}

/** The tensor of this name, which must be there and have this shape. */
export function tensorNamed(file: SafetensorsFile, name: string, shape: Shape, as: DType, path: string): TensorData {
  const tensor = file.tensors.get(name)
  if (!tensor) throw diagnosedError('weights.missing', { got: name, file: path }, { file: path })
  if (!sameShape(tensor.shape, shape))
    throw diagnosedError('weights.shape', { name, got: formatShape(tensor.shape), expected: formatShape(shape) }, { file: path })
  return valuesOf(name, tensor, as)
}
