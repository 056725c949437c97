/**
 * @file The executor that all others are measured against: the reference interpreter behind the `Backend` interface.
 * In: programs and single-precision arrays. Out: single-precision arrays; everything in between is double precision. State is kept in
 * single precision between runs, so that a checkpoint holds exactly what a run goes on from.
 */
import { InternalError } from '../core/diagnostics'
import { bytesOf, sizeOf, type TensorData } from '../core/tensor'
import { evaluate, lastReaders } from '../ir/evaluate'
import type { Instruction, Program, ValueId } from '../ir/program'
import type { Backend, Executable, StateSpec, StateStore } from './backend'

const BYTES_PER_DOUBLE = 8

class ReferenceState implements StateStore {
  private readonly arrays: Map<string, Float32Array>

  constructor(readonly specs: readonly StateSpec[]) {
    this.arrays = new Map(specs.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))]))
  }

  async write(name: string, data: TensorData): Promise<void> {
    this.set(name, data)
  }
  async read(names: readonly string[]): Promise<Record<string, Float32Array>> {
    return Object.fromEntries(names.map((name) => [name, this.get(name).slice()]))
  }
  dispose(): void {
    this.arrays.clear()
  }

  get(name: string): Float32Array {
    const array = this.arrays.get(name)
    if (!array) throw new InternalError('reference', `there is no state “${name}”`)
    return array
  }
  set(name: string, data: ArrayLike<number>): void {
    const array = this.get(name)
    if (data.length !== array.length)
      throw new InternalError('reference', `state “${name}” has ${array.length} elements, not ${data.length}`)
    array.set(data)
  }
}

class ReferenceExecutable implements Executable {
  private readonly wanted: ReadonlySet<ValueId>
  private results = new Map<ValueId, Float64Array>()

  constructor(
    readonly program: Program,
    private readonly state: ReferenceState,
  ) {
    for (const { name } of program.state) state.get(name)
    this.wanted = new Set([...program.outputs.map(({ value }) => value), ...program.state.flatMap(({ update }) => update ?? [])])
  }

  get memory() {
    return {
      scratchBytes: peakBytes(this.program, this.wanted),
      stateBytes: this.state.specs.reduce((sum, { shape }) => sum + bytesOf(shape), 0),
    }
  }

  run(inputs: Readonly<Record<string, TensorData>>): void {
    const held = Object.fromEntries(this.program.state.map(({ name }) => [name, this.state.get(name)]))
    this.results = evaluate(this.program, { ...inputs, ...held }, this.wanted)
    for (const { name, update } of this.program.state) if (update !== undefined) this.state.set(name, this.result(update))
  }

  async read(outputs: readonly string[]): Promise<Record<string, TensorData>> {
    return Object.fromEntries(
      outputs.map((name) => {
        const output = this.program.outputs.find((known) => known.name === name)
        if (!output) throw new InternalError('reference', `there is no output “${name}”`)
        const { dtype } = this.program.values[output.value] as Instruction
        const result = this.result(output.value)
        return [name, dtype === 'i32' ? Int32Array.from(result) : Float32Array.from(result)]
      }),
    )
  }

  dispose(): void {
    this.results.clear()
  }

  private result(id: ValueId): Float64Array {
    const result = this.results.get(id)
    if (!result) throw new InternalError('reference', 'nothing has run yet')
    return result
  }
}

/** Most bytes that are alive at one time: each value from where it is made to its last reader, what is wanted to the end. */
function peakBytes(program: Program, wanted: ReadonlySet<ValueId>): number {
  const lastReader = lastReaders(program)
  const size = (id: ValueId) => BYTES_PER_DOUBLE * sizeOf((program.values[id] as Instruction).shape)
  let alive = 0
  let peak = 0
  program.values.forEach(({ inputs }, id) => {
    if (!wanted.has(id) && !lastReader.has(id)) return
    alive += size(id)
    peak = Math.max(peak, alive)
    for (const input of new Set(inputs)) if (lastReader.get(input) === id && !wanted.has(input)) alive -= size(input)
  })
  return peak
}

export function createReferenceBackend(): Backend {
  return {
    info: { id: 'reference', label: { en: 'Reference · double precision', zh: '参考实现 · 双精度' }, threads: 1 },
    createState: (specs) => new ReferenceState(specs),
    compile: async (program, state) => {
      if (!(state instanceof ReferenceState)) throw new InternalError('reference', 'the state belongs to another backend')
      return new ReferenceExecutable(program, state)
    },
    dispose: async () => {},
  }
}
