/**
 * @file The names by which a lowered program is fed and read. In: what a person named. Out: what the program calls it; names that begin with `$` are
 * lowering's own, since node ids cannot.
 */

/** Data inputs that lowering adds beside the graph's own (those are called by their node id). */
export const inputNames = {
  /** i32 [2]: seed and step, for random numbers. Present only where the program draws some. */
  key: '$key',
  /** f32 []: learning rate of this step. */
  lr: '$lr',
  /** f32 []: number of the step, from 1. */
  step: '$step',
  /** f32 []: what the loss is multiplied by before it is differentiated (`lossScaling`). */
  lossScale: '$lossScale',
  /** f32 []: 1 where this run goes on from what the one before kept, 0 where everything begins anew (`keepsState`). */
  continues: '$continues',
  /** What a node's slot held at the end of the run before, where it is handed on (`keepsState: 'handed'`). */
  kept: (slot: string) => `$kept:${slot}`,
  /** What a parameter moves along, when a solver says so. */
  direction: (parameter: string) => `$direction:${parameter}`,
  /** One parameter's part of the vector that the Hessian is multiplied with. */
  vector: (parameter: string) => `$vector:${parameter}`,
} as const

/** Outputs: the model's own (`logits`, `loss` …) by name, and these. */
export const outputNames = {
  metric: (name: string) => `metric:${name}`,
  /** Of how much the mean under this name of an output was taken, where a mask decides that (`counts`). */
  count: (name: string) => `count:${name}`,
  /** A summand of the loss, its weight included, where summands are means of different numbers of things (`counts`). */
  summand: (index: number | '') => `summand:${index}`,
  /** What a node's slot holds at the end of the run, where it is handed on (`keepsState: 'handed'`). */
  kept: (slot: string) => `kept:${slot}`,
  gradient: (name: string) => `grad:${name}`,
  /** Length of the gradients of a node's parameters, as one vector. */
  norm: (path: string) => `norm:${path}`,
  /** Gradient of the loss by a node's output. */
  delta: (path: string, port: string) => `delta:${path}.${port}`,
  /** Derivative of a pointwise layer, element by element. */
  derivative: (path: string) => `derivative:${path}`,
  /** A value of the forward pass by its number, and the gradient of the loss by it. */
  value: (id: number) => `value:${id}`,
  valueDelta: (id: number) => `delta:#${id}`,
  hessianProduct: (name: string) => `hess:${name}`,
  /** gᵀg and gᵀHg. */
  slopeSquared: 'curvature:first',
  curvature: 'curvature:second',
  /** Length of all gradients as one vector, before they are clipped. */
  gradientNorm: '$gradientNorm',
  activation: (path: string, port: string) => `activation:${path}.${port}`,
  /** f32 []: 1 where all gradients are finite, else 0 (`lossScaling`). */
  finite: '$finite',
} as const

/** State slots: a weight is `conv1.kernel`, optimiser state `conv1.kernel:v`, what a node keeps from run to run `rnn1:state`. */
export const stateNames = {
  weight: (path: string, weight: string) => `${path}.${weight}`,
  optimizer: (parameter: string, state: string) => `${parameter}:${state}`,
  average: (parameter: string) => `${parameter}:average`,
  kept: (path: string, name: string) => `${path}:${name}`,
} as const
