/**
 * @file A byte-level WebAssembly assembler: modules that import one memory, functions written instruction by instruction under their
 * text-format names, and the few structured helpers that kernels need. In: calls of the emitters. Out: a module's bytes.
 * All instructions are defined in opcodes.ts, so bytes can be listed again by name.
 */
import { InternalError } from '../../core/diagnostics'
import { Alike, type PhaseFunction } from './alike'
import { ByteWriter } from './bytes'
import { encodeModule, type FunctionBody, type FunctionType, type MemoryLimits } from './module-bytes'
import {
  type LaneOp,
  lane,
  type MemoryLaneOp,
  type MemoryOp,
  memory,
  memoryLane,
  type PlainOp,
  plain,
  special,
  type ValueType,
  valueTypes,
} from './opcodes'
import { addressIn, argumentsPlace, type Gap, placeIn } from './places'

export interface Local {
  readonly index: number
  readonly type: ValueType
}

/** An i32: a constant or a local's value. */
export type Operand = number | Local

/** A place to branch to: the end of a block or `if`, the start of a loop. */
export interface Label {
  readonly depth: number
}

type Locals<P extends readonly ValueType[]> = { [K in keyof P]: Local }

const emptyBlock = 0x40

export class FunctionBuilder {
  readonly params: readonly Local[]
  private code = new ByteWriter()
  /** Sets constants, before everything else. */
  private readonly prologue = new ByteWriter(0)
  private readonly localTypes: ValueType[] = []
  private readonly gaps: Gap[] = []
  private readonly constants: { at: number[]; values: number[] } = { at: [], values: [] }
  private readonly callees = new Set<number>()
  private usesItem = false
  private depth = 0
  /** Vectors made in the scopes being written, and one that stays zero. */
  private fresh: Local[] = []
  private zero: Local | undefined

  constructor(
    params: readonly ValueType[],
    readonly results: readonly ValueType[],
    /** Constants of the body get room enough for any other (alike.ts). */
    private readonly isLoose = false,
  ) {
    this.params = params.map((type, index) => ({ index, type }))
  }

  // --- locals ---

  /** A vector made inside a branch or a counted loop belongs to it: at its end it is zero again. */
  local(type: ValueType): Local {
    this.localTypes.push(type)
    const local = { index: this.params.length + this.localTypes.length - 1, type }
    if (type === 'v128') this.fresh.push(local)
    return local
  }

  locals(count: number, type: ValueType): Local[] {
    return Array.from({ length: count }, () => this.local(type))
  }

  get(local: Local): this {
    return this.opcode(special['local.get']).number(local.index)
  }

  /** Pops a value into the local. */
  set(local: Local): this {
    return this.opcode(special['local.set']).number(local.index)
  }

  /** Like `set`, leaving the value on the stack. */
  tee(local: Local): this {
    return this.opcode(special['local.tee']).number(local.index)
  }

  /** Pops a value into a new local. */
  toLocal(type: ValueType): Local {
    const local = this.local(type)
    this.set(local)
    return local
  }

  /** A vector that is set once, at the start of the function, to the constant that the body pushes. No scope zeroes it. */
  constantVector(push: () => void): Local {
    const local = this.outerVector()
    const { code } = this
    this.code = this.prologue
    push()
    this.set(local)
    this.code = code
    return local
  }

  // --- the item of a scan ---

  /** Pushes its number. */
  item(): this {
    this.usesItem = true
    return this.opcode(special['global.get']).number(0)
  }

  /** Pops it: from now on, on this thread. */
  setItem(): this {
    this.usesItem = true
    return this.opcode(special['global.set']).number(0)
  }

  // --- constants ---

  /** Addresses from 2³¹ on are given as they are. */
  i32(value: number): this {
    this.opcode(special['i32.const'])
    if (this.isLoose && this.code !== this.prologue) {
      this.constants.at.push(this.code.length)
      this.constants.values.push(value)
      this.code.append(emptyGap)
    } else if (placeIn(value) > 0) this.gap(value, true)
    else this.code.signed(value)
    return this
  }

