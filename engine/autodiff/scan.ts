/**
 * @file The derivative of a scan: a scan in the other direction (back-propagation through time, Werbos 1990; notes 002 §7).
 * In: a scan whose results have gradients. Out: gradients of its operands. The new body holds the derivative of one step. What it needs of
 * the forward step and could only compute again at a price is handed over: the forward scan is given more results. What is linear in the
 * constants is not added up step by step but computed afterwards, at once: ∂W = Σ Hᵀ ∂Z is one product over all steps.
 */
import { InternalError } from '../core/diagnostics'
import type { Shape } from '../core/tensor'
import { ProgramBuilder } from '../ir/builder'
import type { Tensor } from '../ir/emit'
import type { Op, ScanOp, ValueId } from '../ir/program'
import { resultTypes, scanOperands } from '../ir/scan'
import { resultsOf } from '../ir/scan-builder'
import { dependents } from './dependents'
import { type Later, SumOverSteps } from './scan-sums'

/** A value and how the loss changes with it. */
export interface Seed {
  readonly value: Tensor
  readonly gradient: Tensor
}

type PullBack = (b: ProgramBuilder, seeds: readonly Seed[], wrt: readonly Tensor[]) => Tensor[]

/** `given`: gradients of the results, by number. Undefined for operands that are not active. */
export function pullScan(
  b: ProgramBuilder,
  id: ValueId,
  given: ReadonlyMap<number, Tensor>,
  isActive: (operand: ValueId) => boolean,
  pullBack: PullBack,
): (Tensor | undefined)[] {
  const { op, inputs } = b.instruction(id)
  if (op.op !== 'scan') throw new InternalError('gradients', `a ${op.op} is no scan`)
  const step = new DifferentiatedStep(op, given, (operand) => isActive(inputs[operand] as ValueId), pullBack)
  return new BackwardScan(b, id, op, given, step).gradients()
}

interface ActiveOperand {
  /** Position among the scan's operands. */
  readonly at: number
  readonly name: string
  readonly kind: 'constant' | 'carry' | 'sequence'
  readonly slope: Tensor
}

/** One step and its derivative in one program: first the values of the step, then what is computed from them. */
class DifferentiatedStep {
  readonly joint: ProgramBuilder
  /** Values before this one are the step's own. */
  readonly forwardSize: number
  /** Value of the joint program → value of the body. */
  readonly bodyValue = new Map<ValueId, ValueId>()
  readonly active: readonly ActiveOperand[]
  /** The inputs that carry gradients in: by state slot of the body, by output of the body. */
  readonly carrySeeds = new Map<number, Tensor>()
  readonly outputSeeds = new Map<number, Tensor>()

  constructor(op: ScanOp, given: ReadonlyMap<number, Tensor>, isActive: (operand: number) => boolean, pullBack: PullBack) {
    const { body } = op
    this.joint = new ProgramBuilder(`${body.name}, backwards`)
    const moved = this.import(op)
    this.forwardSize = this.joint.size
    const operands = scanOperands(op).map((operand, at) => {
      if (!operand) throw new InternalError('gradients', 'a scan without the inputs of its operands')
      const { name, kind, shape, dtype } = operand
      return { at, name, kind, tensor: this.joint.input(name, shape, dtype) }
    })
    const unused = (name: string) => unusedName(name, (known) => operands.some((operand) => operand.name === known))
    const imported = (id: ValueId | undefined): Tensor => moved[id ?? -1] as Tensor

    const carries = operands.filter(({ kind }) => kind === 'carry')
    const chosen = new Set(operands.filter(({ at, tensor }) => tensor.dtype === 'f32' && isActive(at)))
    let reached = this.reachedFrom([...chosen].map(({ tensor }) => tensor))
    for (let changed = true; changed; ) {
      const more = carries.filter((carry, k) => !chosen.has(carry) && reached.has(imported(body.state[k]?.update).id))
      for (const carry of more) chosen.add(carry)
      changed = more.length > 0
      if (changed) reached = this.reachedFrom([...chosen].map(({ tensor }) => tensor))
    }

    const seeds: Seed[] = []
    carries.forEach((carry, k) => {
      if (!chosen.has(carry)) return
      const gradient = this.joint.input(unused(`gradient of ${carry.name}`), carry.tensor.shape)
      this.carrySeeds.set(k, gradient)
      seeds.push({ value: imported(body.state[k]?.update), gradient })
    })
    body.outputs.forEach(({ name, value }, k) => {
      const stacked = given.get(body.state.length + k)
      if (!stacked || !reached.has(imported(value).id)) return
      const gradient = this.joint.input(unused(`gradient of ${name}`), stacked.shape.slice(1))
      this.outputSeeds.set(k, gradient)
      seeds.push({ value: imported(value), gradient })
    })
    const wrt = [...chosen].sort((a, b) => a.at - b.at)
    const slopes = pullBack(
      this.joint,
      seeds,
      wrt.map(({ tensor }) => tensor),
    )
    this.active = wrt.map(({ at, name, kind }, i) => ({ at, name, kind, slope: slopes[i] as Tensor }))
  }

