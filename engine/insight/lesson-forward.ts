/**
 * @file The way forward, node by node: weighted sums z = Σ w x + b, activations a = f(z), the loss C (notes 001, 004). In: a traced sample. Out: a step
 * for each node, in symbols and numbers.
 */
import type { ShapedNode } from '../shapes/shaped-graph'
import { formulaOf } from './lesson-formulas'
import { bounded, elements, joined, wordsOf } from './lesson-lines'
import type { LessonLine, LessonStep, Piece } from './lesson-report'
import { type Notation, portOf, sourceOf } from './notation'
import type { Traced } from './traced'

export function forwardStep(traced: Traced, notation: Notation, node: ShapedNode): LessonStep {
  const { path } = node
  const common = { id: `forward ${path}`, phase: 'forward' as const, node: path, wires: [] }
  const values = traced.value(path, portOf(node))
  const units = elements(path, values.length)
  switch (notation.partOf(node)) {
    case 'input':
    case 'label': {
      const isInput = notation.partOf(node) === 'input'
      return {
        ...common,
        title: isInput ? { en: `Input ${path}`, zh: `输入 ${path}` } : { en: `Target ${path}`, zh: `目标 ${path}` },
        formula: notation.value(path, 0).replace('_{1}', '_i'),
        explanation: isInput
          ? { en: 'The sample enters the network.', zh: '样本进入网络。' }
          : { en: 'What the network ought to say of this sample.', zh: '网络对这个样本应给出的答案。' },
        ...bounded([...values].map((value, i) => [`${notation.value(path, i)} = `, value])),
        units,
      }
    }
    case 'affine':
      return { ...common, ...sums(traced, notation, node, values), units }
    case 'activation':
      return { ...common, ...activations(traced, notation, node, values), units }
    case 'loss':
      return { ...common, ...loss(traced, notation, node, values[0] ?? Number.NaN), units: [`${path}:0`] }
    default:
      return {
        ...common,
        title: wordsOf(node),
        formula: formulaOf(node),
        explanation: node.layer.summary,
        ...bounded([...values].map((value, i) => [`${notation.value(path, i)} = `, value])),
        units,
      }
  }
}

function sums(traced: Traced, notation: Notation, node: ShapedNode, z: Float64Array) {
  const { path } = node
  const { kernel = '', bias = '' } = node.layer.affine ?? {}
  const source = sourceOf(node)
  const x = source ? traced.value(source.node, source.port) : new Float64Array(0)
  const w = traced.weight(`${weightsOwner(node)}.${kernel}`)
  const b = node.weights[bias] ? traced.weight(`${weightsOwner(node)}.${bias}`) : undefined
  const lines = [...z].map((value, j): LessonLine => {
    const terms = [...x].map((given, i): Piece[] => [given, ' \\cdot ', w[i * z.length + j] as number])
    return [`${notation.value(path, j)} = `, ...joined(terms), ...(b ? [' + ', b[j] as number] : []), ' = ', value]
  })
  const before = source ? notation.value(source.node, 0).replace('_{1}', '_i') : 'x_i'
  const layer = notation.layer(path)
  return {
    title: { en: `Layer ${layer}: weighted sums`, zh: `第 ${layer} 层：加权求和` },
    formula: `${indexed(notation.value(path, 0), 'j')} = \\sum_i ${before}\\, ${notation.weight(path, 'i', 'j')}${b ? ` + ${notation.bias(path, 'j')}` : ''}`,
    detail: formulaOf(node),
    explanation: {
      en: 'Each unit multiplies what comes in by its weights, adds it up, and adds its bias.',
      zh: '每个神经元把输入乘以各自的权重后相加，再加上偏置。',
    },
    ...bounded(lines),
    wires: elements(`${weightsOwner(node)}.${kernel}`, w.length),
  }
}

function activations(traced: Traced, notation: Notation, node: ShapedNode, a: Float64Array) {
  const { path } = node
  const source = sourceOf(node)
  const z = source ? traced.value(source.node, source.port) : a
  const named = (index: number): string => (source ? notation.value(source.node, index) : 'x')
  return {
    title: { en: `Activation ${path}`, zh: `激活 ${path}` },
    formula: `${indexed(notation.value(path, 0), 'j')} = f\\bigl(${indexed(named(0), 'j')}\\bigr)`,
    detail: formulaOf(node),
    explanation: node.layer.summary,
    ...bounded([...a].map((value, i): LessonLine => [`${notation.value(path, i)} = f(`, z[i] as number, ') = ', value])),
  }
}

function loss(traced: Traced, notation: Notation, node: ShapedNode, value: number) {
  const given = Object.values(node.inputs)
    .flat()
    .flatMap((source) => [...traced.value(source.node, source.port)].map((x, i): LessonLine => [`${notation.value(source.node, i)} = `, x]))
  return {
    title: { en: 'Loss', zh: '损失' },
    formula: `C = L(${Object.values(node.inputs)
      .flat()
      .map(({ node: from }) => notation.value(from))
      .join(', ')})`,
    detail: formulaOf(node),
    explanation: {
      en: 'One number tells how far the answer is from the target. Training makes it smaller.',
      zh: '用一个数衡量答案与目标的差距。训练就是要减小它。',
    },
    ...bounded([...given, ['C = ', value]]),
  }
}

/** The node whose weights these are. */
export const weightsOwner = ({ path, sharesWith }: ShapedNode): string => sharesWith ?? path

/** With a letter in place of the first index. */
export const indexed = (tex: string, letter: string): string => tex.replace('_{1}', `_${letter}`)
