/**
 * @file Runs one generated kernel on a memory of its own: lays out its buffers, emits it, instantiates the module, and does its phases
 * with the units split however a test wants.
 */
import { setFlagsFromString } from 'node:v8'
import { ModuleBuilder } from '../../engine/codegen/wasm/assembler'
import type { EmitContext, KernelVariant, Phase } from '../../engine/codegen/wasm/emitter'

// As the launcher does: kernels run optimised and widened to 256 bits, so that this is what the tests see.
for (const flag of ['--experimental-wasm-revectorize', '--no-liftoff']) setFlagsFromString(flag)

export const variants: Readonly<Record<string, KernelVariant>> = {
  '6×16 fma': { fma: true, rows: 6, columns: 16 },
  '6×8 fma': { fma: true, rows: 6, columns: 8 },
  '4×8 plain': { fma: false, rows: 4, columns: 8 },
}

/** Memory after every buffer that kernels may read but never write. */
const guardBytes = 64
const guardValue = 1e30

/** How many pieces each phase's units are cut into. */
export type Split = (units: number) => readonly number[]

export const whole: Split = (units) => [0, units]
export const oneByOne: Split = (units) => Array.from({ length: units + 1 }, (_, i) => i)

export class KernelBench {
  readonly memory: WebAssembly.Memory
  readonly phases: readonly Phase[]
  readonly bytes: number
  private readonly addresses: number[] = []
  private readonly guards: number[] = []
  private readonly functions: readonly ((begin: number, end: number) => void)[]

  /** `sizes`: elements of each buffer, by buffer id. */
  constructor(
    private readonly sizes: readonly number[],
    emit: (context: EmitContext) => Phase[],
    variant: KernelVariant,
  ) {
    let top = 1024
    const allocate = (bytes: number): number => {
      const address = Math.ceil(top / 64) * 64
      top = address + bytes + guardBytes
      this.guards.push(address + bytes)
      return address
    }
    for (const size of sizes) this.addresses.push(allocate(4 * size))
    const tables: { address: number; values: readonly number[] }[] = []
    const module = new ModuleBuilder({ initialPages: 1, shared: false })
    const phases = emit({
      module,
      variant,
      address: (buffer) => this.addresses[buffer] as number,
      scratch: allocate,
      table: (values) => {
        const address = allocate(4 * values.length)
        tables.push({ address, values })
        return address
      },
    })
    for (const [i, phase] of phases.entries()) module.exportPhase(`phase${i}`, phase.func)
    const argumentsAt = allocate(4 * module.argumentWords)
    const linked = module.link(undefined, argumentsAt)
    tables.push({ address: argumentsAt, values: linked.words })
    this.phases = phases
    this.bytes = top
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(top / 65536) })
    // Whatever a kernel does not write stays visible.
    new Float32Array(this.memory.buffer).fill(Number.NaN)
    for (const guard of this.guards) new Float32Array(this.memory.buffer, guard, guardBytes / 4).fill(guardValue)
    for (const { address, values } of tables) new Int32Array(this.memory.buffer, address, values.length).set(values)
    const instance = new WebAssembly.Instance(new WebAssembly.Module(linked.bytes), { env: { memory: this.memory } })
    this.functions = phases.map((_, i) => instance.exports[`phase${i}`] as (begin: number, end: number) => void)
  }

  floats(buffer: number): Float32Array {
    return new Float32Array(this.memory.buffer, this.addresses[buffer], this.sizes[buffer])
  }

  ints(buffer: number): Int32Array {
    return new Int32Array(this.memory.buffer, this.addresses[buffer], this.sizes[buffer])
  }

  /** Throws if anything was written past the end of a buffer, of scratch or of a table. */
  checkGuards(): void {
    for (const guard of this.guards) {
      const values = new Float32Array(this.memory.buffer, guard, guardBytes / 4)
      if (values.some((value) => value !== Math.fround(guardValue))) throw new Error(`written past the end of memory at ${guard}`)
    }
  }

  run(split: Split = whole): void {
    for (const [i, { units }] of this.phases.entries()) {
      const cuts = split(units)
      for (let piece = 0; piece + 1 < cuts.length; piece++) this.runPhase(i, cuts[piece] as number, cuts[piece + 1] as number)
    }
  }

  runPhase(phase: number, begin: number, end: number): void {
    const run = this.functions[phase]
    if (!run) throw new Error(`there is no phase ${phase}`)
    run(begin, end)
  }
}