  /** An i64 of a 32-bit value, sign extended: a timeout. */
  i64(value: number): this {
    this.opcode(special['i64.const'])
    this.code.signed(value)
    return this
  }

  f32(value: number): this {
    this.opcode(special['f32.const'])
    this.code.f32(value)
    return this
  }

  f32x4(value: number): this {
    this.opcode(special['v128.const'])
    for (let i = 0; i < 4; i++) this.code.f32(value)
    return this
  }

  /** One value in all lanes, or four values. */
  i32x4(value: number | readonly [number, number, number, number]): this {
    this.opcode(special['v128.const'])
    for (let i = 0; i < 4; i++) {
      const x = typeof value === 'number' ? value : (value[i] as number)
      this.code.append([x & 0xff, (x >>> 8) & 0xff, (x >>> 16) & 0xff, (x >>> 24) & 0xff])
    }
    return this
  }

  // --- instructions ---

  op(name: PlainOp): this {
    return this.opcode(plain[name])
  }

  /** Loads, stores and atomics; the address (and value) on the stack. `align`: log2 of the bytes promised; 4-byte elements by default. */
  memory(name: MemoryOp, offset = 0, align?: number): this {
    const [code, natural] = memory[name]
    // Atomics must state their natural alignment, plain accesses at most that.
    return this.opcode(code)
      .number(align ?? Math.min(natural, 2))
      .number(offset)
  }

  lane(name: LaneOp, index: number): this {
    this.opcode(lane[name])
    this.code.byte(index)
    return this
  }

  memoryLane(name: MemoryLaneOp, index: number, offset = 0): this {
    const [code, natural] = memoryLane[name]
    this.opcode(code).number(Math.min(natural, 2)).number(offset)
    this.code.byte(index)
    return this
  }

  /** Four 32-bit lanes out of the eight of two vectors. */
  shuffle(lanes: readonly [number, number, number, number]): this {
    this.opcode(special['i8x16.shuffle'])
    for (const from of lanes) this.code.append([4 * from, 4 * from + 1, 4 * from + 2, 4 * from + 3])
    return this
  }

  fence(): this {
    this.opcode(special['atomic.fence'])
    this.code.byte(0)
    return this
  }

  /** Stack: destination, source, bytes. */
  memoryCopy(): this {
    this.opcode(special['memory.copy'])
    this.code.append([0, 0])
    return this
  }

  /** Stack: destination, byte value, bytes. */
  memoryFill(): this {
    this.opcode(special['memory.fill'])
    this.code.byte(0)
    return this
  }

  call(func: number): this {
    this.callees.add(func)
    return this.opcode(special.call).number(func)
  }

  /** The first unit and the end on the stack. */
  callPhase({ func, instance }: PhaseFunction): this {
    return this.i32(addressIn(argumentsPlace, instance)).call(func)
  }

  /** Calls the function whose number in the module's table is on the stack, after its arguments. */
  callIndirect(type: number): this {
    return this.opcode(special.call_indirect).number(type).number(0)
  }

  // --- control ---

  block(body: (end: Label) => void): this {
    return this.opcode(special.block).scope(body)
  }

  /** Branching to the label starts the loop again; falling through leaves it. */
  loop(body: (start: Label) => void): this {
    return this.opcode(special.loop).scope(body)
  }

  /** The condition is on the stack. */
  if(then: (end: Label) => void, otherwise?: (end: Label) => void, result?: ValueType): this {
    this.opcode(special.if)
    this.code.byte(result ? valueTypes[result] : emptyBlock)
    const label = { depth: ++this.depth }
    this.scoped(() => then(label))
    if (otherwise) {
      this.opcode(special.else)
      this.scoped(() => otherwise(label))
    }
    this.depth--
    return this.opcode(special.end)
  }

  br(label: Label): this {
    return this.opcode(special.br).number(this.depth - label.depth)
  }

  brIf(label: Label): this {
    return this.opcode(special.br_if).number(this.depth - label.depth)
  }

  // --- helpers on i32 ---

