/**
 * @file Looks into a network while it trains. In: the model, its data, and which nodes are watched. Out: insight frames: outputs of the watched
 * nodes, predictions for a fixed set of samples, which class is taken for which, and the plane where inputs are points. It runs the network's own
 * forward pass (evaluation mode, the run's weights) between training steps.
 */
import { type Compiled, compile, shape } from '../../compile'
import { largest } from '../../core/largest'
import { sizeOf, type TensorData } from '../../core/tensor'
import type { Binding } from '../../datasets/bind'
import type { PreparedData, Samples } from '../../datasets/prepare'
import { spread } from '../../datasets/spread'
import { restored } from '../../datasets/standardize'
import { outputNames } from '../../ir/names'
import type { DecisionPlane, InsightFrame, Prediction } from '../../protocol/messages'
import { countsOf } from '../../shapes/counts'
import type { ShapedNode } from '../../shapes/shaped-graph'
import { BatchReader, type Inputs } from '../../train/batches'
import { dataInputsOf, type Model, runtimeInputs, unwrap } from '../../train/model'
import { type Grid, gridBatch, gridOf, PLANE_SIDE } from './plane-grid'
import { probabilitiesOf } from './probabilities'
import { type Thumbnail, thumbnailOf } from './thumbnails'

/** How many samples are shown, how many are counted for the confusion, and how many of these with every frame. */
const LIGHT = { shown: 20, counted: 400, atOnce: 100 }
/** For networks beyond this many operations a sample: a look must not hold up training, or a click on Pause. */
const HEAVY_FLOPS = 5e7
const HEAVY = { shown: 10, counted: 100, atOnce: 10 }

type Outputs = Readonly<Record<string, ArrayLike<number>>>

export class Insight {
  private readonly samples: Samples
  private readonly shown: Uint32Array
  private readonly counted: Uint32Array
  private readonly atOnce: number
  private readonly reader: BatchReader
  private readonly nodes: ReadonlyMap<string, ShapedNode>
  private readonly grid: Promise<Grid | undefined>
  private readonly passes = new Map<string, Compiled>()
  private watched: readonly string[] = []
  private counting = { counts: new Uint32Array(0), next: 0 }
  private confusion: InsightFrame['confusion']

  constructor(
    private readonly model: Model,
    private readonly bindings: readonly Binding[],
    private readonly data: PreparedData,
  ) {
    this.samples = data.validation ?? data.training
    const { indices } = this.samples
    const shaped = unwrap(shape(model.document))
    const { shown, counted, atOnce } = countsOf(shaped).flopsForward / shaped.batchSize > HEAVY_FLOPS ? HEAVY : LIGHT
    const { seed } = model.document.training
    const some = (count: number): Uint32Array => spread(indices.length, count, seed).map((position) => indices[position] as number)
    this.shown = some(shown)
    this.atOnce = Math.min(atOnce, indices.length)
    this.counted = some(Math.floor(Math.min(counted, indices.length) / this.atOnce) * this.atOnce)
    this.reader = new BatchReader(this.samples, bindings, Math.max(this.shown.length, this.atOnce))
    this.nodes = new Map(shaped.nodes.map((node) => [node.path, node]))
    this.grid = gridOf(this.samples, bindings)
  }

  /** Nodes that the trained network does not have (the document has moved on) are left out. */
  watch(nodes: readonly string[]): void {
    this.watched = nodes.filter((path) => this.nodes.has(path))
  }

  /** Whether a frame would first have to be compiled. */
  get isFresh(): boolean {
    return !this.passes.has(keyOf('shown', this.watched))
  }

  async frame(): Promise<InsightFrame> {
    const pass = await this.pass('shown', this.shown.length, this.watched)
    const inputs = await this.reader.read(this.shown, 0)
    const outputs = await this.run(pass, inputs)
    const activations = this.activationsOf(outputs)
    const predictions = this.predictionsOf(pass, inputs, outputs)
    await this.count()
    return { activations, predictions, fields: this.data.fields, confusion: this.confusion, plane: await this.plane() }
  }

  /** Only what was compiled for looking; the model belongs to the trainer. */
  dispose(): void {
    for (const { executable } of this.passes.values()) executable.dispose()
    this.passes.clear()
  }

  /** One pass for each purpose, compiled anew when it is to show other nodes. */
  private async pass(purpose: string, batchSize: number, watched: readonly string[]): Promise<Compiled> {
    const key = keyOf(purpose, watched)
    const known = this.passes.get(key)
    if (known) return known
    for (const [old, { executable }] of this.passes) {
      if (!old.startsWith(`["${purpose}"`)) continue
      executable.dispose()
      this.passes.delete(old)
    }
    const { document, backend, state } = this.model
    const compiled = unwrap(
      await compile(document, { training: false, gradients: 'none', batchSize, activations: watched }, backend, state),
    )
    this.passes.set(key, compiled)
    return compiled
  }

  private run({ program, executable }: Compiled, inputs: Inputs): Promise<Outputs> {
    const { seed } = this.model.document.training
    executable.run({ ...inputs, ...runtimeInputs(program, seed, 0, 0) })
    return executable.read(program.outputs.map(({ name }) => name))
  }

