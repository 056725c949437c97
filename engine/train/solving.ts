/**
 * @file The model as a solver sees it (engine/optimizers/solver.ts): derivatives of a batch, and the values of nodes for all samples.
 * In: a model, its training samples and how they are bound. Out: what the solver asks for, from passes that the backend runs.
 */
import type { Diagnostic, Endpoint } from '../core/diagnostics'
import { sizeOf, type TensorData } from '../core/tensor'
import type { Binding } from '../datasets/bind'
import type { Samples } from '../datasets/prepare'
import type { LowerOptions } from '../ir/lowering'
import { inputNames, outputNames } from '../ir/names'
import type { Batch, SolverModel } from '../optimizers/solver'
import type { ShapedGraph } from '../shapes/shaped-graph'
import { BatchReader } from './batches'
import { type Model, runtimeInputs } from './model'

const secondOrder: LowerOptions = { training: true, gradients: 'none', secondOrder: 'product' }

export interface SolvingOptions {
  readonly model: Model
  readonly shaped: ShapedGraph
  readonly batchSize: number
  readonly samples: Samples
  readonly bindings: readonly Binding[]
  /** The number of the step under way, for random numbers. */
  readonly step: () => number
  readonly warn: (diagnostic: Diagnostic) => void
}

export function solverModel({ model, shaped, batchSize, samples, bindings, step, warn }: SolvingOptions): SolverModel {
  const parameters = model.weights.filter(({ trainable }) => trainable)
  const { seed } = model.document.training
  const size = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)

  function joined(outputs: Readonly<Record<string, TensorData>>, named: (parameter: string) => string): Float64Array {
    const all = new Float64Array(size)
    let from = 0
    for (const { name, shape } of parameters) {
      all.set(outputs[named(name)] ?? [], from)
      from += sizeOf(shape)
    }
    return all
  }

  function parts(vector: Float64Array): Record<string, Float32Array> {
    let from = 0
    return Object.fromEntries(
      parameters.map(({ name, shape }) => {
        const start = from
        from += sizeOf(shape)
        return [inputNames.vector(name), Float32Array.from(vector.subarray(start, from))]
      }),
    )
  }

  return {
    shaped,
    parameters,
    weights: () => model.state.read(model.weights.map(({ name }) => name)),
    warn,
    async secondOrder(batch: Batch, vector: Float64Array) {
      const { program, executable } = await model.pass(batchSize, secondOrder)
      executable.run({ ...batch, ...runtimeInputs(program, seed, step(), 0), ...parts(vector) })
      const names = parameters.flatMap(({ name }) => [outputNames.gradient(name), outputNames.hessianProduct(name)])
      const outputs = await executable.read(names)
      return { gradient: joined(outputs, outputNames.gradient), product: joined(outputs, outputNames.hessianProduct) }
    },
    async *everySample(ends: readonly Endpoint[]) {
      const { indices } = samples
      const reader = new BatchReader(samples, bindings, batchSize)
      const wanted: LowerOptions = { training: false, gradients: 'none', activations: [...new Set(ends.map(({ node }) => node))] }
      const names = ends.map(({ node, port }) => outputNames.activation(node, port))
      for (let start = 0; start < indices.length; start += batchSize) {
        const batch = indices.subarray(start, start + batchSize)
        const { program, executable } = await model.pass(batch.length, wanted)
        executable.run({ ...(await reader.read(batch, 0)), ...runtimeInputs(program, seed, 0, 0) })
        const outputs = await executable.read([...new Set(names)])
        yield names.map((name) => outputs[name] as TensorData)
      }
    },
  }
}
