/**
 * @file Kernels → one WebAssembly module, before anything has an address. In: a kernel program. Out: the groups in which its phases run,
 * what memory they need and for how long, and the linker, which gives bytes and tables once every place has its address.
 * The module exports `run` (dispatch.ts). What phases touch is read off the code itself: the places that its functions name.
 */
import { InternalError } from '../../core/diagnostics'
import { bytesOf } from '../../core/tensor'
import { aligned, type Life } from '../../memory/plan'
import type { BufferId, Kernel, KernelProgram, PlainKernel } from '../../optimize/kernel'
import { itemsOf, movesOn } from '../../optimize/scan-kernel'
import type { PhaseFunction } from './alike'
import { ModuleBuilder } from './assembler'
import { emitConv } from './conv'
import { digest, standsIn } from './digest'
import { emitDispatch } from './dispatch'
import type { EmitContext, KernelVariant, Phase } from './emitter'
import { emitArgMax, emitGather, emitScatterAdd } from './indexing'
import { emitLoop } from './loop'
import { formOf } from './loop-streams'
import { emitMatmul } from './matmul'
import type { MemoryLimits } from './module-bytes'
import { addressIn, argumentsPlace, placeIn } from './places'
import { emitPool } from './pool'
import { type Group, groupSteps, type Step } from './schedule'
import { writeRecords } from './tasks'

export interface ModuleOptions {
  readonly limits: MemoryLimits
  readonly variant: KernelVariant
  readonly threads: number
}

/** Where everything lies, in bytes. */
export interface Addresses {
  readonly control: number
  /** Tables, records and what phases read their constants from, `fixedBytes` of them. */
  readonly fixed: number
  /** Buffers, and beyond their numbers what kernels need while they run, as in `lives`. */
  of(place: BufferId): number
}

export interface EmittedModule {
  readonly groups: readonly Group[]
  /** In groups, or single steps where one thread does them: how long each scratch buffer is needed, and each workspace, numbered on from the buffers. */
  readonly lives: readonly Life[]
  /** Bytes that are written once. */
  readonly fixedBytes: number
  link(addresses: Addresses): { readonly bytes: Uint8Array<ArrayBuffer>; readonly fixed: readonly number[] }
}

/** `kept`: buffers that are no business of the plan. */
export function emitModule(program: KernelProgram, options: ModuleOptions, kept: ReadonlySet<BufferId> = new Set()): EmittedModule {
  const module = new ModuleBuilder(options.limits)
  const places = new Places(module, options.variant, program)
  const groups = groupKernels(program.kernels, places)
  const records = writeRecords(groups, options.threads)
  for (const { parts } of groups) for (const part of parts) for (const { phase } of part.steps) module.callable(phase.func.func)
  const run = emitDispatch(module, {
    control: addressIn(places.control),
    records: addressIn(places.fixed, places.tableBytes),
    threads: options.threads,
    hasItems: groups.some(({ item }) => item !== undefined),
  })
  module.export('run', run)
  const recordsAt = places.tableBytes
  const argumentsAt = recordsAt + records.bytes
  return {
    groups,
    lives: livesOf(program, groups, places.workspaces, kept),
    fixedBytes: argumentsAt + 4 * module.argumentWords,
    link({ control, fixed, of }) {
      const addressOf = (place: number): number =>
        place === places.control ? control : place === places.fixed ? fixed : of(bufferAt(place))
      const tables = places.tableWords.map((value) => (placeIn(value) > 0 ? fixed + value - addressIn(places.fixed) : value))
      const { bytes, words } = module.link(addressOf, fixed + argumentsAt)
      const callOf = ({ func }: Phase) => [module.callable(func.func), module.argumentsOf(func, fixed + argumentsAt)] as const
      return { bytes, fixed: [...tables, ...records.at(fixed + recordsAt, callOf), ...words] }
    },
  }
}

/** Places 2 and 3 belong to the module; buffers follow. */
const placeAt = (buffer: BufferId): number => buffer + 4
const bufferAt = (place: number): BufferId => place - 4

/** Numbers below this are no addresses. */
const foreignFrom = addressIn(argumentsPlace, -(2 ** 33))

/** Hands out places while kernels are written. */
class Places {
  readonly control = 2
  /** Tables, then records. */
  readonly fixed = 3
  readonly tableWords: number[] = []
  /** Bytes of each kernel's workspaces, numbered on from the program's buffers. */
  readonly workspaces = new Map<BufferId, number>()
  readonly context: EmitContext
  /** Where in `tableWords` tables lie, by a number made of what they hold. */
  private readonly tables = new Map<number, { readonly at: number; readonly length: number }[]>()

  constructor(
    private readonly module: ModuleBuilder,
    variant: KernelVariant,
    { buffers, kernels }: KernelProgram,
  ) {
    const forms = formsOf(kernels)
    this.context = {
      module,
      variant,
      address: (buffer) => addressIn(placeAt(buffer)),
      scratch: (bytes) => {
        const id = buffers.length + this.workspaces.size
        this.workspaces.set(id, aligned(bytes))
        return addressIn(placeAt(id))
      },
      table: (values) => this.table(values),
      isRepeated: (kernel) => (forms.get(formOf(kernel)) ?? 0) >= enoughAlike,
    }
  }

