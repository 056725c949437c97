/**
 * @file Graphs that linear methods can train: everything trainable lies in one layer y = xW + b, and the loss is a squared error.
 * In: the nodes of a graph. Out: the parts that such a method works with, or what stands in the way, by node.
 */
import { type Diagnostic, InternalError } from '../core/diagnostics'
import type { Text } from '../core/text'
import type { ShapedNode, Source } from '../shapes/shaped-graph'

export interface LinearModel {
  readonly loss: ShapedNode
  /** What the loss compares. */
  readonly prediction: Source
  readonly target: Source
  /** The layer with the weights. */
  readonly layer: ShapedNode
  readonly input: Source
  readonly kernel: string
  /** Absent: the layer has none. */
  readonly bias?: string
}

const problem = (nodeId: string | undefined, detail: Text): Diagnostic => ({
  code: 'train.linear',
  severity: 'error',
  ...(nodeId !== undefined && { nodeId }),
  values: { detail },
})

/** Weights that training may change. */
const isTrained = ({ weights, frozen }: ShapedNode): boolean =>
  !frozen && Object.values(weights).some(({ trainable }) => trainable !== false)

export function linearModelOf(nodes: readonly ShapedNode[]): LinearModel | Diagnostic {
  const losses = nodes.filter(({ layer }) => layer.role?.type === 'loss')
  const [loss, second] = losses
  if (!loss || second) return problem(second?.path, { en: 'there must be exactly one loss', zh: '须恰有一个损失' })
  const squared = loss.layer.role?.type === 'loss' ? loss.layer.role.squaredError : undefined
  if (!squared) return problem(loss.path, { en: 'the loss must be the mean squared error', zh: '损失须为均方误差' })
  const compared: readonly string[] = [squared.prediction, squared.target]
  if (Object.entries(loss.inputs).some(([port, sources]) => sources.length > 0 && !compared.includes(port)))
    return problem(loss.path, { en: 'the loss must count all samples alike', zh: '损失须对所有样本一视同仁' })
  const trained = nodes.filter(isTrained)
  const layer = trained.find(({ layer: { affine } }) => affine)
  const other = trained.find((node) => node !== layer)
  if (other) return problem(other.path, { en: 'only one layer may have weights to train', zh: '只能有一层含有可训练的权重' })
  if (!layer?.layer.affine) return problem(loss.path, { en: 'there is no dense layer to train', zh: '没有可训练的全连接层' })
  const { input, kernel, bias } = layer.layer.affine
  return {
    loss,
    prediction: onlySource(loss, squared.prediction),
    target: onlySource(loss, squared.target),
    layer,
    input: onlySource(layer, input),
    kernel,
    ...(bias in layer.weights && { bias }),
  }
}

export const isDiagnostic = (found: LinearModel | Diagnostic): found is Diagnostic => 'severity' in found

function onlySource({ path, inputs }: ShapedNode, port: string): Source {
  const [source] = inputs[port] ?? []
  if (!source) throw new InternalError('linear model', `port “${port}” has no wire`, path)
  return source
}
