/** @file The safetensors format: what we write reads back, and nothing malformed gets through. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DiagnosedError } from '../../engine/core/diagnostics'
import { decodeSafetensors, encodeSafetensors } from '../../engine/train/safetensors'
import { tensorNamed, valuesOf } from '../../engine/train/tensor-values'

/** A file with any header and so many bytes of data. */
function fileWith(header: unknown, dataBytes = 0, claimed?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const file = new Uint8Array(8 + json.length + dataBytes)
  new DataView(file.buffer).setBigUint64(0, claimed ?? BigInt(json.length), true)
  file.set(json, 8)
  return file
}

const entry = (shape: unknown, begin: unknown, end: unknown, dtype: unknown = 'F32') => ({ dtype, shape, data_offsets: [begin, end] })

function diagnosisOf(call: () => unknown) {
  try {
    call()
  } catch (error) {
    if (error instanceof DiagnosedError) return error.diagnostics[0]
    throw error
  }
  return undefined
}

describe('round trip', () => {
  it('keeps names, shapes, values and metadata', () => {
    const tensors = [
      { name: 'conv1.kernel', shape: [2, 1, 1, 3], data: Float32Array.of(1, -2, 3.5, Number.NaN, Number.POSITIVE_INFINITY, 1e-40) },
      { name: 'label', shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) },
      { name: 'scalar', shape: [], data: Float32Array.of(7) },
      { name: 'empty', shape: [0, 3], data: new Float32Array(0) },
    ]
    const { tensors: read, metadata } = decodeSafetensors(encodeSafetensors(tensors, { about: 'ü' }))
    expect(metadata).toEqual({ about: 'ü' })
    expect([...read.keys()]).toEqual(tensors.map(({ name }) => name))
    for (const { name, shape, data } of tensors) {
      const stored = read.get(name)
      expect(stored?.shape).toEqual(shape)
      expect(stored && valuesOf(name, stored, data instanceof Int32Array ? 'i32' : 'f32')).toEqual(data)
    }
  })

  it('survives arrays that are views', () => {
    const whole = Float32Array.of(0, 1, 2, 3)
    const { tensors } = decodeSafetensors(encodeSafetensors([{ name: 'x', shape: [2], data: whole.subarray(1, 3) }]))
    expect([...(tensors.get('x')?.bytes ?? [])]).toEqual([...new Uint8Array(Float32Array.of(1, 2).buffer)])
  })
})

describe('other types', () => {
  const read = (dtype: string, bytes: readonly number[], count: number, as: 'f32' | 'i32' = 'f32') => {
    const file = fileWith({ x: entry([count], 0, bytes.length, dtype) }, bytes.length)
    file.set(bytes, file.length - bytes.length)
    const stored = decodeSafetensors(file).tensors.get('x')
    if (!stored) throw new Error('missing')
    return [...valuesOf('x', stored, as)]
  }
  it('become f32 or i32', () => {
    expect(read('I64', [...new Uint8Array(BigInt64Array.of(-3n, 9n).buffer)], 2, 'i32')).toEqual([-3, 9])
    expect(read('F64', [...new Uint8Array(Float64Array.of(0.5).buffer)], 1)).toEqual([0.5])
    expect(read('U8', [0, 255], 2, 'i32')).toEqual([0, 255])
    expect(read('F16', [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0x00, 0x7c], 4)).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY])
    expect(read('BF16', [0x80, 0x3f, 0x20, 0xc0], 2)).toEqual([1, -2.5])
  })
  it('are refused as whole numbers where they are not', () => {
    expect(diagnosisOf(() => read('F32', [...new Uint8Array(Float32Array.of(1.5).buffer)], 1, 'i32'))?.code).toBe('weights.values')
    expect(diagnosisOf(() => read('I64', [...new Uint8Array(BigInt64Array.of(2n ** 40n).buffer)], 1, 'i32'))?.code).toBe('weights.values')
  })
})

describe('malformed files', () => {
  const cases: readonly [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['less than a length', new Uint8Array(7)],
    ['a length beyond the file', fileWith({}, 0, 1000n)],
    ['an absurd length', fileWith({}, 0, 2n ** 63n)],
    ['no JSON', fileWith('{"x"')],
    ['invalid UTF-8', fileWith({}).map((byte, i) => (i === 8 ? 0xff : byte))],
    ['an array', fileWith([])],
    ['null', fileWith('null')],
    ['a tensor that is a number', fileWith({ x: 3 })],
    ['an unknown type', fileWith({ x: entry([1], 0, 4, 'F33') }, 4)],
    ['a type from the prototype', fileWith({ x: entry([1], 0, 4, 'toString') }, 4)],
    ['a negative extent', fileWith({ x: entry([-1], 0, 4) }, 4)],
    ['a fractional extent', fileWith({ x: entry([0.5], 0, 2) }, 2)],
    ['a shape that overflows', fileWith({ x: entry([2 ** 40, 2 ** 40], 0, 4) }, 4)],
    ['a rank without end', fileWith({ x: entry(new Array(100).fill(1), 0, 4) }, 4)],
    ['offsets the wrong way round', fileWith({ x: entry([1], 4, 0) }, 4)],
    ['three offsets', fileWith({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 8] } }, 4)],
    ['offsets beyond the data', fileWith({ x: entry([2], 0, 8) }, 4)],
    ['a size unlike the shape', fileWith({ x: entry([2], 0, 4) }, 4)],
    ['tensors that overlap', fileWith({ x: entry([2], 0, 8), y: entry([2], 4, 12) }, 12)],
    ['tensors in the same place', fileWith({ x: entry([1], 0, 4), y: entry([1], 0, 4) }, 4)],
    ['a hole', fileWith({ x: entry([1], 4, 8) }, 8)],
    ['data nobody speaks of', fileWith({ x: entry([1], 0, 4) }, 8)],
    ['metadata that is no text', fileWith({ __metadata__: { a: 1 } })],
  ]
  it.each(cases)('%s', (_, file) => {
    const diagnosis = diagnosisOf(() => decodeSafetensors(file, 'w.safetensors'))
    const detail = { en: expect.stringMatching(/[a-z]/), zh: expect.stringMatching(/\p{Script=Han}/u) }
    expect(diagnosis).toMatchObject({ code: 'weights.format', file: 'w.safetensors', values: { detail } })
  })

  it('any bytes are read or refused, never worse', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const diagnosis = diagnosisOf(() => decodeSafetensors(bytes))
        expect(diagnosis === undefined || diagnosis.code === 'weights.format').toBe(true)
      }),
    )
  })

  it('a missing tensor and a wrong shape are named', () => {
    const file = decodeSafetensors(encodeSafetensors([{ name: 'a', shape: [2], data: Float32Array.of(1, 2) }]))
    expect(diagnosisOf(() => tensorNamed(file, 'b', [2], 'f32', 'w'))).toMatchObject({ code: 'weights.missing', values: { got: 'b' } })
    expect(diagnosisOf(() => tensorNamed(file, 'a', [3], 'f32', 'w'))).toMatchObject({
      code: 'weights.shape',
      values: { got: '2', expected: '3' },
    })
  })
})