  push(operand: Operand): this {
    return typeof operand === 'number' ? this.i32(operand) : this.get(operand)
  }

  assign(local: Local, operand: Operand): this {
    return this.push(operand).set(local)
  }

  /** local += amount. */
  increment(local: Local, amount: Operand): this {
    if (amount === 0) return this
    return this.get(local).push(amount).op('i32.add').set(local)
  }

  /** Pushes base + Σ local · factor. */
  affine(base: Operand, ...terms: readonly (readonly [Local, number])[]): this {
    this.push(base)
    for (const [local, factor] of terms) {
      if (factor === 0) continue
      this.get(local)
      if (factor !== 1) this.i32(factor).op('i32.mul')
      this.op('i32.add')
    }
    return this
  }

  /** Pushes min(a, b), unsigned. */
  min(a: Operand, b: Operand): this {
    return this.push(a).push(b).push(a).push(b).op('i32.lt_u').op('select')
  }

  /** for (counter = from; counter < to; counter += step) body, unsigned; not entered when from ≥ to. */
  for(counter: Local, from: Operand, to: Operand, step: number, body: () => void): this {
    this.assign(counter, from)
    return this.get(counter)
      .push(to)
      .op('i32.lt_u')
      .if(() => {
        this.loop((again) => {
          this.scoped(body)
          this.get(counter).i32(step).op('i32.add').tee(counter).push(to).op('i32.lt_u').brIf(again)
        })
      })
  }

  /** do { body; counter −= step } while (counter > 0), signed: the tightest loop; the counter must be positive on entry. */
  countDown(counter: Local, step: number, body: () => void): this {
    return this.loop((again) => {
      this.scoped(body)
      this.get(counter).i32(step).op('i32.sub').tee(counter).i32(0).op('i32.gt_s').brIf(again)
    })
  }

  /** Runs the body `count` times: nothing for 0, straight for 1, a loop for more. */
  times(count: number, body: () => void): this {
    if (count <= 0) return this
    if (count === 1) {
      body()
      return this
    }
    const counter = this.local('i32')
    return this.assign(counter, count).countDown(counter, 1, body)
  }

  // --- encoding ---

  /** All that was written, and what it leaves to the linker. */
  finish(): FunctionBody {
    const { params, localTypes, prologue, code, gaps, constants, callees, usesItem } = this
    return { params: params.length, locals: localTypes, prologue, code, gaps, constants, callees, usesItem }
  }

  private opcode(code: number): this {
    if (code > 0xff) {
      this.code.byte(code >>> 12)
      this.code.unsigned(code & 0xfff)
    } else this.code.byte(code)
    return this
  }

  private number(value: number): this {
    if (placeIn(value) > 0) this.gap(value, false)
    else this.code.unsigned(value)
    return this
  }

  private gap(address: number, signed: boolean): void {
    const place = placeIn(address)
    this.gaps.push({ at: this.code.length, place, offset: address - addressIn(place), signed })
    this.code.append(emptyGap)
  }

  /**
   * Zeroes the vectors that the body made. Where control joins, V8 takes what a local was last set to as a value that is needed on; such
   * uses of halves one by one count against widening them to 256 bits, and loops of little work would stay half as fast as they could be.
   */
  private scoped(body: () => void): void {
    const outer = this.fresh
    this.fresh = []
    body()
    const made = this.fresh
    this.fresh = outer
    if (made.length === 0) return
    this.zero ??= this.outerVector()
    for (const local of made) this.get(this.zero).set(local)
  }

  /** A vector that no scope zeroes. */
  private outerVector(): Local {
    const local = this.local('v128')
    this.fresh.pop()
    return local
  }

  private scope(body: (label: Label) => void): this {
    this.code.byte(emptyBlock)
    body({ depth: ++this.depth })
    this.depth--
    return this.opcode(special.end)
  }
}

const emptyGap = [0, 0, 0, 0, 0]

/** The first unit, the end, and the address of what it reads its constants from. */
const phaseParams = ['i32', 'i32', 'i32'] as const

