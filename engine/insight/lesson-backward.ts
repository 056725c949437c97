/**
 * @file The way back, node by node, with the four equations of back-propagation (notes 001):
 *   (1) δᴸ = ∇C ⊙ f′(zᴸ)   (2) δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ f′(zˡ)   (3) ∂C/∂b = δ   (4) ∂C/∂w = a δ
 * In: a traced sample. Out: the steps of one node, in symbols and numbers. Where several nodes read a value, their gradients add up.
 */
import type { ShapedNode } from '../shapes/shaped-graph'
import { derivativeOf } from './lesson-formulas'
import { indexed, weightsOwner } from './lesson-forward'
import { bounded, elements, joined, wordsOf } from './lesson-lines'
import type { LessonLine, LessonStep, Piece } from './lesson-report'
import { type Notation, portOf, sourceOf } from './notation'
import type { Traced } from './traced'

const phase = 'backward' as const

export function backwardSteps(traced: Traced, notation: Notation, node: ShapedNode): readonly LessonStep[] {
  switch (notation.partOf(node)) {
    case 'input':
    case 'label':
      return []
    case 'loss':
      return outputGradient(traced, notation, node)
    case 'activation':
      return throughActivation(traced, notation, node)
    case 'affine':
      return [...ownError(traced, notation, node), ...biasGradient(traced, notation, node), ...weightGradient(traced, notation, node)]
    default:
      return [...throughOther(traced, notation, node), ...ownGradients(traced, notation, node)]
  }
}

/** ∇C: how the loss changes with each answer. */
function outputGradient(traced: Traced, notation: Notation, node: ShapedNode): readonly LessonStep[] {
  const role = node.layer.role
  const answers = role?.type === 'loss' ? Object.keys(role.exposes).flatMap((port) => node.inputs[port] ?? []) : []
  return answers.flatMap((source) => {
    const delta = traced.delta(source.node, source.port)
    if (!delta) return []
    const isSum = notation.partOf(traced.node(source.node)) === 'affine'
    return {
      id: `backward ${node.path} ${source.node}`,
      phase,
      node: node.path,
      title: { en: 'Gradient of the loss', zh: '损失的梯度' },
      ...(isSum && { equation: 1 as const }),
      formula: isSum
        ? `${indexed(notation.delta(source.node, 0), 'j')} = \\frac{\\partial C}{\\partial ${indexed(notation.value(source.node, 0), 'j')}}`
        : `\\nabla_a C = \\frac{\\partial C}{\\partial ${indexed(notation.value(source.node, 0), 'j')}}`,
      ...derivativeOf(node),
      explanation: isSum
        ? {
            en: 'How the loss changes with each answer. No activation follows the last sums, so this is already their error δ.',
            zh: '损失随每个输出的变化率。最后的加权和之后没有激活函数，因此这就是误差 δ。',
          }
        : {
            en: 'How the loss changes with each answer. From here the error flows back.',
            zh: '损失随每个输出的变化率。误差由此开始向后传播。',
          },
      ...bounded([...delta].map((value, i): LessonLine => [`${notation.delta(source.node, i)} = `, value])),
      units: elements(source.node, delta.length),
      wires: [],
    }
  })
}

/** Σ w δ of the only reader where that is a layer of sums; else the number alone. */
function upstream(traced: Traced, notation: Notation, path: string, port: string, index: number): readonly Piece[] {
  const [reader, another] = notation.readersOf(path)
  const delta = traced.delta(path, port)
  if (!reader || another || notation.partOf(reader) !== 'affine') return [delta?.[index] ?? 0]
  const next = traced.delta(reader.path, portOf(reader)) ?? new Float64Array(0)
  const w = traced.weight(`${weightsOwner(reader)}.${reader.layer.affine?.kernel}`)
  return joined([...next].map((error, k): Piece[] => [w[index * next.length + k] as number, ' \\cdot ', error]))
}

/** Σₖ w δ in symbols, or ∂C/∂a where the loss reads the value. */
function upstreamSymbols(
  notation: Notation,
  path: string,
): { readonly formula: string; readonly wires: string; readonly fromLoss: boolean } {
  const [reader, another] = notation.readersOf(path)
  if (reader && !another && notation.partOf(reader) === 'affine')
    return {
      formula: `\\sum_k ${notation.weight(reader.path, 'j', 'k')}\\, ${indexed(notation.delta(reader.path, 0), 'k')}`,
      wires: `${weightsOwner(reader)}.${reader.layer.affine?.kernel}`,
      fromLoss: false,
    }
  const fromLoss = reader !== undefined && !another && notation.partOf(reader) === 'loss'
  return { formula: `\\frac{\\partial C}{\\partial ${indexed(notation.value(path, 0), 'j')}}`, wires: '', fromLoss }
}

