/**
 * @file The perceptron rule θ ← θ + α (y − h(x)) x for a dense layer followed by a step unit (notes 001, 002 §2, 004; Rosenblatt 1958).
 * A step has no slope, so there is no gradient of the loss to follow. The rule is descent of −Σ (y − h) z all the same, with z what the
 * step unit sees and y − h held fast: its derivative by a weight is −(y − h) x.
 */
import { gradients } from '../../autodiff/gradients'
import { DiagnosedError, diagnosedError } from '../../core/diagnostics'
import type { Text } from '../../core/text'
import type { Tensor } from '../../ir/emit'
import { defineOptimizer, learningRate } from '../kit'
import { isDiagnostic, linearModelOf } from '../linear-model'

const refusal = (nodeId: string, detail: Text) => diagnosedError('train.perceptron', { detail }, { nodeId })

export default defineOptimizer({
  kind: 'perceptron',
  title: { en: 'Perceptron rule', zh: '感知机法则' },
  summary: {
    en: 'For one dense layer and a step unit: moves the border towards every sample on its wrong side. Settles only if a line separates the classes; on XOR it never does.',
    zh: '用于一个全连接层加阶跃单元：每遇到分错的样本就移动分界线。只有数据线性可分时才会停下；在异或问题上永不停止。',
  },
  formula: String.raw`\theta \leftarrow \theta + \alpha\,\bigl(y - h_\theta(x)\bigr)\,x`,
  reference: 'notes 001; notes 002 §2; notes 004; Rosenblatt 1958',
  params: { lr: learningRate(0.1) },
  state: [],
  update: (b, _parameter, gradient, _state, _params, { lr }) => ({ change: b.mul(lr, gradient), state: {} }),
  objective: (b, forward) => {
    const model = linearModelOf(forward.nodes)
    if (isDiagnostic(model)) throw new DiagnosedError([model])
    const unit = forward.nodes.find(({ path }) => path === model.prediction.node)
    const [argument, another] = Object.values(unit?.inputs ?? {}).flat()
    if (!unit || unit === model.layer || !argument || another || argument.node !== model.layer.path)
      throw refusal(model.layer.path, {
        en: 'a step unit must stand between the dense layer and the loss',
        zh: '全连接层与损失之间须有一个阶跃单元',
      })
    const z = forward.valueAt(argument)
    const h = forward.valueAt(model.prediction)
    const [slope] = gradients(b, h, [z]) as [Tensor]
    const { op } = b.instruction(slope.id)
    if (op.op !== 'constant' || op.value !== 0)
      throw refusal(unit.path, {
        en: 'this unit is no step unit: it has a slope, so ordinary gradient descent trains it',
        zh: '此单元不是阶跃单元：它有导数，用普通的梯度下降即可训练',
      })
    const error = b.stopGradient(b.sub(forward.valueAt(model.target), h))
    return b.neg(b.sum(b.mul(error, z)))
  },
})