  get tableBytes(): number {
    return 4 * this.tableWords.length
  }

  /** Buffers and workspaces whose addresses a function knows. */
  touched(phase: PhaseFunction): BufferId[] {
    return [...this.module.placesOf(phase)].filter((place) => place >= placeAt(0)).map(bufferAt)
  }

  /** Equal tables are one. */
  private table(values: readonly number[]): number {
    const key = digest(values)
    const alike = this.tables.get(key)
    const known = alike?.find(({ at, length }) => length === values.length && standsIn(values, this.tableWords, at))
    if (known) return addressIn(this.fixed, 4 * known.at)
    const table = { at: this.tableWords.length, length: values.length }
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number
      if (value >= foreignFrom && placeIn(value) !== this.fixed)
        throw new InternalError('wasm', 'a table may hold addresses of other tables only: what a phase touches must stand in its code')
      this.tableWords.push(value)
    }
    if (alike) alike.push(table)
    else this.tables.set(key, [table])
    return addressIn(this.fixed, 4 * table.at)
  }
}

/** So many loops of one form are worth a pointer more for each view. */
const enoughAlike = 3

/** How many loops there are of each form. */
function formsOf(kernels: readonly Kernel[]): ReadonlyMap<string, number> {
  const forms = new Map<string, number>()
  const count = (kernel: Kernel): void => {
    if (kernel.kind === 'scan') for (const one of [...kernel.before, ...kernel.steps]) count(one)
    if (kernel.kind !== 'loop') return
    const form = formOf(kernel)
    forms.set(form, (forms.get(form) ?? 0) + 1)
  }
  for (const kernel of kernels) count(kernel)
  return forms
}

/** Between scans kernels mix; the steps of a scan are the same groups again and again. */
function groupKernels(kernels: readonly Kernel[], places: Places): Group[] {
  const groups: Group[] = []
  let waiting: Step[] = []
  const flush = () => {
    groups.push(...groupSteps(waiting))
    waiting = []
  }
  for (const kernel of kernels) {
    if (kernel.kind !== 'scan') {
      waiting.push(...stepsOf(kernel, places))
      continue
    }
    const inside = kernel.steps.map((one) => ({ one, steps: stepsOf(one, places) }))
    const written = new Set(kernel.steps.flatMap(({ writes }) => writes))
    const isOnce = ({ phase, reads }: Step) => phase.isPreparation && [...reads].every((place) => !written.has(place))
    const once = new Set(inside.flatMap(({ one, steps }) => (movesOn(one) ? [] : steps.filter(isOnce))))
    waiting.push(...kernel.before.flatMap((one) => stepsOf(one, places)), ...once)
    flush()
    const repeated = groupSteps(inside.flatMap(({ steps }) => steps.filter((step) => !once.has(step))))
    for (const item of itemsOf(kernel)) groups.push(...repeated.map((group) => ({ ...group, item })))
  }
  flush()
  return groups
}

const stepsOf = (kernel: PlainKernel, places: Places): Step[] =>
  emitKernel(kernel, places.context).map((phase) => stepOf(phase, kernel, places.touched(phase.func)))

/** What a phase reads and writes: a kernel's workspaces count as written, since nothing else is known of them. */
function stepOf(phase: Phase, kernel: PlainKernel, touched: readonly BufferId[]): Step {
  const reads = new Set(touched.filter((buffer) => kernel.reads.includes(buffer)))
  const writes = new Set(touched.filter((buffer) => kernel.writes.includes(buffer) || !reads.has(buffer)))
  return { phase, reads, writes, origins: kernel.origins }
}

function livesOf(
  program: KernelProgram,
  groups: readonly Group[],
  workspaces: ReadonlyMap<BufferId, number>,
  kept: ReadonlySet<BufferId>,
): Life[] {
  const spans = new Map<BufferId, { first: number; last: number }>()
  let time = 0
  for (const { parts, parallel } of groups) {
    for (const { steps } of parts)
      for (const { reads, writes } of steps) {
        for (const buffer of [...reads, ...writes]) {
          const known = spans.get(buffer)
          if (known) known.last = time
          else spans.set(buffer, { first: time, last: time })
        }
        // One thread does one step after the other.
        if (!parallel) time++
      }
    if (parallel) time++
  }
  return [...spans].flatMap(([buffer, span]): Life[] => {
    const described = program.buffers[buffer]
    if (kept.has(buffer) || (described && described.role !== 'scratch')) return []
    return [{ buffer, bytes: described ? aligned(bytesOf(described.shape)) : (workspaces.get(buffer) as number), ...span }]
  })
}

function emitKernel(kernel: PlainKernel, context: EmitContext): Phase[] {
  switch (kernel.kind) {
    case 'loop':
      return emitLoop(kernel, context)
    case 'matmul':
      return emitMatmul(kernel, context)
    case 'conv':
      return emitConv(kernel, context)
    case 'pool':
      return emitPool(kernel, context)
    case 'gather':
      return emitGather(kernel, context)
    case 'scatterAdd':
      return emitScatterAdd(kernel, context)
    case 'argMax':
      return emitArgMax(kernel, context)
  }
}
