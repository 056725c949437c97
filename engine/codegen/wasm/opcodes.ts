/**
 * @file The WebAssembly instructions that generated kernels use, by their names in the text format, grouped by what follows the opcode
 * (core specification 2.0, the threads and the relaxed SIMD proposals). The assembler encodes from these tables, a listing can decode by them.
 * An opcode above 0xff is a prefix byte and a number: `0xfd105` is prefix 0xfd, number 0x105.
 */

/** Nothing follows; operands come from the stack. */
export const plain = {
  unreachable: 0x00,
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,

  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_s': 0x4a,
  'i32.gt_u': 0x4b,
  'i32.le_s': 0x4c,
  'i32.le_u': 0x4d,
  'i32.ge_s': 0x4e,
  'i32.ge_u': 0x4f,
  'f32.eq': 0x5b,
  'f32.ne': 0x5c,
  'f32.lt': 0x5d,
  'f32.gt': 0x5e,
  'f32.le': 0x5f,
  'f32.ge': 0x60,

  'i64.eq': 0x51,
  'i64.lt_u': 0x54,
  'i64.gt_u': 0x56,
  'i64.ge_u': 0x5a,

  'i32.clz': 0x67,
  'i32.ctz': 0x68,
  'i32.popcnt': 0x69,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.div_s': 0x6d,
  'i32.div_u': 0x6e,
  'i32.rem_s': 0x6f,
  'i32.rem_u': 0x70,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.xor': 0x73,
  'i32.shl': 0x74,
  'i32.shr_s': 0x75,
  'i32.shr_u': 0x76,

  'i64.add': 0x7c,
  'i64.and': 0x83,
  'i64.or': 0x84,
  'i64.shl': 0x86,
  'i64.shr_u': 0x88,
  'i32.wrap_i64': 0xa7,
  'i64.extend_i32_u': 0xad,

  'f32.abs': 0x8b,
  'f32.neg': 0x8c,
  'f32.ceil': 0x8d,
  'f32.floor': 0x8e,
  'f32.trunc': 0x8f,
  'f32.nearest': 0x90,
  'f32.sqrt': 0x91,
  'f32.add': 0x92,
  'f32.sub': 0x93,
  'f32.mul': 0x94,
  'f32.div': 0x95,
  'f32.min': 0x96,
  'f32.max': 0x97,
  'f32.copysign': 0x98,

  'i32.trunc_f32_s': 0xa8,
  'f32.convert_i32_s': 0xb2,
  'f32.convert_i32_u': 0xb3,
  'i32.reinterpret_f32': 0xbc,
  'f32.reinterpret_i32': 0xbe,
  'i32.trunc_sat_f32_s': 0xfc000,

  'i8x16.swizzle': 0xfd00e,
  'i32x4.splat': 0xfd011,
  'f32x4.splat': 0xfd013,

  'i32x4.eq': 0xfd037,
  'i32x4.ne': 0xfd038,
  'i32x4.lt_s': 0xfd039,
  'i32x4.lt_u': 0xfd03a,
  'i32x4.gt_s': 0xfd03b,
  'i32x4.gt_u': 0xfd03c,
  'i32x4.le_s': 0xfd03d,
  'i32x4.le_u': 0xfd03e,
  'i32x4.ge_s': 0xfd03f,
  'i32x4.ge_u': 0xfd040,
  'f32x4.eq': 0xfd041,
  'f32x4.ne': 0xfd042,
  'f32x4.lt': 0xfd043,
  'f32x4.gt': 0xfd044,
  'f32x4.le': 0xfd045,
  'f32x4.ge': 0xfd046,

  'v128.not': 0xfd04d,
  'v128.and': 0xfd04e,
  'v128.andnot': 0xfd04f,
  'v128.or': 0xfd050,
  'v128.xor': 0xfd051,
  'v128.bitselect': 0xfd052,
  'v128.any_true': 0xfd053,

  'f32x4.ceil': 0xfd067,
  'f32x4.floor': 0xfd068,
  'f32x4.trunc': 0xfd069,
  'f32x4.nearest': 0xfd06a,

  'i32x4.abs': 0xfd0a0,
  'i32x4.neg': 0xfd0a1,
  'i32x4.all_true': 0xfd0a3,
  'i32x4.bitmask': 0xfd0a4,
  'i32x4.shl': 0xfd0ab,
  'i32x4.shr_s': 0xfd0ac,
  'i32x4.shr_u': 0xfd0ad,
  'i32x4.add': 0xfd0ae,
  'i32x4.sub': 0xfd0b1,
  'i32x4.mul': 0xfd0b5,
  'i32x4.min_s': 0xfd0b6,
  'i32x4.min_u': 0xfd0b7,
  'i32x4.max_s': 0xfd0b8,
  'i32x4.max_u': 0xfd0b9,

  'f32x4.abs': 0xfd0e0,
  'f32x4.neg': 0xfd0e1,
  'f32x4.sqrt': 0xfd0e3,
  'f32x4.add': 0xfd0e4,
  'f32x4.sub': 0xfd0e5,
  'f32x4.mul': 0xfd0e6,
  'f32x4.div': 0xfd0e7,
  'f32x4.min': 0xfd0e8,
  'f32x4.max': 0xfd0e9,
  'f32x4.pmin': 0xfd0ea,
  'f32x4.pmax': 0xfd0eb,
  'i32x4.trunc_sat_f32x4_s': 0xfd0f8,
  'i32x4.trunc_sat_f32x4_u': 0xfd0f9,
  'f32x4.convert_i32x4_s': 0xfd0fa,
  'f32x4.convert_i32x4_u': 0xfd0fb,

  'i64x2.shl': 0xfd0cb,
  'i64x2.shr_u': 0xfd0cd,
  'i64x2.add': 0xfd0ce,
  'f64x2.nearest': 0xfd094,
  'f64x2.eq': 0xfd047,
  'f64x2.ne': 0xfd048,
  'f64x2.gt': 0xfd04a,
  'f64x2.add': 0xfd0f0,
  'f64x2.sub': 0xfd0f1,
  'f64x2.mul': 0xfd0f2,
  'f64x2.div': 0xfd0f3,
  'f64x2.pmin': 0xfd0f6,
  'f64x2.pmax': 0xfd0f7,
  'f32x4.demote_f64x2_zero': 0xfd05e,
  'f64x2.promote_low_f32x4': 0xfd05f,

  'i32x4.relaxed_trunc_f32x4_s': 0xfd101,
  'i32x4.relaxed_trunc_f32x4_u': 0xfd102,
  /** a · b + c of the stack's a, b, c. */
  'f32x4.relaxed_madd': 0xfd105,
  /** c − a · b of the stack's a, b, c. */
  'f32x4.relaxed_nmadd': 0xfd106,
  'i32x4.relaxed_laneselect': 0xfd10b,
  'f32x4.relaxed_min': 0xfd10d,
  'f32x4.relaxed_max': 0xfd10e,
} as const

