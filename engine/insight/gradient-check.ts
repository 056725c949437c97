/**
 * @file The gradient check (notes 002 §3): each computed gradient against the central difference (L(W + ε) − L(W − ε)) / 2ε, both in double
 * precision on the reference interpreter, with one seed, so that the masks of dropout stay.
 * In: a document, weights, one batch. Out: a report, one row for each parameter tensor. Large tensors are sampled.
 *
 * A derivative is a limit: where a kink (ReLU at 0) lies closer than ε, a smaller ε tells. Where it lies at the very point, no ε does; there the
 * weights are shaken a little, and what is right beside the kink is not called wrong on it.
 */
import { lower } from '../compile'
import { type Diagnostic, diagnosedError } from '../core/diagnostics'
import { largestMagnitude } from '../core/largest'
import { keyOf, Random } from '../core/random'
import { sizeOf, type TensorData } from '../core/tensor'
import type { GraphDocument } from '../document/schema'
import { initializeWeights } from '../initializers/initialize'
import type { Feed } from '../ir/evaluate'
import type { Instruction, Program } from '../ir/program'
import type { ParamSpecs, ParamValues } from '../layers/kit/params'
import { runtimeInputs, unwrap } from '../train/model'
import type { ElementCheck, GradientProgress, GradientReport, GradientVerdict, TensorCheck } from './gradient-report'
import { type DoubleWeights, LossAt } from './loss-at'
import { firstNotFinite } from './not-finite'

/** What a check measures unless told otherwise. */
export const usualCheck = { epsilon: 1e-5, samples: 32, batchSize: 8 } as const
/** Errors above this are faults: the agreement that is asked of the reference executor. */
const TOLERANCE = 1e-6
/** ε, and smaller ones for what disagrees. */
const SHRINKING = [1, 0.1, 0.01]
/** Last bits of the loss by which its computation may be off; a sum of many terms is off by more than one. */
const ROUNDING = 16 * 2 ** -52
/** How far weights are shaken to leave a kink, relative to the size of their tensor. */
const SHAKE = 1e-3
/** Elements of one tensor for which that is done, the worst first; the others are held to be like them. */
const MOST_SHAKEN = 8

interface Settings {
  readonly epsilon?: number
  /** Elements measured of a tensor that has more. */
  readonly samples?: number
  readonly onProgress?: (progress: GradientProgress) => void
  /** Awaited between measurements; true ends the check. */
  readonly pause?: () => Promise<boolean> | boolean
}

export interface GradientCheckOptions extends Settings {
  readonly document: GraphDocument
  /** One batch by node; its size is that of the first axis. */
  readonly inputs: Readonly<Record<string, TensorData>>
  readonly batchSize: number
  /** Those that are missing are fresh ones. */
  readonly weights?: Readonly<Record<string, Float32Array>>
  /** Of the choice of elements, and of what the network draws. Default: the document's. */
  readonly seed?: number
}

/** Undefined when it was ended early; a `DiagnosedError` where there is no loss, or none that is finite. */
export async function checkGradients(options: GradientCheckOptions): Promise<GradientReport | undefined> {
  const { document, batchSize, seed = document.training.seed } = options
  const { program, shaped, weights: all } = unwrap(lower(document, { training: true, gradients: 'parameters', batchSize }))
  const surrogate = shaped.nodes.find(({ layer, params }) => layer.gradient?.(params as ParamValues<ParamSpecs>) === 'surrogate')
  if (surrogate) throw diagnosedError('check.surrogate', {}, { nodeId: surrogate.path })
  const fresh = initializeWeights(shaped, document.training.seed)
  const weights = Object.fromEntries([...fresh].map(([name, data]) => [name, Float64Array.from(options.weights?.[name] ?? data)]))
  const inputs = { ...options.inputs, ...runtimeInputs(program, seed, 1, 0) }
  const parameters = all.filter(({ trainable }) => trainable).map(({ name }) => name)
  const report = await compareGradients({ ...options, program, parameters, inputs, weights, seed })
  return report && { ...report, samples: batchSize }
}

interface Comparison extends Settings {
  /** With outputs `loss` and `grad:<parameter>`. */
  readonly program: Program
  readonly parameters: readonly string[]
  readonly inputs: Feed
  readonly weights: DoubleWeights
  readonly seed: number
}

