import { describe, expect, it } from 'vitest'
import { type FunctionBuilder, type Local, ModuleBuilder } from '../../engine/codegen/wasm/assembler'
import type { PlainOp } from '../../engine/codegen/wasm/opcodes'

type Func = (...args: number[]) => number

function assemble(build: (module: ModuleBuilder) => void, shared = false) {
  const module = new ModuleBuilder({ initialPages: 1, maximumPages: 2, shared })
  build(module)
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared })
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { env: { memory } })
  return { memory, exports: instance.exports as Record<string, Func> }
}

const one = (build: (f: FunctionBuilder, a: Local, b: Local) => void): Func => {
  const { exports } = assemble((m) => m.export('f', m.function(['i32', 'i32'], ['i32'], build)))
  return exports.f as Func
}

describe('numbers and control', () => {
  it('encodes constants of every size', () => {
    for (const value of [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, -8193, 0x7fffffff, -0x80000000]) {
      expect(one((f) => f.i32(value))(0, 0)).toBe(value)
    }
    expect(one((f) => f.i32(0xfffffff0))(0, 0)).toBe(-16)
  })

  it('adds, compares and selects', () => {
    expect(one((f, a, b) => f.affine(5, [a, 3], [b, 1], [a, 0]))(7, 11)).toBe(37)
    expect(one((f, a, b) => f.min(a, b))(7, 11)).toBe(7)
    expect(one((f, a, b) => f.min(a, b))(12, 11)).toBe(11)
  })

  it('loops from, to, step, and not at all when empty', () => {
    const sum = one((f, a, b) => {
      const i = f.local('i32')
      const total = f.local('i32')
      f.for(i, a, b, 3, () => f.increment(total, i))
      f.get(total)
    })
    expect(sum(1, 11)).toBe(1 + 4 + 7 + 10)
    expect(sum(5, 5)).toBe(0)
  })

  it('counts down, repeats, branches out of nested blocks', () => {
    const f = one((f, a) => {
      const n = f.local('i32')
      f.block((out) => {
        f.loop((again) => {
          f.increment(n, 1)
          f.get(n).get(a).op('i32.ge_s').brIf(out)
          f.get(n).i32(100).op('i32.lt_s').brIf(again)
        })
        f.assign(n, -1)
      })
      f.times(4, () => f.increment(n, 10))
      f.times(1, () => f.increment(n, 1000))
      f.times(0, () => f.increment(n, 5000))
      f.get(n)
    })
    expect(f(7, 0)).toBe(1047)
    expect(f(200, 0)).toBe(1039)
  })

  it('calls functions and returns from if with a value', () => {
    const { exports } = assemble((m) => {
      const square = m.function(['i32'], ['i32'], (f, x) => f.get(x).get(x).op('i32.mul'))
      m.export(
        'f',
        m.function(['i32'], ['i32'], (f, x) =>
          f
            .get(x)
            .i32(0)
            .op('i32.lt_s')
            .if(
              () => f.i32(-1),
              () => f.get(x).call(square),
              'i32',
            ),
        ),
      )
    })
    expect(exports.f?.(9)).toBe(81)
    expect(exports.f?.(-9)).toBe(-1)
  })

  it('refuses a name exported twice', () => {
    const m = new ModuleBuilder({ initialPages: 1, shared: false })
    const f = m.function([], [], () => {})
    m.export('f', f)
    expect(() => m.export('f', f)).toThrow("exports 'f' twice")
  })
})

