/**
 * @file Gradients as outputs of a program, as `LowerOptions.gradients` asks for them. In: a forward pass under construction. Out: outputs named as
 * names.ts says.
 */
import { gradients, pullBack } from '../autodiff/gradients'
import { originalPath } from '../shapes/replicas'
import type { ProgramBuilder } from './builder'
import type { Tensor } from './emit'
import type { ForwardView } from './forward-view'
import type { LowerOptions } from './lowering'
import { outputNames } from './names'

interface Named {
  readonly name: string
  readonly value: Tensor
}

/** `inputs`: what the data set feeds. */
export function differentiate(
  b: ProgramBuilder,
  forward: ForwardView,
  inputs: readonly Named[],
  { gradients: wanted }: LowerOptions,
): void {
  if (wanted === 'norms') {
    norms(b, forward)
    return
  }
  if (wanted === 'traced') trace(b, forward)
  const real = wanted === 'all' ? inputs.filter(({ value }) => value.dtype === 'f32') : []
  const wrt: readonly Named[] = [...forward.trainable(), ...real]
  const found = gradients(
    b,
    forward.loss(),
    wrt.map(({ value }) => value),
  )
  wrt.forEach(({ name }, i) => {
    b.output(outputNames.gradient(name), found[i] as Tensor)
  })
}

/** ‖g‖ of all parameters of a node as one vector, those of all its copies in an ensemble. */
function norms(b: ProgramBuilder, forward: ForwardView): void {
  const parameters = forward.trainable()
  const found = gradients(
    b,
    forward.loss(),
    parameters.map(({ value }) => value),
  )
  const squares = new Map<string, Tensor>()
  parameters.forEach((parameter, i) => {
    const path = originalPath(parameter.path)
    const gradient = found[i] as Tensor
    b.at(path, () => {
      const square = b.sum(b.mul(gradient, gradient))
      const known = squares.get(path)
      squares.set(path, known ? b.add(known, square) : square)
    })
  })
  for (const [path, square] of squares) b.at(path, () => b.output(outputNames.norm(path), b.sqrt(square)))
}

/** Every value of the forward pass with its gradient, by node and by operation; and of pointwise layers their derivative. */
function trace(b: ProgramBuilder, forward: ForwardView): void {
  const loss = forward.loss()
  const values = Array.from({ length: loss.id + 1 }, (_, id) => b.tensor(id)).filter(({ dtype }) => dtype === 'f32')
  const found = new Map(gradients(b, loss, values).map((gradient, i) => [(values[i] as Tensor).id, gradient]))
  for (const value of values) {
    b.output(outputNames.value(value.id), value)
    b.output(outputNames.valueDelta(value.id), found.get(value.id) as Tensor)
  }
  for (const { path, layer, inputs, outputs } of forward.nodes) {
    for (const port of Object.keys(outputs)) {
      const value = forward.valueAt({ node: path, port })
      b.output(outputNames.activation(path, port), value)
      const delta = found.get(value.id)
      if (delta) b.output(outputNames.delta(path, port), delta)
    }
    const [source] = Object.values(inputs).flat()
    const [port] = Object.keys(outputs)
    if (!layer.pointwise || !source || port === undefined) continue
    const [x, y] = [forward.valueAt(source), forward.valueAt({ node: path, port })]
    const [slope] = pullBack(b, [{ value: y, gradient: b.constant(1, y.shape) }], [x])
    if (slope) b.output(outputNames.derivative(path), slope)
  }
}