/** The same for a program. */
export async function compareGradients(given: Comparison): Promise<Omit<GradientReport, 'samples'> | undefined> {
  const { program, parameters, inputs, weights, seed, epsilon = usualCheck.epsilon, samples = usualCheck.samples } = given
  const here = new LossAt(program, parameters, inputs, weights)
  if (!Number.isFinite(here.loss)) {
    const nodeId = firstNotFinite(program, { ...inputs, ...weights })
    throw diagnosedError('check.not-finite', { got: String(here.loss) }, { nodeId })
  }
  const chosen = parameters.map((name) => ({ name, indices: chosenOf((weights[name] as Float64Array).length, samples, seed, name) }))
  const total = chosen.reduce((sum, { indices }) => sum + indices.length, 0)
  let done = 0
  let beside: LossAt | undefined
  const tensors: TensorCheck[] = []
  for (const { name, indices } of chosen) {
    const scale = new Scale(here, name)
    const elements: ElementCheck[] = []
    for (const index of indices) {
      given.onProgress?.({ done, total, tensor: name })
      if (await given.pause?.()) return undefined
      elements.push(measure(here, name, index, scale, epsilon))
      done++
    }
    const suspects = elements.filter(({ verdict }) => verdict === 'differs').sort((a, b) => b.error - a.error)
    const onKink = new Set<ElementCheck>()
    for (const suspect of suspects.slice(0, MOST_SHAKEN)) {
      beside ??= new LossAt(program, parameters, inputs, shaken(weights, seed))
      if (await given.pause?.()) return undefined
      const again = measure(beside, name, suspect.index, new Scale(beside, name), epsilon)
      if (again.verdict === 'agrees') onKink.add(suspect)
    }
    const allOnKink = onKink.size === Math.min(suspects.length, MOST_SHAKEN)
    const judged = elements.map((element): ElementCheck => {
      const isOnKink = onKink.has(element) || (allOnKink && element.verdict === 'differs')
      return isOnKink ? { ...element, verdict: 'kink' } : element
    })
    tensors.push(summary(name, program, here.gradient(name), judged))
  }
  given.onProgress?.({ done, total, tensor: '' })
  return { loss: here.loss, epsilon, tolerance: TOLERANCE, tensors }
}

/** What an error is relative to: the larger of both numbers, but no less than a twentieth of the tensor's largest, nor than rounding allows. */
class Scale {
  readonly largest: number
  private readonly loss: number

  constructor(at: LossAt, name: string) {
    this.largest = largestMagnitude(at.gradient(name))
    this.loss = Math.abs(at.loss)
  }

  error(gradient: number, difference: number, epsilon: number): number {
    const gap = Math.abs(gradient - difference)
    const rounding = (ROUNDING * Math.max(this.loss, 1)) / epsilon
    return gap / Math.max(Math.abs(gradient), Math.abs(difference), this.largest / 20, rounding / TOLERANCE)
  }
}

function measure(at: LossAt, name: string, index: number, scale: Scale, epsilon: number): ElementCheck {
  const gradient = at.gradient(name)[index] as number
  let best: ElementCheck | undefined
  for (const share of SHRINKING) {
    const step = epsilon * share
    const { above, here, below } = at.sides(name, index, step)
    const difference = (above - below) / (2 * step)
    const error = scale.error(gradient, difference, step)
    const agrees = error <= TOLERANCE
    const found: ElementCheck = {
      index,
      gradient,
      difference,
      forward: (above - here) / step,
      backward: (here - below) / step,
      error: Number.isFinite(error) ? error : Number.POSITIVE_INFINITY,
      verdict: agrees ? 'agrees' : 'differs',
    }
    if (agrees) return found
    // The usual ε says most about what disagrees at every one.
    best ??= found
  }
  return best as ElementCheck
}

function chosenOf(elements: number, samples: number, seed: number, name: string): readonly number[] {
  if (elements <= samples) return Array.from({ length: elements }, (_, i) => i)
  const random = new Random(keyOf(seed, `gradient check of ${name}`))
  const chosen = new Set<number>()
  while (chosen.size < samples) chosen.add(random.below(elements))
  return [...chosen].sort((a, b) => a - b)
}

function shaken(weights: DoubleWeights, seed: number): DoubleWeights {
  return Object.fromEntries(
    Object.entries(weights).map(([name, data]) => {
      const random = new Random(keyOf(seed, `shake ${name}`))
      const size = SHAKE * (largestMagnitude(data) || 1)
      return [name, data.map((value) => value + size * random.uniform(-1, 1))]
    }),
  )
}

const severity: Readonly<Record<GradientVerdict, number>> = { agrees: 0, kink: 1, differs: 2 }

function summary(name: string, program: Program, gradient: Float64Array, elements: readonly ElementCheck[]): TensorCheck {
  const slot = program.state.find((state) => state.name === name)
  const { shape, origin } = program.values[slot?.value ?? 0] as Instruction
  const worst = elements.reduce((a, b) =>
    severity[b.verdict] > severity[a.verdict] || (b.verdict === a.verdict && b.error > a.error) ? b : a,
  )
  return {
    name,
    node: origin,
    shape,
    elements: sizeOf(shape),
    checked: elements.length,
    kinks: elements.filter(({ verdict }) => verdict === 'kink').length,
    verdict: worst.verdict,
    error: Math.max(0, ...elements.filter(({ verdict }) => verdict !== 'kink').map(({ error }) => error)),
    largestGradient: largestMagnitude(gradient),
    worst,
  }
}

/** What is wrong, as errors at the nodes. */
export const faultsOf = ({ tensors }: Pick<GradientReport, 'tensors'>): readonly Diagnostic[] =>
  tensors
    .filter(({ verdict }) => verdict === 'differs')
    .map(({ name, node, worst }) => ({
      code: 'check.gradient',
      severity: 'error',
      nodeId: node,
      values: {
        name,
        index: worst.index,
        got: worst.gradient.toPrecision(6),
        expected: worst.difference.toPrecision(6),
        error: worst.error.toPrecision(3),
      },
    }))