  private import({ body }: ScanOp): Tensor[] {
    const moved: Tensor[] = []
    body.values.forEach(({ op, inputs, shape, dtype, origin }, id) => {
      if (op.op === 'scan') throw new InternalError('gradients', 'a scan inside a scan has no derivative', origin || undefined)
      const value = this.joint.at(origin, () =>
        op.op === 'input'
          ? this.joint.input(op.name, shape, dtype)
          : this.joint.emit(
              op,
              inputs.map((input) => moved[input] as Tensor),
              { shape, dtype },
            ),
      )
      moved.push(value)
      if (!this.bodyValue.has(value.id)) this.bodyValue.set(value.id, id)
    })
    return moved
  }

  private reachedFrom(sources: readonly Tensor[]): ReadonlySet<ValueId> {
    return dependents(this.joint, this.joint.size - 1, sources)
  }
}

class BackwardScan {
  private readonly back: ProgramBuilder
  private readonly copies = new Map<ValueId, Tensor>()
  private readonly constants = new Map<string, Tensor>()
  private readonly sequences = new Map<string, Later>()
  private readonly initial: Tensor[] = []
  /** Outputs of the forward step: its own, and what it hands over. */
  private readonly handed: { readonly name: string; readonly value: ValueId }[]
  /** Which outputs the backward step has, by value of the joint program. */
  private readonly stacked = new Map<ValueId, number>()
  private forward: readonly Tensor[] = []
  private results: readonly Tensor[] = []
  private readonly operandOf: ReadonlyMap<string, { readonly kind: string; readonly tensor: Tensor }>
  /** Which state slot or output an input of the joint program carries the gradient of. */
  private readonly seedOf = new Map<ValueId, { readonly carry: number } | { readonly output: number }>()

  constructor(
    private readonly b: ProgramBuilder,
    private readonly id: ValueId,
    private readonly op: ScanOp,
    private readonly given: ReadonlyMap<number, Tensor>,
    private readonly step: DifferentiatedStep,
  ) {
    this.back = new ProgramBuilder(`${op.body.name}, backwards`)
    this.handed = [...op.body.outputs]
    const { inputs } = b.instruction(id)
    this.operandOf = new Map(
      scanOperands(op).flatMap((operand, i) =>
        operand ? [[operand.name, { kind: operand.kind, tensor: b.tensor(inputs[i] as ValueId) }] as const] : [],
      ),
    )
    for (const [carry, { id: seed }] of step.carrySeeds) this.seedOf.set(seed, { carry })
    for (const [output, { id: seed }] of step.outputSeeds) this.seedOf.set(seed, { output })
  }

  gradients(): (Tensor | undefined)[] {
    const { b, back, op, step } = this
    const gradients = new Map<number, Later>()
    for (const [carry, seed] of step.carrySeeds) {
      this.copies.set(seed.id, back.state(this.unused(`gradient of carry ${carry}`), seed.shape))
      this.initial.push(this.given.get(carry) ?? b.constant(0, seed.shape))
    }
    const sums = new SumOverSteps(b, step.joint, (value) => this.stack(value))
    for (const { at, name, kind, slope } of step.active) {
      if (kind === 'carry') {
        const state = this.initialAt(at)
        back.update(this.unused(`gradient of carry ${state}`), this.copy(slope.id))
        const position = [...step.carrySeeds.keys()].indexOf(state)
        gradients.set(at, () => this.results[position] as Tensor)
      } else if (kind === 'sequence') {
        const output = this.output(slope.id)
        gradients.set(at, () => this.results[this.initial.length + output] as Tensor)
      } else gradients.set(at, sums.of(slope.id) ?? this.accumulated(name, slope))
    }
    this.emit()
    return scanOperands(op).map((_, at) => gradients.get(at)?.())
  }

  private unused(name: string): string {
    return unusedName(name, (known) => this.operandOf.has(known))
  }

  /** Number of the state slot that an operand is the initial value of. */
  private initialAt(operand: number): number {
    return operand - this.op.constants.length
  }

  /** A sum that has to be carried from step to step. */
  private accumulated(name: string, { id, shape }: Tensor): Later {
    const { b, back } = this
    const slot = this.unused(`sum for ${name}`)
    const sum = back.state(slot, shape)
    const position = this.initial.push(b.constant(0, shape)) - 1
    back.update(slot, back.add(sum, this.copy(id)))
    return () => this.results[position] as Tensor
  }

  /** Number of the backward step's output that shows a value. */
  private output(id: ValueId): number {
    const known = this.stacked.get(id)
    if (known !== undefined) return known
    const number = this.stacked.size
    this.stacked.set(id, number)
    this.back.output(`made ${number}`, this.copy(id))
    return number
  }

