/**
 * @file Vector constants kept in locals: set once at the start of a function instead of at every use.
 * A function is written twice, first to see which constants it wants. In: a writer of function bodies. Out: a function in the module.
 */
import { FunctionBuilder, type Local, type ModuleBuilder } from './assembler'

type Quad = readonly [number, number, number, number]

export class Constants {
  private readonly known = new Map<string, Local>()
  private readonly wanted = new Map<string, (f: FunctionBuilder) => void>()

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
    const local = this.f.local('v128')
    this.known.set(key, local)
    this.wanted.set(key, write)
    return local
  }

  /** Sets every constant that `other` came to want. */
  preset(other: Constants): void {
    for (const [key, write] of other.wanted) {
      const local = this.local(key, write)
      write(this.f)
      this.f.set(local)
    }
  }
}

/** Adds a function (two i32) → () whose body may ask for constants at any place. */
export function functionWithConstants(
  module: ModuleBuilder,
  build: (f: FunctionBuilder, constants: Constants, begin: Local, end: Local) => void,
): number {
  const run = (f: FunctionBuilder, constants: Constants) => {
    const [begin, end] = f.params
    if (begin && end) build(f, constants, begin, end)
  }
  const trial = new FunctionBuilder(['i32', 'i32'], [])
  const wanted = new Constants(trial)
  run(trial, wanted)
  return module.function(['i32', 'i32'], [], (f) => {
    const constants = new Constants(f)
    constants.preset(wanted)
    run(f, constants)
  })
}
