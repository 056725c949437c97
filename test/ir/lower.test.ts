/** @file Lowering: the names by which a program is fed and read, what joins it, and where each instruction comes from. */
import { describe, expect, it } from 'vitest'
import { DiagnosedError } from '../../engine/core/diagnostics'
import type { GraphDocument } from '../../engine/document/schema'
import { lowerGraph } from '../../engine/ir/lower'
import type { Lowered, LowerOptions } from '../../engine/ir/lowering'
import { printProgram } from '../../engine/ir/print'
import type { Instruction, Program } from '../../engine/ir/program'
import { verify } from '../../engine/ir/verify'
import { optimizers } from '../../engine/optimizers/registry'
import { inferShapes } from '../../engine/shapes/infer'
import { documentOf, node, smallClassifier } from '../fixtures/documents'

const evaluation: LowerOptions = { training: false, gradients: 'none' }
const optimizer = (kind: string) => {
  const definition = optimizers.get(kind)
  if (!definition) throw new Error(kind)
  return { definition, params: {} }
}

function lowered(document: GraphDocument, options: LowerOptions = evaluation): Lowered {
  const shaped = inferShapes(document, { batchSize: 2 })
  expect(shaped.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  const result = lowerGraph(shaped, options)
  verify(result.program, 'lower')
  return result
}
const inputsOf = ({ values }: Program, wanted: 'data' | 'state') =>
  values.flatMap(({ op, shape, dtype }) => (op.op === 'input' && op.role === wanted ? [`${op.name} ${dtype} ${shape.join('×')}`] : []))
const outputNamesOf = ({ outputs }: Program) => outputs.map(({ name }) => name)
const updated = ({ state }: Program) => state.filter(({ update }) => update !== undefined).map(({ name }) => name)

describe('a classifier', () => {
  it('is fed by node id and gives logits, then the loss, then its metrics', () => {
    const { program, outputs, weights } = lowered(smallClassifier())
    expect(inputsOf(program, 'data')).toEqual(['image f32 2×1×8×8', 'label i32 2'])
    expect(outputs).toEqual(['logits', 'loss'])
    expect(outputNamesOf(program)).toEqual(['logits', 'loss', 'metric:accuracy'])
    expect(weights).toEqual(['conv1.kernel', 'conv1.bias', 'dense1.kernel', 'dense1.bias'].map((name) => ({ name, trainable: true })))
    expect(program.state.map(({ name }) => name)).toEqual(weights.map(({ name }) => name))
    expect(updated(program)).toEqual([])
  })

  it('gives a gradient for every parameter, and for real inputs when asked', () => {
    const gradientNames = (gradients: LowerOptions['gradients']) =>
      outputNamesOf(lowered(smallClassifier(), { training: true, gradients }).program).filter((name) => name.startsWith('grad:'))
    const parameters = ['grad:conv1.kernel', 'grad:conv1.bias', 'grad:dense1.kernel', 'grad:dense1.bias']
    expect(gradientNames('parameters')).toEqual(parameters)
    expect(gradientNames('all')).toEqual([...parameters, 'grad:image'])
  })

  it('trains with an optimiser whose update joins the program', () => {
    const { program } = lowered(smallClassifier(), { training: true, gradients: 'none', optimizer: optimizer('adam') })
    expect(inputsOf(program, 'data')).toEqual(['image f32 2×1×8×8', 'label i32 2', '$lr f32 ', '$step f32 '])
    expect(updated(program)).toEqual(program.state.map(({ name }) => name))
    expect(program.state.map(({ name }) => name)).toContain('dense1.kernel:v')
    expect(program.state).toHaveLength(3 * 4)
    expect(outputNamesOf(program).filter((name) => name.startsWith('grad:'))).toEqual([])
  })

  it('has no input that its optimiser does not read', () => {
    const { program } = lowered(smallClassifier(), { training: true, gradients: 'none', optimizer: optimizer('adadelta') })
    expect(inputsOf(program, 'data')).toEqual(['image f32 2×1×8×8', 'label i32 2'])
  })

  it('leaves frozen nodes alone', () => {
    const document = smallClassifier()
    const frozen = { ...document, nodes: document.nodes.map((each) => (each.id === 'conv1' ? { ...each, frozen: true } : each)) }
    const { program, weights } = lowered(frozen, { training: true, gradients: 'none', optimizer: optimizer('momentum') })
    expect(updated(program)).toEqual(['dense1.kernel', 'dense1.bias', 'dense1.kernel:v', 'dense1.bias:v'])
    expect(weights.filter(({ trainable }) => !trainable).map(({ name }) => name)).toEqual(['conv1.kernel', 'conv1.bias'])
  })

  it('shows the activations that are asked for', () => {
    const { program } = lowered(smallClassifier(), { ...evaluation, activations: ['relu1', 'loss1'] })
    expect(outputNamesOf(program)).toEqual(['logits', 'loss', 'metric:accuracy', 'activation:relu1.y', 'activation:loss1.loss'])
  })

  it('knows the node that every instruction comes from', () => {
    const { program } = lowered(smallClassifier(), { training: true, gradients: 'all', optimizer: optimizer('adam') })
    const ids = new Set(smallClassifier().nodes.map(({ id }) => id))
    const nameless = program.values.filter(({ origin }) => !ids.has(origin))
    // The learning rate, the step and the loss's own gradient of 1 belong to no node.
    expect(nameless.map(({ op }) => (op.op === 'input' ? op.name : op.op))).toEqual(['$lr', '$step', 'constant'])
  })

  it('has no stopGradient and nothing dead left', () => {
    const { program } = lowered(smallClassifier(), { training: true, gradients: 'all' })
    const read = new Set([...program.values.flatMap(({ inputs }) => inputs), ...program.outputs.map(({ value }) => value)])
    program.values.forEach(({ op }, id) => {
      expect(op.op).not.toBe('stopGradient')
      expect(read.has(id) || op.op === 'input', `value ${id} (${op.op}) is read`).toBe(true)
    })
  })
})

describe('other graphs', () => {
  const regression = (...more: [Parameters<typeof node>, string[]][]) =>
    documentOf(
      [
        node('features', 'input', { shape: [3] }),
        node('dense1', 'dense', { numHiddens: 2 }),
        node('target', 'label', { type: 'number', shape: [2] }),
        node('loss1', 'meanSquaredError'),
        ...more.map(([given]) => node(...given)),
      ],
      ['features.y > dense1.x', 'dense1.y > loss1.prediction', 'target.y > loss1.target', ...more.flatMap(([, wires]) => wires)],
    )

  it('differentiate with respect to real targets too', () => {
    const { program, outputs } = lowered(regression(), { training: true, gradients: 'all' })
    expect(outputs).toEqual(['prediction', 'loss'])
    expect(outputNamesOf(program)).toEqual(expect.arrayContaining(['grad:features', 'grad:target']))
  })

  it('show what no wire reads under its node’s name', () => {
    const { outputs } = lowered(regression([['probability', 'softmax'], ['dense1.y > probability.x']]))
    expect(outputs).toEqual(['prediction', 'probability', 'loss'])
  })

  it('add several losses up and tell their outputs apart', () => {
    const second: [Parameters<typeof node>, string[]][] = [
      [['dense2', 'dense', { numHiddens: 2 }], ['features.y > dense2.x']],
      [
        ['loss2', 'meanSquaredError'],
        ['dense2.y > loss2.prediction', 'target.y > loss2.target'],
      ],
    ]
    const { program, outputs } = lowered(regression(...second))
    expect(outputs).toEqual(['loss1.prediction', 'loss2.prediction', 'loss'])
    const loss = program.outputs.find(({ name }) => name === 'loss')
    expect(program.values[loss?.value ?? -1]?.op).toEqual({ op: 'binary', name: 'add' })
  })

  it('without a loss give every end, and refuse to train', () => {
    const { nodes, edges, ...rest } = regression()
    const open = { ...rest, nodes: nodes.slice(0, 2), edges: edges.slice(0, 1) }
    expect(lowered(open).outputs).toEqual(['dense1'])
    expect(() => lowered(open, { training: true, gradients: 'parameters' })).toThrow(DiagnosedError)
  })

  it('renew running statistics in training only', () => {
    const document = documentOf([node('features', 'input', { shape: [3] }), node('bn1', 'batchNorm')], ['features.y > bn1.x'])
    expect(updated(lowered(document, { training: true, gradients: 'none' }).program)).toEqual(['bn1.runningMean', 'bn1.runningVariance'])
    expect(updated(lowered(document).program)).toEqual([])
    expect(lowered(document).weights.map(({ trainable }) => trainable)).toEqual([true, true, false, false])
  })

  it('take the key for random numbers only where they draw some', () => {
    const document = documentOf([node('features', 'input', { shape: [3] }), node('dropout1', 'dropout')], ['features.y > dropout1.x'])
    expect(inputsOf(lowered(document, { training: true, gradients: 'none' }).program, 'data')).toEqual(['features f32 2×3', '$key i32 2'])
    expect(inputsOf(lowered(document).program, 'data')).toEqual(['features f32 2×3'])
  })
})

describe('printing', () => {
  it('writes one line a value', () => {
    const document = documentOf(
      [
        node('image', 'input', { shape: [1, 4, 4] }),
        node('conv1', 'conv2d', { numChannels: 2, kernelSize: 3, useBias: false }),
        node('pool1', 'maxPool2d', { kernelSize: 2 }),
      ],
      ['image.y > conv1.x', 'conv1.y > pool1.x'],
      { name: 'tiny' },
    )
    expect(printProgram(lowered(document).program)).toMatchInlineSnapshot(`
      "program “tiny”
        %0: f32 2×1×4×4 = input data “image”  ; image
        %1: f32 2×1×3×3 = input state “conv1.kernel”  ; conv1
        %2: f32 2×2×2×2 = conv2d(%0, %1) stride=1×1 padding=0×0 dilation=1×1 groups=1 NCHW  ; conv1
        %3: f32 2×2×1×1 = maxPool2d(%2) kernel=2×2 stride=2×2 padding=0×0 dilation=1×1 NCHW  ; pool1
        output “pool1” = %3  ; pool1
      "
    `)
  })

  it('writes what an op knows beside its operands', () => {
    const any = (op: Instruction['op'], inputs: number[] = []): Instruction => ({ op, inputs, shape: [2], dtype: 'f32', origin: 'n' })
    const values = [
      any({ op: 'constant', value: -0 }),
      any({ op: 'iota', axis: 0 }),
      any({ op: 'random', stream: 3 }, [1]),
      any({ op: 'reduce', name: 'max', axes: [0, 1] }, [2]),
      any({ op: 'pad', low: [1], high: [0], interior: [2] }, [3]),
      any({ op: 'slice', starts: [1], steps: [2] }, [4]),
      any({ op: 'matmul', transposeA: true, transposeB: false }, [4, 5]),
    ]
    expect(printProgram({ name: 'ops', values, state: [], outputs: [] })).toMatchInlineSnapshot(`
      "program “ops”
        %0: f32 2 = constant -0  ; n
        %1: f32 2 = iota axis=0  ; n
        %2: f32 2 = random(%1) stream=3  ; n
        %3: f32 2 = reduceMax(%2) axes=(0 1)  ; n
        %4: f32 2 = pad(%3) low=(1) high=(0) interior=(2)  ; n
        %5: f32 2 = slice(%4) starts=(1) steps=(2)  ; n
        %6: f32 2 = matmul(%4, %5) transposeA  ; n
      "
    `)
  })
})