describe('vectors', () => {
  /** Applies one vector instruction to v128s at 0, 16, 32 and returns what it stores at 64. */
  const apply = (op: PlainOp, operands: readonly (readonly number[])[], ints: boolean): number[] => {
    const { memory, exports } = assemble((m) =>
      m.export(
        'f',
        m.function([], [], (f) => {
          f.i32(0)
          for (const [i] of operands.entries()) f.i32(0).memory('v128.load', 16 * i)
          f.op(op).memory('v128.store', 64)
        }),
      ),
    )
    const view = ints ? new Int32Array(memory.buffer) : new Float32Array(memory.buffer)
    for (const [i, values] of operands.entries()) view.set(values, 4 * i)
    exports.f?.()
    return [...view.subarray(16, 20)]
  }
  const a = [1.5, -2.5, 3.25, -4]
  const b = [2, 4, -8, -4]
  const c = [10, 20, 30, 40]
  it.each<[PlainOp, (a: number, b: number) => number]>([
    ['f32x4.add', (x, y) => x + y],
    ['f32x4.sub', (x, y) => x - y],
    ['f32x4.mul', (x, y) => x * y],
    ['f32x4.div', (x, y) => x / y],
    ['f32x4.pmin', Math.min],
    ['f32x4.pmax', Math.max],
    ['f32x4.min', Math.min],
    ['f32x4.max', Math.max],
  ])('%s', (op, expected) => expect(apply(op, [a, b], false)).toEqual(a.map((x, i) => Math.fround(expected(x, b[i] as number)))))
  it.each<[PlainOp, (a: number) => number]>([
    ['f32x4.abs', Math.abs],
    ['f32x4.neg', (x) => -x],
    ['f32x4.ceil', Math.ceil],
    ['f32x4.floor', Math.floor],
    ['f32x4.trunc', Math.trunc],
  ])('%s', (op, expected) => expect(apply(op, [a], false)).toEqual(a.map(expected)))
  it.each<[PlainOp, (a: number, b: number) => number]>([
    ['i32x4.add', (x, y) => x + y],
    ['i32x4.sub', (x, y) => x - y],
    ['i32x4.mul', Math.imul],
    ['i32x4.eq', (x, y) => (x === y ? -1 : 0)],
    ['i32x4.lt_s', (x, y) => (x < y ? -1 : 0)],
    ['i32x4.gt_s', (x, y) => (x > y ? -1 : 0)],
    ['i32x4.max_s', Math.max],
    ['v128.and', (x, y) => x & y],
    ['v128.or', (x, y) => x | y],
    ['v128.xor', (x, y) => x ^ y],
    ['v128.andnot', (x, y) => x & ~y],
  ])('%s', (op, expected) => {
    const x = [7, -9, 123456, 5]
    const y = [3, 11, -654321, 5]
    expect(apply(op, [x, y], true)).toEqual(x.map((value, i) => expected(value, y[i] as number)))
  })
  it('multiplies and adds, relaxed', () => {
    expect(apply('f32x4.relaxed_madd', [a, b, c], false)).toEqual(a.map((x, i) => x * (b[i] as number) + (c[i] as number)))
    expect(apply('f32x4.relaxed_nmadd', [a, b, c], false)).toEqual(a.map((x, i) => (c[i] as number) - x * (b[i] as number)))
  })
  it('compares floats to masks and selects by them', () => {
    const { memory, exports } = assemble((m) =>
      m.export(
        'f',
        m.function([], [], (f) => {
          for (const [at, op] of [
            [64, 'v128.bitselect'],
            [80, 'i32x4.relaxed_laneselect'],
          ] as const) {
            f.i32(0).i32(0).memory('v128.load', 0).i32(0).memory('v128.load', 16)
            f.i32(0).memory('v128.load', 0).i32(0).memory('v128.load', 16).op('f32x4.lt')
            f.op(op).memory('v128.store', at)
          }
        }),
      ),
    )
    const view = new Float32Array(memory.buffer)
    view.set(a, 0)
    view.set(b, 4)
    exports.f?.()
    const smaller = a.map((x, i) => Math.min(x, b[i] as number))
    expect([...view.subarray(16, 20)]).toEqual(smaller)
    expect([...view.subarray(20, 24)]).toEqual(smaller)
  })
  it('converts, shifts, shuffles, moves lanes', () => {
    const { memory, exports } = assemble((m) =>
      m.export(
        'f',
        m.function([], [], (f) => {
          f.i32(0).i32(0).memory('v128.load').op('i32x4.trunc_sat_f32x4_s').memory('v128.store', 64)
          f.i32(0).i32(0).memory('v128.load', 64).op('f32x4.convert_i32x4_s').memory('v128.store', 80)
          f.i32(0).i32(0).memory('v128.load', 64).i32(2).op('i32x4.shl').memory('v128.store', 96)
          f.i32(0).i32(0).memory('v128.load').i32(0).memory('v128.load', 16).shuffle([0, 4, 3, 7]).memory('v128.store', 112)
          f.i32(0).i32(0).memory('v128.load32_splat', 8).memory('v128.store', 128)
          f.i32(0).i32(0).memory('v128.load32_zero', 8).memory('v128.store', 144)
          f.i32(0).i32(0).memory('v128.load').memoryLane('v128.store32_lane', 3, 160)
          f.i32(0).f32x4(7).f32(9).lane('f32x4.replace_lane', 2).memory('v128.store', 176)
          f.i32(0).i32(0).memory('v128.load').lane('f32x4.extract_lane', 1).memory('f32.store', 192)
          f.i32(0).i32x4([1, -2, 3, -4]).memory('v128.store', 208)
        }),
      ),
    )
    const floats = new Float32Array(memory.buffer)
    const ints = new Int32Array(memory.buffer)
    floats.set(a, 0)
    floats.set(b, 4)
    exports.f?.()
    const at = (view: Float32Array | Int32Array, byte: number, count = 4) => [...view.subarray(byte / 4, byte / 4 + count)]
    expect(at(ints, 64)).toEqual([1, -2, 3, -4])
    expect(at(floats, 80)).toEqual([1, -2, 3, -4])
    expect(at(ints, 96)).toEqual([4, -8, 12, -16])
    expect(at(floats, 112)).toEqual([1.5, 2, -4, -4])
    expect(at(floats, 128)).toEqual([3.25, 3.25, 3.25, 3.25])
    expect(at(floats, 144)).toEqual([3.25, 0, 0, 0])
    expect(at(floats, 160, 1)).toEqual([-4])
    expect(at(floats, 176)).toEqual([7, 7, 9, 7])
    expect(at(floats, 192, 1)).toEqual([-2.5])
    expect(at(ints, 208)).toEqual([1, -2, 3, -4])
  })
  it('copies and fills memory', () => {
    const { memory, exports } = assemble((m) =>
      m.export(
        'f',
        m.function([], [], (f) => f.i32(64).i32(0x11).i32(8).memoryFill().i32(96).i32(62).i32(4).memoryCopy()),
      ),
    )
    exports.f?.()
    const bytes = new Uint8Array(memory.buffer)
    expect([...bytes.subarray(62, 74)]).toEqual([0, 0, ...new Array(8).fill(0x11), 0, 0])
    expect([...bytes.subarray(96, 101)]).toEqual([0, 0, 0x11, 0x11, 0])
  })
})

