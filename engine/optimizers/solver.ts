/**
 * @file The second form of a training method: a solver, which owns its step because that is no function of one parameter's gradient.
 * It looks at the whole model, works out a direction for every parameter, and hands them to the update in place of gradients, so that
 * everything behind it (rates, clipping, averages, checkpoints) is shared with the optimisers.
 * Solvers are an OPEN set: one file each in engine/optimizers/solvers/, found by being there.
 */
import type { Diagnostic, Endpoint } from '../core/diagnostics'
import type { Shape, TensorData } from '../core/tensor'
import type { ParamSpecs, ParamValues } from '../layers/kit/params'
import type { ShapedGraph } from '../shapes/shaped-graph'
import type { MethodFacts } from './kit'

/** What is fed to the data nodes in one step. */
export type Batch = Readonly<Record<string, TensorData>>

/** What a solver may ask of the model it trains. Vectors hold all trainable parameters, one after the other in forward order. */
export interface SolverModel {
  readonly shaped: ShapedGraph
  /** Those that are trained, in forward order. */
  readonly parameters: readonly { readonly name: string; readonly shape: Shape }[]
  weights(): Promise<Readonly<Record<string, Float32Array>>>
  /** The gradient of the batch's loss, and its Hessian times the vector. */
  secondOrder(batch: Batch, vector: Float64Array): Promise<{ readonly gradient: Float64Array; readonly product: Float64Array }>
  /** The values at these outputs for all training samples, batch by batch. */
  everySample(ends: readonly Endpoint[]): AsyncIterable<readonly TensorData[]>
  /** Something the person should know, though training goes on. */
  warn(diagnostic: Diagnostic): void
}

/** By parameter: what it moves against, before the learning rate. Asked once a step, with the batch of that step. */
export type Solver = (batch: Batch) => Promise<Readonly<Record<string, Float32Array>>>

export interface SolverDefinition<S extends ParamSpecs = ParamSpecs> extends MethodFacts<S> {
  /** It is done after so many steps, however many epochs are asked for, and each is an epoch. */
  readonly steps?: number
  /** Why it cannot train this graph; empty where it can. */
  check(shaped: ShapedGraph): readonly Diagnostic[]
  begin(model: SolverModel, params: ParamValues<S>): Solver
}

export const defineSolver = <const S extends ParamSpecs>(definition: SolverDefinition<S>): SolverDefinition<S> => definition
