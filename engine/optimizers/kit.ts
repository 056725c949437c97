/**
 * @file What an optimiser is: its settings and its update rule, written in the compiler's primitives so that it joins the training program.
 * Optimisers are an OPEN set: one file each in engine/optimizers/rules/, found by being there. Methods that are no function of one
 * parameter's gradient have the second form, in solver.ts.
 */
import { InternalError } from '../core/diagnostics'
import type { Text } from '../core/text'
import type { ProgramBuilder } from '../ir/builder'
import type { Emit, Tensor } from '../ir/emit'
import type { ForwardView } from '../ir/forward-view'
import type { Formula } from '../layers/kit/formula'
import { type FloatSpec, float, type ParamSpecs, type ParamValues } from '../layers/kit/params'
import type { PyTorchOptimizer, PyTorchOptimizerArguments } from './pytorch'

interface UpdateContext {
  /** Learning rate of this step (a run-time input, so that schedules need no recompilation). */
  readonly lr: Tensor
  /** Number of this step, from 1, as f32. */
  readonly step: Tensor
}

/** What every training method says about itself, whatever form its steps have. */
export interface MethodFacts<S extends ParamSpecs = ParamSpecs> {
  /** Equals the file's name and the name on the command line. */
  readonly kind: string
  readonly title: Text
  readonly summary: Text
  /** TeX. */
  readonly formula: Formula<ParamValues<S>>
  readonly reference: string
  /** `lr` is one of them wherever the method has a learning rate. */
  readonly params: S
}

export interface OptimizerDefinition<S extends ParamSpecs = ParamSpecs> extends MethodFacts<S> {
  /** Names of the per-parameter state tensors (momentum `v` …), all of the parameter's shape, zero at the start. */
  readonly state: readonly string[]
  /** What is taken from the parameter, and the new value of its state. */
  update(
    b: Emit,
    parameter: Tensor,
    gradient: Tensor,
    state: Readonly<Record<string, Tensor>>,
    params: ParamValues<S>,
    context: UpdateContext,
  ): { readonly change: Tensor; readonly state: Readonly<Record<string, Tensor>> }
  /** How it reads in PyTorch; absent where that trains by gradients of the loss and the rule does not. */
  pytorch?(params: ParamValues<S>, args: PyTorchOptimizerArguments): PyTorchOptimizer
  /** A scalar that is descended in place of the loss; a `DiagnosedError` where the graph is not one that the rule can train. */
  objective?(b: ProgramBuilder, forward: ForwardView): Tensor
}

export const defineOptimizer = <const S extends ParamSpecs>(definition: OptimizerDefinition<S>): OptimizerDefinition<S> => definition

/** The learning rate as every optimiser offers it. */
export const learningRate = (suggested: number): FloatSpec =>
  float({
    label: { en: 'Learning rate', zh: '学习率' },
    help: {
      en: 'How far each step goes. Halve it when the loss jumps about, raise it when the loss hardly moves.',
      zh: '每一步走多远。损失来回跳动时减半，损失几乎不动时增大。',
    },
    default: suggested,
    min: 0,
  })

/** A share of the past that a running average keeps, in [0, 1). */
export const decay = (label: FloatSpec['label'], help: NonNullable<FloatSpec['help']>, usual: number): FloatSpec =>
  float({ label, help, default: usual, min: 0, max: 0.999999, advanced: true })

/** The small number that keeps a quotient finite. */
export const epsilon = (usual: number): FloatSpec =>
  float({
    label: { en: 'Epsilon', zh: 'ε' },
    help: { en: 'Keeps the quotient finite where gradients are tiny.', zh: '梯度很小时避免除以零。' },
    default: usual,
    min: 0,
    max: 1,
    above: true,
    advanced: true,
  })

/** A state tensor that the rule declared. */
export function stateOf(state: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const tensor = state[name]
  if (!tensor) throw new InternalError('optimizer', `state “${name}” is missing`)
  return tensor
}
