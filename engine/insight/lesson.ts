/**
 * @file A small network stepped through on one sample, forward, back, and to the updated weights (notes 001 and 004: back-propagation made visible).
 * In: a document whose data is prepared, its weights, which sample. Out: the lesson; a `DiagnosedError` says why a network has none.
 */

import { shape } from '../compile'
import { DiagnosedError } from '../core/diagnostics'
import { bindFields } from '../datasets/bind'
import type { PreparedData } from '../datasets/prepare'
import { BatchReader, type Inputs } from '../train/batches'
import { unwrap } from '../train/model'
import { backwardSteps } from './lesson-backward'
import { operationGraph, unitDrawing } from './lesson-drawings'
import { forwardStep } from './lesson-forward'
import type { Lesson, LessonRequest, LessonSample, LessonStep } from './lesson-report'
import { updateSteps } from './lesson-update'
import { Notation } from './notation'
import { Traced } from './traced'

/** Samples to choose from, and how many are looked at to find so many different ones. */
const MOST_SAMPLES = 12
const LOOKED_AT = 200

interface Chosen extends LessonSample {
  readonly fed: Inputs
}

export async function lessonOf(
  data: PreparedData,
  state: Readonly<Record<string, ArrayLike<number>>>,
  { sample, step }: Pick<LessonRequest, 'sample' | 'step'>,
): Promise<Lesson> {
  const samples = await samplesOf(data)
  const telling = Math.max(
    0,
    samples.findIndex(({ inputs }) => inputs.every((value) => value !== 0)),
  )
  const at = Math.min(sample ?? telling, samples.length - 1)
  const chosen = samples[at] as Chosen
  const traced = new Traced({ document: data.document, inputs: chosen.fed, state, step })
  const notation = new Notation(traced.shaped)
  const { nodes } = traced.shaped
  // The target enters where it is compared, not before the first layer.
  const order = [...nodes].sort((a, b) => placeOf(nodes, notation, a.path) - placeOf(nodes, notation, b.path))
  const steps: readonly LessonStep[] = [
    ...order.map((node) => forwardStep(traced, notation, node)),
    ...order.toReversed().flatMap((node) => backwardSteps(traced, notation, node)),
    ...order.flatMap((node) => updateSteps(traced, notation, node)),
  ]
  return {
    samples: samples.map(({ inputs, targets }) => ({ inputs, targets })),
    sample: at,
    loss: traced.loss,
    step,
    steps,
    units: unitDrawing(traced, notation, steps),
    operations: operationGraph(traced, notation, steps),
    ...(traced.update && { next: traced.update.state }),
  }
}

function placeOf(nodes: Traced['shaped']['nodes'], notation: Notation, path: string): number {
  const at = nodes.findIndex((node) => node.path === path)
  const node = nodes[at]
  if (!node || notation.partOf(node) !== 'label') return at
  const readers = notation.readersOf(path).map((reader) => nodes.indexOf(reader))
  return Math.min(...readers, nodes.length) - 0.5
}

/** The first samples that differ in what enters or ought to come out. */
async function samplesOf({ document, fields, training }: PreparedData): Promise<readonly Chosen[]> {
  const { diagnostics, bindings } = bindFields(unwrap(shape(document, { batchSize: 1 })), fields)
  if (diagnostics.length > 0) throw new DiagnosedError(diagnostics)
  const reader = new BatchReader(training, bindings, 1)
  const known = new Map<string, Chosen>()
  for (const index of training.indices.subarray(0, LOOKED_AT)) {
    const read = await reader.read(Uint32Array.of(index), 0)
    const fed = Object.fromEntries(Object.entries(read).map(([name, values]) => [name, values.slice()]))
    const of = (role: string) => bindings.filter(({ field }) => field.role === role).flatMap(({ node }) => [...(fed[node] ?? [])])
    const inputs = of('input')
    const targets = of('target')
    const key = JSON.stringify([inputs, targets])
    if (!known.has(key)) known.set(key, { inputs, targets, fed })
    if (known.size === MOST_SAMPLES) break
  }
  return [...known.values()]
}
