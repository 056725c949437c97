/**
 * @file Chooses the kernel variant for this machine and engine. Which tile shape is fastest depends on whether V8 widens vectors to 256
 * bits, which cannot be asked, only measured. In: where choices are kept. Out: the fastest variant that also computes right, found in some
 * 30 ms, or at an earlier start.
 */
import { ModuleBuilder } from '../../codegen/wasm/assembler'
import type { KernelVariant } from '../../codegen/wasm/emitter'
import { matmulPhases } from '../../codegen/wasm/matmul'
import { InternalError } from '../../core/diagnostics'
import { type ChoiceStore, fingerprintOf, keptChoice } from '../choices'

/** Runs in every engine with 128-bit SIMD, so it is what a stranger's browser may get. */
export const plainVariant: KernelVariant = { fma: false, rows: 4, columns: 8 }

export const kernelVariants: readonly KernelVariant[] = [
  { fma: true, rows: 6, columns: 16 },
  { fma: true, rows: 6, columns: 8 },
  { fma: false, rows: 4, columns: 16 },
  plainVariant,
]

/** A product small enough to be quick and long enough to be told apart: (96 × 128) · (128 × 96). */
const rows = 96
const depth = 128
const columns = 96
/**
 * Variants take turns, so that all have time to be optimised and all suffer alike from whatever else the machine does; the best turn counts.
 */
const rounds = 5
const turnMilliseconds = 1

/**
 * Where V8 widens, wide tiles are nearly twice as fast (120 against 61–66 GFLOP/s); where it does not, they are about as fast as narrow
 * ones and the clock's noise would decide. Only a clear lead counts, so that a machine makes the same choice, and computes the same bits,
 * at every start.
 */
const widenedGain = 1.25
const isWide = ({ columns }: KernelVariant): boolean => columns >= 16

let chosen: Promise<KernelVariant> | undefined

/** Remembered for the life of the process. */
export function chooseVariant(store?: ChoiceStore): Promise<KernelVariant> {
  chosen ??= keptVariant(store)
  return chosen
}

/** The variant that was kept, if it is still one and computes right; the fastest otherwise. */
export const keptVariant = (store: ChoiceStore | undefined, measure = measureVariants): Promise<KernelVariant> =>
  keptChoice(store, {
    about: ['CPU kernels', fingerprintOf(kernelVariants.map((variant) => assembleTrial(variant, matmulPhases).bytes.join()))],
    accept: (kept) => kernelVariants.find((variant) => isSame(variant, kept) && computes(variant)),
    measure: async () => measure(),
  })

const isSame = ({ fma, rows, columns }: KernelVariant, kept: unknown): boolean =>
  typeof kept === 'object' &&
  kept !== null &&
  'fma' in kept &&
  kept.fma === fma &&
  'rows' in kept &&
  kept.rows === rows &&
  'columns' in kept &&
  kept.columns === columns

function computes(variant: KernelVariant): boolean {
  const trial = prepareTrial(variant)
  trial?.run()
  return trial?.isRight() ?? false
}

function measureVariants(): KernelVariant {
  const trials = kernelVariants.flatMap((variant) => {
    const trial = prepareTrial(variant)
    return trial ? [{ variant, trial, time: Number.POSITIVE_INFINITY }] : []
  })
  for (let round = 0; round < rounds; round++)
    for (const entry of trials) entry.time = Math.min(entry.time, bestOf(entry.trial.run, turnMilliseconds))
  const right = trials.filter(({ trial }) => trial.isRight()).sort((x, y) => x.time - y.time)
  const [best] = right
  if (!best) throw new InternalError('autotune', 'this WebAssembly engine computes no kernel right: it needs 128-bit SIMD')
  const bestNarrow = right.find(({ variant }) => !isWide(variant))
  return isWide(best.variant) && bestNarrow && bestNarrow.time < widenedGain * best.time ? bestNarrow.variant : best.variant
}

/** A product by one variant, ready to run. */
export interface Trial {
  run(): void
  /** Whether the latest run computed what it should. */
  isRight(): boolean
}

const a = 1024
const b = a + 4 * rows * depth + 64
const out = b + 4 * depth * columns + 64

function assembleTrial(variant: KernelVariant, emit: typeof matmulPhases) {
  let top = out + 4 * rows * columns + 64
  const allocate = (bytes: number): number => {
    const address = Math.ceil(top / 64) * 64
    top = address + bytes + 64
    return address
  }
  const tables: { address: number; values: readonly number[] }[] = []
  const module = new ModuleBuilder({ initialPages: 1, shared: false })
  const phases = emit(
    {
      module,
      variant,
      address: (buffer) => buffer,
      scratch: allocate,
      table: (values) => {
        const address = allocate(4 * values.length)
        tables.push({ address, values })
        return address
      },
    },
    { a, b, out, batch: 1, m: rows, k: depth, n: columns, transposeA: false, transposeB: false, label: 'autotune' },
  )
  for (const [i, { func }] of phases.entries()) module.exportPhase(`phase${i}`, func)
  const argumentsAt = allocate(4 * module.argumentWords)
  const { bytes, words } = module.link(undefined, argumentsAt)
  return { bytes, phases, tables: [...tables, { address: argumentsAt, values: words }], top }
}

/** Undefined if the engine lacks an instruction. */
export function prepareTrial(variant: KernelVariant, emit: typeof matmulPhases = matmulPhases): Trial | undefined {
  const { bytes, phases, tables, top } = assembleTrial(variant, emit)
  if (!WebAssembly.validate(bytes)) return undefined
  const memory = new WebAssembly.Memory({ initial: Math.ceil(top / 65536) })
  for (const { address, values } of tables) new Int32Array(memory.buffer, address, values.length).set(values)
  const left = new Float32Array(memory.buffer, a, rows * depth)
  const right = new Float32Array(memory.buffer, b, depth * columns)
  // Small integers: every sum is exact, so any right variant gives the same numbers.
  for (let i = 0; i < left.length; i++) left[i] = ((i * 7) % 11) - 5
  for (let i = 0; i < right.length; i++) right[i] = ((i * 5) % 13) - 6
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
  const functions = phases.map((_, i) => instance.exports[`phase${i}`] as (begin: number, end: number) => void)
  return {
    run: () => {
      for (const [i, phase] of phases.entries()) functions[i]?.(0, phase.units)
    },
    isRight: () => computesRight(left, right, new Float32Array(memory.buffer, out, rows * columns)),
  }
}

function bestOf(work: () => void, milliseconds: number): number {
  const end = performance.now() + milliseconds
  let best = Number.POSITIVE_INFINITY
  let start = performance.now()
  while (start < end) {
    work()
    const now = performance.now()
    best = Math.min(best, now - start)
    start = now
  }
  return best
}

function computesRight(left: Float32Array, right: Float32Array, product: Float32Array): boolean {
  for (let i = 0; i < rows; i += 7) {
    for (let j = 0; j < columns; j += 5) {
      let sum = 0
      for (let p = 0; p < depth; p++) sum += (left[i * depth + p] as number) * (right[p * columns + j] as number)
      if (product[i * columns + j] !== sum) return false
    }
  }
  return true
}
