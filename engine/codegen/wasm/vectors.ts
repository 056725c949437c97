/**
 * @file Moving fewer floats than a vector holds: what remains at the ends of rows. Nothing outside the floats named is written.
 */
import type { FunctionBuilder, Local } from './assembler'

/** Stores the first one to four lanes. */
export function storeFirst(f: FunctionBuilder, to: Local, offset: number, value: Local, lanes: number): void {
  f.get(to).get(value)
  if (lanes === 4) f.memory('v128.store', offset)
  else if (lanes === 1) f.memoryLane('v128.store32_lane', 0, offset)
  else {
    f.memoryLane('v128.store64_lane', 0, offset)
    if (lanes === 3)
      f.get(to)
        .get(value)
        .memoryLane('v128.store32_lane', 2, offset + 8)
  }
}

/** Copies `count` floats between constant offsets of two pointers, writing nothing else. */
export function copyFloats(f: FunctionBuilder, from: Local, fromOffset: number, to: Local, toOffset: number, count: number): void {
  let done = 0
  for (; done + 4 <= count; done += 4) {
    f.get(to)
      .get(from)
      .memory('v128.load', fromOffset + 4 * done)
      .memory('v128.store', toOffset + 4 * done)
  }
  if (count - done >= 2) {
    f.get(to)
      .get(from)
      .memory('v128.load64_zero', fromOffset + 4 * done)
      .memoryLane('v128.store64_lane', 0, toOffset + 4 * done)
    done += 2
  }
  if (done < count) {
    f.get(to)
      .get(from)
      .memory('f32.load', fromOffset + 4 * done)
      .memory('f32.store', toOffset + 4 * done)
  }
}
