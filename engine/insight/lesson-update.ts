/**
 * @file The update: every weight with its old value, its gradient, the rate and its new value, as the document's training method has it (notes 001,
 * 002 §8). In: a traced sample. Out: a step for each parameter tensor.
 */
import type { ShapedNode } from '../shapes/shaped-graph'
import { weightsOwner } from './lesson-forward'
import { elements } from './lesson-lines'
import type { LessonStep } from './lesson-report'
import { type Notation, widthOf } from './notation'
import type { Traced } from './traced'

/** Rows that stand in a table. */
const MOST_ROWS = 64

export function updateSteps(traced: Traced, notation: Notation, node: ShapedNode): readonly LessonStep[] {
  const { update } = traced
  if (!update || node.sharesWith !== undefined) return []
  return Object.keys(node.weights).flatMap((weight) => {
    const name = `${weightsOwner(node)}.${weight}`
    if (!traced.parameters.includes(name)) return []
    const [old, slope, change, next] = [traced.weight(name), update.slope(name), update.change(name), update.next(name)]
    const rows = [...old].slice(0, MOST_ROWS).map((value, i) => ({
      name: nameOf(notation, node, weight, i),
      values: [value, slope[i] as number, update.rate, change[i] as number, next[i] as number],
    }))
    const isKernel = node.layer.affine?.kernel === weight
    const { objective } = update.optimizer
    return {
      id: `update ${name}`,
      phase: 'update',
      node: node.path,
      title: { en: `Update ${name}`, zh: `更新 ${name}` },
      formula: update.formula,
      explanation: objective
        ? {
            en: 'This rule does not follow the gradient of the loss: it moves the weights by what enters, times how wrong the answer is.',
            zh: '这一法则不沿损失的梯度下降：它按输入乘以答案的偏差来移动权重。',
          }
        : {
            en: 'Each weight takes a step against its gradient, as long as the learning rate says.',
            zh: '每个权重沿梯度的反方向走一步，步长由学习率决定。',
          },
      lines: [],
      more: Math.max(0, old.length - MOST_ROWS),
      table: { columns: ['w', 'g', '\\eta', '\\Delta', "w'"], rows },
      units: isKernel ? [] : elements(node.path, widthOf(node)),
      wires: isKernel ? elements(name, old.length) : [],
    }
  })
}

function nameOf(notation: Notation, node: ShapedNode, weight: string, index: number): string {
  const { affine } = node.layer
  if (notation.partOf(node) === 'affine' && affine) {
    const width = widthOf(node)
    if (weight === affine.kernel) return notation.weight(node.path, Math.floor(index / width), index % width)
    if (weight === affine.bias) return notation.bias(node.path, index)
  }
  return `\\theta_{${index + 1}}`
}
