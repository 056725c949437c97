/**
 * @file Where a loss that is no longer a number came from. In: the model as it was before the failing step, and the inputs of that step. Out: a diagnostic on
 * the first node, in forward order, whose output is not finite; where a gradient had spoilt the weights before, on the node nearest to the loss whose
 * gradient is not; or, where the gradients were in order, on the layer whose weights the step itself made too large to be numbers.
 */
import { shape } from '../compile'
import type { Diagnostic } from '../core/diagnostics'
import { groupOf } from '../document/training-groups'
import { inputNames, outputNames } from '../ir/names'
import { inReplica, originalPath } from '../shapes/replicas'
import type { Inputs } from './batches'
import { gradientNormsAt } from './gradient-norms'
import { type Model, runtimeInputs, unwrap } from './model'

/** The first number that is none: NaN, or beyond what can be held. */
const firstNotFinite = (data: ArrayLike<number>): number | undefined => {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return data[i]
  return undefined
}

export async function locateDivergence(model: Model, batchSize: number, inputs: Inputs, step: number, loss: number): Promise<Diagnostic> {
  const { document } = model
  const { replicas = 1 } = groupOf(document.training, 'ensemble') ?? {}
  const shaped = unwrap(shape(document, { batchSize })).nodes
  const nodes = Array.from({ length: replicas }, (_, i) => shaped.map((node) => ({ ...node, path: inReplica(i + 1, node.path) }))).flat()
  const { program, executable } = await model.pass(batchSize, {
    training: true,
    gradients: 'none',
    activations: nodes.map(({ path }) => path),
    keepsState: inputNames.continues in inputs,
  })
  // What the step was fed goes before: whether it went on from the step before it, say.
  executable.run({ ...runtimeInputs(program, document.training.seed, step, 0), ...inputs })
  const names = program.outputs.map(({ name }) => name).filter((name) => name.startsWith('activation:'))
  const outputs = await executable.read(names)
  const first = nodes.find(({ path, outputs: ports }) =>
    Object.keys(ports).some((port) => {
      const data = outputs[outputNames.activation(path, port)]
      return data !== undefined && firstNotFinite(data) !== undefined
    }),
  )
  // In f32 everything is in order: it was a half that overflowed.
  if (!first && document.training.precision === 'f16') return { code: 'train.half-range', severity: 'error', values: { step } }
  return { code: 'train.not-finite', severity: 'error', nodeId: first && originalPath(first.path), values: { step, got: String(loss) } }
}

/** A weight that a step made something other than numbers. */
export interface Spoilt {
  readonly step: number
  readonly weight: string
  /** What it holds instead. */
  readonly got: number
}

/** The first of these weights that is no number any more. */
export function spoiltWeight(
  weights: Iterable<readonly [name: string, data: ArrayLike<number> | undefined]>,
): Omit<Spoilt, 'step'> | undefined {
  for (const [weight, data] of weights) {
    const got = data && firstNotFinite(data)
    if (got !== undefined) return { weight, got }
  }
  return undefined
}

/** Loss and gradients were in order: the step itself was too long. */
export const tellSpoilt = ({ step, weight, got }: Spoilt): Diagnostic => ({
  code: 'train.weights-not-finite',
  severity: 'error',
  nodeId: originalPath(weight.slice(0, weight.lastIndexOf('.'))),
  values: { step, got: String(got) },
})

/** The model is as it was before the step that spoilt the weights; undefined where all gradients of that step are finite. */
export async function locateBadGradient(model: Model, batchSize: number, inputs: Inputs, step: number): Promise<Diagnostic | undefined> {
  const norms = await gradientNormsAt(model, batchSize, inputs, step, 0, true)
  // On the way back the node nearest to the loss comes first.
  const bad = Object.entries(norms).findLast(([, norm]) => !Number.isFinite(norm))
  return bad && { code: 'train.gradient-not-finite', severity: 'error', nodeId: bad[0], values: { step, got: String(bad[1]) } }
}