/** A memory argument follows: alignment and offset. The table gives [opcode, log2 of the access's bytes]. */
export const memory = {
  'i32.load': [0x28, 2],
  'f32.load': [0x2a, 2],
  'i32.load8_u': [0x2d, 0],
  'i32.store': [0x36, 2],
  'f32.store': [0x38, 2],
  'i32.store8': [0x3a, 0],

  'v128.load': [0xfd000, 4],
  'v128.load32_splat': [0xfd009, 2],
  'v128.load64_splat': [0xfd00a, 3],
  'v128.store': [0xfd00b, 4],
  'v128.load32_zero': [0xfd05c, 2],
  'v128.load64_zero': [0xfd05d, 3],

  'memory.atomic.notify': [0xfe000, 2],
  /** address, expected i32, timeout i64 in ns (−1: for ever) → 0 woken, 1 not equal, 2 timed out. */
  'memory.atomic.wait32': [0xfe001, 2],
  'i32.atomic.load': [0xfe010, 2],
  'i32.atomic.store': [0xfe017, 2],
  'i32.atomic.rmw.add': [0xfe01e, 2],
  'i32.atomic.rmw.sub': [0xfe025, 2],
  'i32.atomic.rmw.and': [0xfe02c, 2],
  'i32.atomic.rmw.or': [0xfe033, 2],
  'i32.atomic.rmw.xchg': [0xfe041, 2],
  'i32.atomic.rmw.cmpxchg': [0xfe048, 2],
  'i64.atomic.load': [0xfe011, 3],
  'i64.atomic.store': [0xfe018, 3],
  'i64.atomic.rmw.cmpxchg': [0xfe049, 3],
} as const

/** A lane number follows. */
export const lane = {
  'i32x4.extract_lane': 0xfd01b,
  'i32x4.replace_lane': 0xfd01c,
  'f32x4.extract_lane': 0xfd01f,
  'f32x4.replace_lane': 0xfd020,
} as const

/** A memory argument and a lane number follow. */
export const memoryLane = {
  'v128.load32_lane': [0xfd056, 2],
  'v128.load64_lane': [0xfd057, 3],
  'v128.store32_lane': [0xfd05a, 2],
  'v128.store64_lane': [0xfd05b, 3],
} as const

/** Encoded by methods of their own, with immediates of their own. */
export const special = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  br_if: 0x0d,
  call: 0x10,
  call_indirect: 0x11,
  'local.get': 0x20,
  'local.set': 0x21,
  'local.tee': 0x22,
  'global.get': 0x23,
  'global.set': 0x24,
  'i32.const': 0x41,
  'i64.const': 0x42,
  'f32.const': 0x43,
  'memory.copy': 0xfc00a,
  'memory.fill': 0xfc00b,
  'v128.const': 0xfd00c,
  'i8x16.shuffle': 0xfd00d,
  'atomic.fence': 0xfe003,
} as const

export type PlainOp = keyof typeof plain
export type MemoryOp = keyof typeof memory
export type LaneOp = keyof typeof lane
export type MemoryLaneOp = keyof typeof memoryLane

export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, v128: 0x7b } as const
export type ValueType = keyof typeof valueTypes