/** A module that imports `env.memory` and defines functions, numbered from 0 in the order they are added. */
export class ModuleBuilder {
  private readonly functions: (FunctionBody & { readonly type: number })[] = []
  private readonly types = new Map<string, FunctionType & { readonly index: number }>()
  private readonly exports = new Map<string, number>()
  /** Functions that are called by number, and the numbers. */
  private readonly table = new Map<number, number>()
  private readonly alike = new Alike()

  constructor(readonly limits: MemoryLimits) {}

  /** Adds a function and returns its index; `build` gets the parameters as locals. */
  function<const P extends readonly ValueType[]>(
    params: P,
    results: readonly ValueType[],
    build: (f: FunctionBuilder, ...params: Locals<P>) => void,
  ): number {
    const f = new FunctionBuilder(params, results)
    build(f, ...(f.params as Locals<P>))
    return this.functions.push({ type: this.typeOf(params, results), ...f.finish() }) - 1
  }

  /** A function that does the units from `begin` to `end` − 1. Those that differ in constants alone become one. */
  phase(build: (f: FunctionBuilder, begin: Local, end: Local) => void): PhaseFunction {
    const f = new FunctionBuilder(phaseParams, [], true)
    build(f, f.params[0] as Local, f.params[1] as Local)
    const body = { type: this.phaseType, ...f.finish() }
    return this.alike.add(body, () => this.functions.push(body) - 1)
  }

  get phaseType(): number {
    return this.typeOf(phaseParams, [])
  }

  /** The number of a function in the table. */
  callable(func: number): number {
    const known = this.table.get(func) ?? this.table.size
    this.table.set(func, known)
    return known
  }

  /** The places whose addresses a phase knows. */
  placesOf(phase: PhaseFunction): ReadonlySet<number> {
    return this.alike.placesOf(phase, (func) => this.functions[func] as FunctionBody)
  }

  export(name: string, func: number): void {
    if (this.exports.has(name)) throw new InternalError('assembler', `the module exports '${name}' twice`)
    this.exports.set(name, func)
  }

  /** As a function (first unit, end). */
  exportPhase(name: string, phase: PhaseFunction): void {
    this.export(
      name,
      this.function(['i32', 'i32'], [], (f, begin, end) => f.get(begin).get(end).callPhase(phase)),
    )
  }

  /** How many words the phases' constants take; to be asked when all phases are there. */
  get argumentWords(): number {
    return this.alike.settled().words
  }

  /** The address of what a phase reads its constants from, where all of that lies at `at`. */
  argumentsOf({ instance }: PhaseFunction, at: number): number {
    return at + 4 * (this.alike.settled().first[instance] as number)
  }

  /** The module's bytes, every place at the address that it now has, and the words that have to lie at `argumentsAt`. */
  link(addressOf: (place: number) => number = unplaced, argumentsAt = 0): { bytes: Uint8Array<ArrayBuffer>; words: readonly number[] } {
    const { limits, functions, exports } = this
    const settled = this.alike.settled()
    const resolve = (place: number, offset: number): number =>
      place === argumentsPlace ? argumentsAt + 4 * (settled.first[offset] as number) : addressOf(place) + offset
    const hasItem = functions.some(({ usesItem }) => usesItem)
    const parts = { limits, types: [...this.types.values()], functions, table: [...this.table.keys()], exports, hasItem }
    return { bytes: encodeModule(parts, settled.taken, resolve), words: this.alike.wordsOf(resolve) }
  }

  /** The bytes of a module without places whose phases all differ. */
  toBytes(): Uint8Array<ArrayBuffer> {
    if (this.argumentWords > 0) throw new InternalError('assembler', 'phases share code and need memory for what they differ in')
    return this.link().bytes
  }

  /** The number of a function type. */
  typeOf(params: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${params.join()}→${results.join()}`
    const known = this.types.get(key)
    if (known) return known.index
    const index = this.types.size
    this.types.set(key, { index, params, results })
    return index
  }
}

function unplaced(place: number): number {
  throw new InternalError('assembler', `place ${place} has no address`)
}