function throughActivation(traced: Traced, notation: Notation, node: ShapedNode): readonly LessonStep[] {
  const source = sourceOf(node)
  const slope = traced.derivative(node.path)
  const after = traced.delta(node.path, portOf(node))
  if (!source || !slope || !after) return []
  const isShared = notation.readersOf(source.node).length > 1
  const before = traced.delta(source.node, source.port)
  const { formula, wires, fromLoss } = upstreamSymbols(notation, node.path)
  const isError = notation.sumBefore(node) !== undefined
  const symbol = (index: number): string => notation.delta(source.node, index)
  const lines = [...slope].map((derivative, i): LessonLine => {
    const handed = upstream(traced, notation, node.path, portOf(node), i)
    const factor: readonly Piece[] = handed.length > 1 ? ['(', ...handed, ')'] : handed
    // Where others read the sum too, this is only its share of the gradient.
    const result = isShared ? (after[i] as number) * derivative : (before?.[i] ?? 0)
    return [`${isShared ? '\\text{+ } ' : ''}${symbol(i)} = `, ...factor, ' \\cdot ', derivative, ' = ', result]
  })
  return [
    {
      id: `backward ${node.path}`,
      phase,
      node: node.path,
      title: isError
        ? { en: `Error of layer ${notation.layer(node.path)}`, zh: `第 ${notation.layer(node.path)} 层的误差` }
        : { en: `Back through ${node.path}`, zh: `反向经过 ${node.path}` },
      ...(isError && { equation: fromLoss ? (1 as const) : (2 as const) }),
      formula: `${indexed(symbol(0), 'j')} = ${fromLoss || wires === '' ? formula : `\\Bigl(${formula}\\Bigr)`} \\; f'\\bigl(${indexed(notation.value(source.node, 0), 'j')}\\bigr)`,
      ...derivativeOf(node),
      explanation: slope.every((value) => value === 0)
        ? {
            en: 'This unit has no slope here: nothing flows back through it, and nothing before it learns from the gradient.',
            zh: '此单元在此处斜率为零：没有误差能传过去，之前的层无法从梯度中学习。',
          }
        : fromLoss
          ? {
              en: 'The error of the last layer: how the loss changes with each activation, times the slope of the activation.',
              zh: '最后一层的误差：损失随各激活值的变化率，乘以激活函数的斜率。',
            }
          : {
              en: 'The errors of the layer after it come back over the same weights, times the slope of the activation.',
              zh: '后一层的误差沿同样的权重传回，再乘以激活函数的斜率。',
            },
      ...bounded(lines),
      units: elements(node.path, slope.length),
      wires: wires === '' ? [] : elements(wires, slope.length * (traced.weight(wires).length / slope.length)),
    },
  ]
}

/** Where neither an activation nor the loss has said it: the error of a layer of sums. */
function ownError(traced: Traced, notation: Notation, node: ShapedNode): readonly LessonStep[] {
  const readers = notation.readersOf(node.path)
  const isKnown =
    readers.length === 1 && readers.some((reader) => notation.partOf(reader) === 'activation' || notation.partOf(reader) === 'loss')
  const delta = traced.delta(node.path, portOf(node))
  if (isKnown || !delta || readers.length === 0) return []
  const { formula, wires } = upstreamSymbols(notation, node.path)
  const lines = [...delta].map((value, i): LessonLine => {
    const handed = upstream(traced, notation, node.path, portOf(node), i)
    return [`${notation.delta(node.path, i)} = `, ...handed, ...(handed.length > 1 ? [' = ', value] : [])]
  })
  return [
    {
      id: `error ${node.path}`,
      phase,
      node: node.path,
      title: { en: `Error of layer ${notation.layer(node.path)}`, zh: `第 ${notation.layer(node.path)} 层的误差` },
      ...(wires !== '' && { equation: 2 as const }),
      formula: `${indexed(notation.delta(node.path, 0), 'j')} = ${formula}`,
      explanation: {
        en: 'What reads these sums hands its errors back; where several read them, their errors add up.',
        zh: '读取这些和的节点把误差传回；有多个节点读取时，误差相加。',
      },
      ...bounded(lines),
      units: elements(node.path, delta.length),
      wires: [],
    },
  ]
}

function biasGradient(traced: Traced, notation: Notation, node: ShapedNode): readonly LessonStep[] {
  const { path } = node
  const name = `${weightsOwner(node)}.${node.layer.affine?.bias}`
  const delta = traced.delta(path, portOf(node))
  if (!traced.parameters.includes(name) || !delta) return []
  return [
    {
      id: `bias ${path}`,
      phase,
      node: path,
      title: { en: `Layer ${notation.layer(path)}: gradient of the biases`, zh: `第 ${notation.layer(path)} 层：偏置的梯度` },
      equation: 3,
      formula: `\\frac{\\partial C}{\\partial ${notation.bias(path, 'j')}} = ${indexed(notation.delta(path, 0), 'j')}`,
      explanation: {
        en: 'A bias is added to the sum, so its gradient is the error itself.',
        zh: '偏置直接加在和上，因此它的梯度就是误差本身。',
      },
      ...bounded([...delta].map((value, j): LessonLine => [`\\frac{\\partial C}{\\partial ${notation.bias(path, j)}} = `, value])),
      units: elements(path, delta.length),
      wires: [],
    },
  ]
}