  /** A value at all steps (steps, …), outside of the loop; undefined where it cannot leave it. */
  private stack({ id, shape, dtype }: Tensor): Later | undefined {
    const { op } = this.step.joint.instruction(id)
    const seed = this.seedOf.get(id)
    if (seed && 'output' in seed) return () => this.given.get(this.op.body.state.length + seed.output) as Tensor
    if (op.op === 'input' && !seed) {
      const { kind, tensor } = this.operand(op.name)
      if (kind === 'sequence') return () => tensor
      if (kind === 'constant') return () => this.repeated(tensor)
    }
    if (op.op === 'constant') return () => this.b.constant(op.value, [this.op.length, ...shape], dtype)
    if (dtype !== 'f32') return undefined
    if (this.isHandedOver(id, op)) {
      const index = this.handOver(id)
      return () => this.forward[index] as Tensor
    }
    const output = this.output(id)
    return () => this.results[this.initial.length + output] as Tensor
  }

  private repeated(tensor: Tensor): Tensor {
    return this.b.broadcast(tensor, [this.op.length, ...tensor.shape])
  }

  private operand(name: string) {
    const operand = this.operandOf.get(name)
    if (!operand) throw new InternalError('gradients', `a step reads “${name}”, which it is not given`)
    return operand
  }

  /** Whether the forward scan tells the backward one this value, rather than having it computed again. */
  private isHandedOver(id: ValueId, op: Op): boolean {
    if (id >= this.step.forwardSize || this.seedOf.has(id)) return false
    return op.op === 'input' ? this.operand(op.name).kind === 'carry' : !isCheap(op)
  }

  /** Number of the forward scan's result that shows a value of its step. */
  private handOver(id: ValueId): number {
    const value = this.step.bodyValue.get(id) as ValueId
    const known = this.handed.findIndex((output) => output.value === value)
    const at = known >= 0 ? known : this.handed.push({ name: `handed over ${this.handed.length}`, value }) - 1
    return this.op.body.state.length + at
  }

  /** A value of the joint program in the backward step. */
  private copy(id: ValueId): Tensor {
    const known = this.copies.get(id)
    if (known) return known
    const { op, inputs, shape, dtype, origin } = this.step.joint.instruction(id)
    const made = this.back.at(origin, () => {
      if (dtype === 'f32' && this.isHandedOver(id, op)) {
        const index = this.handOver(id)
        return this.item(this.unused(`handed over ${index}`), shape, dtype, () => this.forward[index] as Tensor)
      }
      if (op.op === 'input') return this.read(id, op.name, shape, dtype)
      return this.back.emit(
        op,
        inputs.map((input) => this.copy(input)),
        { shape, dtype },
      )
    })
    this.copies.set(id, made)
    return made
  }

  /** An input of the joint program that is not handed over. */
  private read(id: ValueId, name: string, shape: Shape, dtype: Tensor['dtype']): Tensor {
    const seed = this.seedOf.get(id)
    if (seed && 'output' in seed) {
      const gradient = this.given.get(this.op.body.state.length + seed.output) as Tensor
      return this.item(this.unused(`gradient of output ${seed.output}`), shape, dtype, () => gradient)
    }
    const { kind, tensor } = this.operand(name)
    if (kind === 'sequence') return this.item(name, shape, dtype, () => tensor)
    this.constants.set(name, tensor)
    return this.back.input(name, shape, dtype)
  }

  private item(name: string, shape: Shape, dtype: Tensor['dtype'], tensor: Later): Tensor {
    this.sequences.set(name, tensor)
    return this.back.input(name, shape, dtype)
  }

  private emit(): void {
    const { b, id, op } = this
    const forward: ScanOp = { ...op, body: { ...op.body, outputs: this.handed } }
    b.amend(id, forward)
    this.forward = resultsOf(b, b.tensor(id), forward)
    const body = this.back.finish()
    const backward: ScanOp = {
      op: 'scan',
      body,
      length: op.length,
      reverse: !op.reverse,
      constants: [...this.constants.keys()],
      sequences: [...this.sequences.keys()],
    }
    if (resultTypes(backward).length === 0) return
    const operands = [...this.constants.values(), ...this.initial, ...[...this.sequences.values()].map((later) => later())]
    this.results = resultsOf(b, b.emit(backward, operands), backward)
  }
}

/** A name that the step does not know: derivatives of derivatives would use the same ones again. */
const unusedName = (name: string, isKnown: (name: string) => boolean): string => (isKnown(name) ? unusedName(`${name}′`, isKnown) : name)

/** What is computed again rather than kept for every step. */
function isCheap(op: Op): boolean {
  switch (op.op) {
    case 'constant':
    case 'iota':
    case 'random':
    case 'select':
    case 'cast':
    case 'stopGradient':
    case 'reshape':
    case 'transpose':
    case 'broadcast':
    case 'slice':
      return true
    case 'unary':
      return op.name === 'neg' || op.name === 'abs' || op.name === 'sign' || op.name === 'floor'
    case 'binary':
      return op.name !== 'pow'
    default:
      return false
  }
}
