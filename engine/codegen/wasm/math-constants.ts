/**
 * @file Vector constants kept in locals: set once at the start of a function instead of at every use.
 * In: a writer of phases. Out: a phase in the module.
 */
import type { PhaseFunction } from './alike'
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler'

type Quad = readonly [number, number, number, number]

export class Constants {
  private readonly known = new Map<string, Local>()

  constructor(private readonly f: FunctionBuilder) {}

  f32(value: number): Local {
    return this.local(`f32 ${Object.is(value, -0) ? '-0' : value}`, (f) => f.f32x4(value))
  }

  i32(value: number | Quad): Local {
    return this.local(`i32 ${value}`, (f) => f.i32x4(value))
  }

  /** Two doubles. */
  f64(value: number): Local {
    const [low = 0, high = 0] = new Int32Array(new Float64Array([value]).buffer)
    return this.local(`f64 ${value}`, (f) => f.i32x4([low, high, low, high]))
  }

  /** Two 64-bit integers, from their halves. */
  i64(high: number, low: number): Local {
    return this.local(`i64 ${high} ${low}`, (f) => f.i32x4([low, high, low, high]))
  }

  private local(key: string, write: (f: FunctionBuilder) => void): Local {
    const found = this.known.get(key)
    if (found) return found
    const local = this.f.constantVector(() => write(this.f))
    this.known.set(key, local)
    return local
  }
}

/** A phase whose body may ask for constants at any place. */
export const phaseWithConstants = (
  module: ModuleBuilder,
  build: (f: FunctionBuilder, constants: Constants, begin: Local, end: Local) => void,
): PhaseFunction => module.phase((f, begin, end) => build(f, new Constants(f), begin, end))
