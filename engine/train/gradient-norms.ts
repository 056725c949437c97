/**
 * @file How long the gradient of each layer is while a network trains, and whether it fades or grows on its way back (notes 004; Bengio et al. 1994).
 * In: a model and the inputs of training steps. Out: norms by node, a few times a second at a bounded cost or every so many steps, and warnings that name the layer. It only
 * looks: the weights, and with them the bits of the run, are the same with or without it.
 */
import { DiagnosedError, type Diagnostic } from '../core/diagnostics'
import { sizeOf, type TensorData } from '../core/tensor'
import type { LowerOptions } from '../ir/lowering'
import { inputNames, outputNames } from '../ir/names'
import type { GradientNorms } from '../protocol/messages'
import type { Inputs } from './batches'
import { dataInputsOf, type Model, runtimeInputs } from './model'

const pass: LowerOptions = { training: true, gradients: 'norms' }

/** Samples of a batch that are looked at. */
const MOST_SAMPLES = 16
/** The first look, which is compiled, waits until training is well under way. */
const FIRST_MS = 300
/** As often as frames are sent … */
const INTERVAL_MS = 1000 / 30
/** … but a look takes at most one part in this many of the time. */
const COST = 40

/** The norm of the first layer by that of the last, below which gradients have faded. */
const FADED = 1e-4
/** Looks in a row that it takes to speak of it. */
const PATIENCE = 5
/** A layer's norm by its own usual one, and what it must have reached, to speak of an explosion. */
const GROWTH = 100
const LARGE = 1e3

const NORM = outputNames.norm('')

export type Norms = Readonly<Record<string, number>>

/**
 * Norms by node, in forward order, of the loss over as many samples as the pass takes. `whole`: these are all of the batch, so that recurrent
 * layers go on from what they carry, where the step itself does.
 */
export async function gradientNormsAt(
  model: Model,
  samples: number,
  inputs: Inputs,
  step: number,
  rate: number,
  whole = false,
): Promise<Norms> {
  const { program, executable } = await model.pass(samples, { ...pass, keepsState: whole && inputNames.continues in inputs })
  const given: Record<string, TensorData> = runtimeInputs(program, model.document.training.seed, step, rate)
  for (const { name, shape } of dataInputsOf(program)) {
    const data = inputs[name]
    // Samples lie one after the other: fewer of them are the beginning.
    if (data) given[name] = data.subarray(0, sizeOf(shape))
  }
  executable.run(given)
  const names = program.outputs.map(({ name }) => name).filter((name) => name.startsWith(NORM))
  const outputs = await executable.read(names)
  return Object.fromEntries(names.map((name) => [name.slice(NORM.length), outputs[name]?.[0] ?? Number.NaN]))
}

/** Looks at every so many steps, at whole batches: the same numbers in every run. */
export class GradientLog {
  private readonly alarms = new Alarms()

  constructor(
    private readonly model: Model,
    private readonly batchSize: number,
    private readonly every: number,
    private readonly warn: (diagnostic: Diagnostic) => void,
  ) {}

  /** Undefined at the steps between. `inputs` are those of the step. */
  async look(inputs: Inputs, step: number, rate: number): Promise<Norms | undefined> {
    if ((step - 1) % this.every !== 0) return undefined
    const norms = await gradientNormsAt(this.model, this.batchSize, inputs, step, rate, true)
    for (const alarm of this.alarms.take(norms, step).fresh) this.warn(alarm)
    return norms
  }
}

export class GradientWatch {
  latest: GradientNorms | undefined
  private readonly samples: number
  private readonly alarms = new Alarms()
  private begun: number | undefined
  private next = 0
  private isOff = false

  constructor(
    private readonly model: Model,
    batchSize: number,
    private readonly warn: (diagnostic: Diagnostic) => void,
    private readonly firstAfter = FIRST_MS,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.samples = Math.min(batchSize, MOST_SAMPLES)
  }

  /** `inputs` are those of a training step that is about to be taken. */
  async look(inputs: Inputs, step: number, rate: number): Promise<void> {
    const started = this.now()
    this.begun ??= started
    if (this.isOff || started < this.begun + this.firstAfter || started < this.next) return
    const isFirst = this.latest === undefined
    try {
      const norms = await gradientNormsAt(this.model, this.samples, inputs, step, rate)
      const { present, fresh } = this.alarms.take(norms, step)
      this.latest = { step, norms, alarms: present }
      for (const alarm of fresh) this.warn(alarm)
    } catch (error) {
      if (!(error instanceof DiagnosedError)) throw error
      // There is no room for a second program: training goes on without being looked at, but not without a word.
      this.isOff = true
      for (const diagnostic of error.diagnostics) this.warn({ ...diagnostic, severity: 'warning' })
    }
    const done = this.now()
    // Compiling is paid once; what counts is what every look costs.
    this.next = done + (isFirst ? INTERVAL_MS : Math.max(INTERVAL_MS, COST * (done - started)))
  }
}

/** What the norms say, look by look. */
export class Alarms {
  private faded = 0
  private readonly usual = new Map<string, number[]>()
  private known = new Set<string>()

  /** Those that hold now, and those of them that have not held before. */
  take(
    norms: Readonly<Record<string, number>>,
    step: number,
  ): { readonly present: readonly Diagnostic[]; readonly fresh: readonly Diagnostic[] } {
    const present = [...this.vanishing(norms, step), ...this.exploding(norms, step)]
    const keyOf = ({ code, nodeId }: Diagnostic): string => `${code} ${nodeId}`
    const fresh = present.filter((alarm) => !this.known.has(keyOf(alarm)))
    this.known = new Set(present.map(keyOf))
    return { present, fresh }
  }

  private vanishing(norms: Readonly<Record<string, number>>, step: number): readonly Diagnostic[] {
    const [first, ...others] = Object.entries(norms)
    const last = others.at(-1)
    const hasFaded = first !== undefined && last !== undefined && last[1] > 0 && first[1] < FADED * last[1]
    this.faded = hasFaded ? this.faded + 1 : 0
    if (!hasFaded || this.faded < PATIENCE) return []
    const values = { step, got: first[1].toPrecision(2), expected: last[1].toPrecision(2), node: last[0] }
    return [{ code: 'train.vanishing', severity: 'warning', nodeId: first[0], values }]
  }

  /** The layer that has grown most. */
  private exploding(norms: Readonly<Record<string, number>>, step: number): readonly Diagnostic[] {
    const grown = Object.entries(norms).map(([node, norm]) => {
      const before = this.usual.get(node) ?? []
      const usual = [...before].sort((a, b) => a - b)[before.length >> 1]
      const isGrown = !Number.isFinite(norm) || (before.length >= PATIENCE && norm > LARGE && norm > GROWTH * (usual ?? norm))
      // What an explosion leaves is not what is usual.
      if (!isGrown) this.usual.set(node, [...before.slice(-99), norm])
      return { node, norm, usual, isGrown }
    })
    const worst = grown
      .filter(({ isGrown }) => isGrown)
      .reduce<(typeof grown)[number] | undefined>((a, b) => (a && !(b.norm > a.norm) ? a : b), undefined)
    if (!worst) return []
    const values = { step, got: worst.norm.toPrecision(3), expected: (worst.usual ?? 0).toPrecision(3) }
    return [{ code: 'train.exploding', severity: 'warning', nodeId: worst.node, values }]
  }
}