function weightGradient(traced: Traced, notation: Notation, node: ShapedNode): readonly LessonStep[] {
  const { path } = node
  const name = `${weightsOwner(node)}.${node.layer.affine?.kernel}`
  const source = sourceOf(node)
  const delta = traced.delta(path, portOf(node))
  if (!traced.parameters.includes(name) || !source || !delta) return []
  const x = traced.value(source.node, source.port)
  // A penalty on the weights joins their gradient later; what stands here is the sample's share.
  const products = [...x].flatMap((given, i) => [...delta].map((error, j) => ({ given, error, i, j, product: given * error })))
  return [
    {
      id: `weight ${path}`,
      phase,
      node: path,
      title: { en: `Layer ${notation.layer(path)}: gradient of the weights`, zh: `第 ${notation.layer(path)} 层：权重的梯度` },
      equation: 4,
      formula: `\\frac{\\partial C}{\\partial ${notation.weight(path, 'i', 'j')}} = ${indexed(notation.value(source.node, 0), 'i')} \\; ${indexed(notation.delta(path, 0), 'j')}`,
      explanation: {
        en: 'What came in over the wire, times the error of the unit it went to.',
        zh: '经这条连线传入的值，乘以它所到神经元的误差。',
      },
      ...bounded(
        products.map(
          ({ given, error, i, j, product }): LessonLine => [
            `\\frac{\\partial C}{\\partial ${notation.weight(path, i, j)}} = `,
            given,
            ' \\cdot ',
            error,
            ' = ',
            product,
          ],
        ),
      ),
      units: [],
      wires: elements(name, products.length),
    },
  ]
}

/** Any other layer: what it hands back to each of its inputs. */
function throughOther(traced: Traced, notation: Notation, node: ShapedNode): readonly LessonStep[] {
  const sources = Object.values(node.inputs)
    .flat()
    .filter((source) => notation.partOf(traced.node(source.node)) !== 'input')
  const isShared = sources.some((source) => notation.readersOf(source.node).length > 1)
  const lines = sources.flatMap((source) =>
    [...(traced.delta(source.node, source.port) ?? [])].map((value, i): LessonLine => [`${notation.delta(source.node, i)} = `, value]),
  )
  if (lines.length === 0) return []
  return [
    {
      id: `backward ${node.path}`,
      phase,
      node: node.path,
      title: { en: `Back through ${wordsOf(node).en}`, zh: `反向经过 ${wordsOf(node).zh}` },
      formula: String.raw`\frac{\partial C}{\partial x_i} = \sum_j \frac{\partial C}{\partial y_j} \frac{\partial y_j}{\partial x_i}`,
      ...derivativeOf(node),
      explanation: isShared
        ? {
            en: 'The chain rule. Other layers read the same value: their gradients add up, and the sum stands here.',
            zh: '链式法则。还有其他层读取同一个值：它们的梯度相加，此处为总和。',
          }
        : {
            en: 'The chain rule: the gradients of its outputs, each times how that output changes with the input.',
            zh: '链式法则：各输出的梯度乘以该输出随输入的变化率，再求和。',
          },
      ...bounded(lines),
      units: elements(node.path, traced.value(node.path, portOf(node)).length),
      wires: [],
    },
  ]
}

/** Of layers with parameters that are no weighted sums. */
function ownGradients(traced: Traced, _notation: Notation, node: ShapedNode): readonly LessonStep[] {
  return Object.keys(node.weights).flatMap((weight) => {
    const name = `${weightsOwner(node)}.${weight}`
    if (!traced.parameters.includes(name)) return []
    return {
      id: `gradient ${name}`,
      phase,
      node: node.path,
      title: { en: `Gradient of ${name}`, zh: `${name} 的梯度` },
      formula: String.raw`\frac{\partial C}{\partial \theta_i} = \sum_j \frac{\partial C}{\partial y_j} \frac{\partial y_j}{\partial \theta_i}`,
      explanation: { en: 'The chain rule again, for the parameters of this layer.', zh: '对该层的参数同样使用链式法则。' },
      ...bounded([...traced.gradient(name)].map((value, i): LessonLine => [`\\frac{\\partial C}{\\partial \\theta_{${i + 1}}} = `, value])),
      units: [],
      wires: [],
    }
  })
}