describe('shared memory', () => {
  it('has atomics, notify, wait and fence', () => {
    const { memory, exports } = assemble((m) => {
      m.export(
        'f',
        m.function([], ['i32'], (f) => {
          f.i32(0).i32(40).memory('i32.atomic.store', 16).fence()
          f.i32(0).i32(2).memory('i32.atomic.rmw.add', 16).op('drop')
          f.i32(0).i32(9).memory('memory.atomic.notify', 16).op('drop')
          f.i32(0).memory('i32.atomic.load', 16)
        }),
      )
      // Not equal: returns at once.
      m.export(
        'wait',
        m.function([], ['i32'], (f) => f.i32(16).i32(7).i64(-1).memory('memory.atomic.wait32')),
      )
    }, true)
    expect(exports.f?.()).toBe(42)
    expect(exports.wait?.()).toBe(1)
    expect(Atomics.load(new Int32Array(memory.buffer), 4)).toBe(42)
  })
})

describe('large modules', () => {
  it('assembles megabytes in linear time', () => {
    const module = new ModuleBuilder({ initialPages: 1, shared: false })
    for (let i = 0; i < 40; i++) {
      module.function(['i32'], ['i32'], (f, x) => {
        for (let k = 0; k < 8000; k++) f.increment(x, k)
        f.get(x)
      })
    }
    const bytes = module.toBytes()
    expect(bytes.length).toBeGreaterThan(2e6)
    expect(WebAssembly.validate(bytes)).toBe(true)
  })
})