  private activationsOf(outputs: Outputs): Record<string, Thumbnail> {
    const activations: Record<string, Thumbnail> = {}
    for (const path of this.watched) {
      const node = this.nodes.get(path)
      const [port, type] = Object.entries(node?.outputs ?? {})[0] ?? []
      const data = port === undefined ? undefined : outputs[outputNames.activation(path, port)]
      if (!type || !data || type.shape.length === 0) continue
      activations[path] = thumbnailOf(data, [this.shown.length, ...type.shape.slice(1)], node?.layer.role?.type === 'input')
    }
    return activations
  }

  /** Of one sample: class probabilities or predicted numbers. */
  private answer({ outputs: names }: Compiled, outputs: Outputs, index: number, count: number): number[] {
    const name = names.find((output) => output !== 'loss') ?? ''
    const values = outputs[name] ?? []
    const perSample = values.length / count
    return probabilitiesOf(
      name,
      Array.from({ length: perSample }, (_, i) => values[index * perSample + i] as number),
    )
  }

  private predictionsOf(pass: Compiled, inputs: Inputs, outputs: Outputs): Prediction[] {
    const count = this.shown.length
    const target = this.targetBinding()
    // An answer for every step of a text, or pixel of an image, is too much to be listed.
    if (target?.field.classes !== undefined && sizeOf(target.field.shape) !== 1) return []
    return Array.from({ length: count }, (_, index) => {
      const values: Record<string, TensorData> = {}
      for (const { node, field } of this.bindings)
        if (field.role === 'input') values[field.name] = sampleAt(inputs[node], index, sizeOf(field.shape))
      return {
        inputs: values,
        target: target && this.inOwnUnits(this.targetAt(target, inputs, index)),
        output: this.inOwnUnits<number[]>(this.answer(pass, outputs, index, count)),
      }
    })
  }

  /** Numbers to predict as they are in the data; classes and probabilities have no other units. */
  private inOwnUnits<T extends number | number[]>(values: T): T | number[] {
    const { targetStatistics } = this.data.document.data
    return targetStatistics && Array.isArray(values) ? restored(values, targetStatistics) : values
  }

  private targetBinding(): Binding | undefined {
    return this.bindings.find(({ field }) => field.role === 'target')
  }

  /** A class, or the numbers to predict. */
  private targetAt({ node, field, conversion, type }: Binding, inputs: Inputs, index: number): number | number[] {
    const values = [...sampleAt(inputs[node], index, sizeOf(type.shape))]
    if (field.classes === undefined) return values
    return conversion === 'oneHot' ? largest(values) : (values[0] as number)
  }

  /** Another batch of the samples that are counted; after the last the counts are shown and begin anew. */
  private async count(): Promise<void> {
    const target = this.targetBinding()
    const classes = target?.field.classes
    // One class a sample is what can be counted; a label for every pixel or word is not.
    if (!target || classes === undefined || sizeOf(target.field.shape) !== 1) return
    if (this.counting.counts.length === 0) this.counting = { counts: new Uint32Array(classes * classes), next: 0 }
    const batch = this.counted.subarray(this.counting.next, this.counting.next + this.atOnce)
    const pass = await this.pass('counted', this.atOnce, [])
    const inputs = await this.reader.read(batch, 0)
    const outputs = await this.run(pass, inputs)
    for (let index = 0; index < batch.length; index++) {
      const truth = this.targetAt(target, inputs, index) as number
      const answer = this.answer(pass, outputs, index, batch.length)
      const said = answer.length === 1 ? Number((answer[0] as number) >= 0.5) : largest(answer)
      const at = truth * classes + said
      this.counting.counts[at] = (this.counting.counts[at] ?? 0) + 1
    }
    this.counting.next += batch.length
    if (this.counting.next < this.counted.length) return
    this.confusion = { classes, counts: this.counting.counts }
    this.counting = { counts: new Uint32Array(0), next: 0 }
  }

  private async plane(): Promise<DecisionPlane | undefined> {
    const grid = await this.grid
    if (!grid) return undefined
    const batch = PLANE_SIDE * PLANE_SIDE
    const pass = await this.pass('plane', batch, [])
    const outputs = await this.run(pass, gridBatch(grid, dataInputsOf(pass.program)))
    const classes = this.targetBinding()?.field.classes
    const value = new Float32Array(batch)
    const confidence = new Float32Array(batch).fill(1)
    for (let index = 0; index < batch; index++) {
      const answer = this.answer(pass, outputs, index, batch)
      const [first = 0] = answer
      if (answer.length > 1) {
        value[index] = largest(answer)
        confidence[index] = answer[value[index] as number] as number
      } else if (classes === 2) {
        value[index] = Number(first >= 0.5)
        confidence[index] = Math.min(1, Math.max(first, 1 - first))
      } else value[index] = first
    }
    return { size: PLANE_SIDE, classes, low: grid.low, high: grid.high, value, confidence }
  }
}

const keyOf = (purpose: string, watched: readonly string[]): string => JSON.stringify([purpose, watched])

/** A copy: the reader's arrays are used again. */
const sampleAt = (data: TensorData | undefined, index: number, size: number): TensorData =>
  (data ?? new Float32Array(0)).slice(index * size, (index + 1) * size)
