/** B1 and B2: the lesson's numbers, against the four equations written out here in plain arithmetic; and what it refuses. */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { DiagnosedError } from '../../engine/core/diagnostics'
import { prepareData } from '../../engine/datasets/prepare'
import type { GraphDocument } from '../../engine/document/schema'
import { lessonOf } from '../../engine/insight/lesson'
import type { Lesson, LessonStep } from '../../engine/insight/lesson-report'
import { templates } from '../../templates/registry'

type State = Readonly<Record<string, ArrayLike<number>>>

async function lesson(document: GraphDocument, state: State = {}, sample = 0, step = 1): Promise<Lesson> {
  const data = await prepareData(document, () => undefined)
  const made = await lessonOf(data, state, { sample, step })
  data.dispose()
  return made
}

const created = (id: string): GraphDocument => {
  const template = templates.get(id)
  if (!template) throw new Error(`there is no template ${id}`)
  return template.create()
}

const stepOf = ({ steps }: Lesson, id: string): LessonStep => {
  const found = steps.find((step) => step.id === id)
  if (!found) throw new Error(`there is no step ${id}: ${steps.map((step) => step.id).join(', ')}`)
  return found
}
const numbersOf = (step: LessonStep): readonly (readonly number[])[] =>
  step.lines.map((line) => line.filter((piece): piece is number => typeof piece === 'number'))
const sigma = (x: number): number => 1 / (1 + Math.exp(-x))

const weights = {
  'dense1.kernel': [0.5, -0.25, 0.75, 1, 0.125, -0.5],
  'dense1.bias': [0.1, -0.2, 0.3],
  'dense2.kernel': [1.5, -1, 0.5],
  'dense2.bias': [0.25],
}

/** The 2-3-1 network by hand. */
function byHand(x: readonly number[], y: number, rate: number) {
  const [w1, b1, w2, [b2 = 0]] = [weights['dense1.kernel'], weights['dense1.bias'], weights['dense2.kernel'], weights['dense2.bias']]
  const z1 = [0, 1, 2].map((j) => (x[0] ?? 0) * (w1[j] ?? 0) + (x[1] ?? 0) * (w1[3 + j] ?? 0) + (b1[j] ?? 0))
  const a1 = z1.map(sigma)
  const z2 = a1.reduce((sum, a, j) => sum + a * (w2[j] ?? 0), b2)
  const a2 = sigma(z2)
  const slope2 = a2 * (1 - a2)
  const delta2 = (a2 - y) * slope2
  const slopes1 = a1.map((a) => a * (1 - a))
  const delta1 = slopes1.map((slope, j) => (w2[j] ?? 0) * delta2 * slope)
  const gradient1 = x.flatMap((value) => delta1.map((delta) => value * delta))
  const gradient2 = a1.map((a) => a * delta2)
  const moved = (w: readonly number[], g: readonly number[]) => w.map((value, i) => value - rate * (g[i] ?? 0))
  return {
    ...{ z1, a1, z2, a2, slope2, delta2, slopes1, delta1, gradient1, gradient2, loss: 0.5 * (a2 - y) ** 2 },
    next: { w1: moved(w1, gradient1), b1: moved(b1, delta1), w2: moved(w2, gradient2), b2: moved([b2], [delta2]) },
  }
}

const expectNumbers = (actual: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void => {
  expect(actual.map((line) => line.length)).toEqual(expected.map((line) => line.length))
  actual.forEach((line, i) => {
    line.forEach((value, k) => {
      expect(value, `line ${i}, number ${k}`).toBeCloseTo(expected[i]?.[k] ?? Number.NaN, 12)
    })
  })
}

describe('B2: the 2-3-1 sigmoid network', () => {
  it('is one network, though several copies of it are to be trained', async () => {
    const document = created('sigmoid-231')
    const several = { ...document, training: { ...document.training, ensemble: { replicas: 3 } } }
    expect(await lesson(several, weights)).toEqual(await lesson(document, weights))
  })

  it('has the steps of the notes, in their order', async () => {
    const { steps } = await lesson(created('sigmoid-231'), weights)
    expect(steps.map(({ id }) => id)).toEqual([
      ...[
        'forward features',
        'forward dense1',
        'forward sigmoid1',
        'forward dense2',
        'forward sigmoid2',
        'forward target',
        'forward loss1',
      ],
      ...[
        'backward loss1 sigmoid2',
        'backward sigmoid2',
        'bias dense2',
        'weight dense2',
        'backward sigmoid1',
        'bias dense1',
        'weight dense1',
      ],
      ...['update dense1.kernel', 'update dense1.bias', 'update dense2.kernel', 'update dense2.bias'],
    ])
    expect(steps.flatMap(({ equation }) => equation ?? [])).toEqual([1, 3, 4, 2, 3, 4])
  })

  it('B1: every number is that of the four equations', async () => {
    const document = created('sigmoid-231')
    for (const sample of [0, 1, 2, 3]) {
      const made = await lesson(document, weights, sample)
      const { inputs: x, targets } = made.samples[sample] ?? { inputs: [], targets: [] }
      const y = targets[0] ?? Number.NaN
      const hand = byHand(x, y, 2)
      const at = (id: string) => numbersOf(stepOf(made, id))
      expect(made.loss).toBeCloseTo(hand.loss, 12)
      expectNumbers(
        at('forward dense1'),
        hand.z1.map(
          (z, j) => [x[0], weights['dense1.kernel'][j], x[1], weights['dense1.kernel'][3 + j], weights['dense1.bias'][j], z] as number[],
        ),
      )
      expectNumbers(
        at('forward sigmoid1'),
        hand.z1.map((z, j) => [z, hand.a1[j] as number]),
      )
      expectNumbers(at('forward dense2'), [[...hand.a1.flatMap((a, j) => [a, weights['dense2.kernel'][j] as number]), 0.25, hand.z2]])
      expectNumbers(at('forward sigmoid2'), [[hand.z2, hand.a2]])
      expectNumbers(at('forward loss1'), [[hand.a2], [y], [hand.loss]])
      expectNumbers(at('backward loss1 sigmoid2'), [[hand.a2 - y]])
      expectNumbers(at('backward sigmoid2'), [[hand.a2 - y, hand.slope2, hand.delta2]])
      expectNumbers(at('bias dense2'), [[hand.delta2]])
      expectNumbers(
        at('weight dense2'),
        hand.a1.map((a, j) => [a, hand.delta2, hand.gradient2[j] as number]),
      )
      expectNumbers(
        at('backward sigmoid1'),
        hand.delta1.map((delta, j) => [weights['dense2.kernel'][j], hand.delta2, hand.slopes1[j], delta] as number[]),
      )
      expectNumbers(
        at('bias dense1'),
        hand.delta1.map((delta) => [delta]),
      )
      expectNumbers(
        at('weight dense1'),
        x.flatMap((value, i) => hand.delta1.map((delta, j) => [value, delta, hand.gradient1[3 * i + j] as number])),
      )
      const rows = (id: string) => stepOf(made, id).table?.rows.map(({ values }) => values) ?? []
      const row = (old: readonly number[], g: readonly number[], next: readonly number[]) =>
        old.map((value, i) => [value, g[i], 2, 2 * (g[i] ?? 0), next[i]] as number[])
      expectNumbers(rows('update dense1.kernel'), row(weights['dense1.kernel'], hand.gradient1, hand.next.w1))
      expectNumbers(rows('update dense1.bias'), row(weights['dense1.bias'], hand.delta1, hand.next.b1))
      expectNumbers(rows('update dense2.kernel'), row(weights['dense2.kernel'], hand.gradient2, hand.next.w2))
      expectNumbers(rows('update dense2.bias'), row(weights['dense2.bias'], [hand.delta2], hand.next.b2))
    }
  })

  it('goes on from its own update', async () => {
    const document = created('sigmoid-231')
    const first = await lesson(document, weights)
    const second = await lesson(document, first.next, 0, 2)
    expect(second.loss).toBeLessThan(first.loss)
    expect(stepOf(second, 'update dense2.bias').table?.rows[0]?.values[0]).toBe(
      stepOf(first, 'update dense2.bias').table?.rows[0]?.values[4],
    )
  })

  it('draws one neuron a unit, with weights on its wires', async () => {
    const { units, steps } = await lesson(created('sigmoid-231'), weights)
    expect(units.columns.map(({ nodes, units: drawn }) => [nodes.join(), drawn.length])).toEqual([
      ['features', 2],
      ['dense1,sigmoid1', 3],
      ['dense2,sigmoid2', 1],
      ['loss1', 1],
    ])
    const weighted = units.wires.filter(({ weight }) => weight !== undefined)
    expect(weighted.map(({ weight }) => weight)).toEqual(
      [...weights['dense1.kernel'], ...weights['dense2.kernel']].map((w) => expect.closeTo(w, 12)),
    )
    expect(weighted[0]).toMatchObject({ from: 'features:0', to: 'dense1:0' })
    // Each number has its step: δ of the hidden layer comes with equation (2).
    expect(steps[units.columns[1]?.units[0]?.delta?.from ?? -1]?.id).toBe('backward sigmoid1')
    expect(steps[units.columns[2]?.units[0]?.delta?.from ?? -1]?.id).toBe('backward sigmoid2')
    expect(steps[weighted[0]?.gradient?.from ?? -1]?.id).toBe('weight dense1')
    expect(steps[weighted[0]?.next?.from ?? -1]?.id).toBe('update dense1.kernel')
  })

  it('has the graph of variables and operations that the compiler has', async () => {
    const { operations, loss } = await lesson(created('sigmoid-231'), weights)
    expect(operations.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['features', 'dense1.kernel', 'matmul', 'add', 'sigmoid', 'sub']),
    )
    const known = new Set(operations.map(({ id }) => id))
    for (const { operands } of operations) for (const operand of operands) expect(known.has(operand)).toBe(true)
    expect(operations.at(-1)?.values).toEqual([loss])
    expect(operations.at(-1)?.deltas).toEqual([1])
  })
})

describe('the other lessons', () => {
  it('XOR: the exact solution answers every corner, and has nothing to learn', async () => {
    const document = created('xor-mlp')
    const exact = templates.get('xor-mlp')?.solutions?.exact ?? {}
    for (const sample of [0, 1, 2, 3]) {
      const made = await lesson(document, exact, sample)
      const { inputs = [], targets = [] } = made.samples[sample] ?? {}
      expect(targets).toEqual([Number(inputs[0] !== inputs[1])])
      expect(made.loss).toBe(0)
      expect(numbersOf(stepOf(made, 'forward dense2'))[0]?.at(-1)).toBe(targets[0])
      expect(numbersOf(stepOf(made, 'backward loss1 dense2'))).toEqual([[0]])
    }
  })

  it('the linear model settles on ½', async () => {
    const document = created('xor-linear')
    let state: State = {}
    for (let step = 1; step <= 400; step++) state = (await lesson(document, state, (step - 1) % 4, step)).next ?? {}
    for (const sample of [0, 1, 2, 3]) {
      const answer = numbersOf(stepOf(await lesson(document, state, sample), 'forward dense1'))[0]?.at(-1)
      expect(Math.abs((answer ?? 0) - 0.5)).toBeLessThan(0.08)
    }
  })

  it('the perceptron follows its own rule, since a step has no slope, and fails on one corner at least', async () => {
    const document = created('perceptron')
    let state: State = {}
    for (let step = 1; step <= 60; step++) {
      const made = await lesson(document, state, (step - 1) % 4, step)
      expect(numbersOf(stepOf(made, 'backward step1')).flat().at(-1)).toBeCloseTo(0, 12)
      const { inputs = [], targets = [] } = made.samples[made.sample] ?? {}
      const h = numbersOf(stepOf(made, 'forward step1'))[0]?.at(-1) ?? Number.NaN
      const kernel = stepOf(made, 'update dense1.kernel').table?.rows.map(({ values }) => values) ?? []
      kernel.forEach(([old = 0, slope, rate = 0, , next = 0], i) => {
        expect(slope).toBeCloseTo(-((targets[0] ?? 0) - h) * (inputs[i] ?? 0), 12)
        expect(next).toBeCloseTo(old + rate * ((targets[0] ?? 0) - h) * (inputs[i] ?? 0), 12)
      })
      state = made.next ?? {}
    }
    const losses = await Promise.all([0, 1, 2, 3].map(async (sample) => (await lesson(document, state, sample)).loss))
    expect(Math.max(...losses)).toBe(1)
  })

  it('any layer has its steps, and branches add their gradients', async () => {
    const g = graph('branches', {
      data: { kind: 'points2d', params: { pattern: 'moons', target: 'number' } },
      training: { optimizer: 'adam', lr: 0.1, batchSize: 4, epochs: 1 },
    })
    const hidden = g.dense(g.input('features', [2]), { numHiddens: 2 })
    const sum = g.add([g.tanh(hidden), g.prelu(hidden)])
    g.meanSquaredError(g.dense(sum, { numHiddens: 1 }), g.label('target', { type: 'number', shape: [1] }))
    const made = await lesson(g.document())
    const shares = ['backward tanh1', 'backward prelu1'].map((id) => numbersOf(stepOf(made, id)).map((line) => line.at(-1) ?? 0))
    const error = numbersOf(stepOf(made, 'error dense1')).map((line) => line.at(-1) ?? 0)
    expect(shares[0]).toHaveLength(2)
    expect(error).toHaveLength(2)
    // With Adam the state of the method goes on too.
    expect(Object.keys(made.next ?? {})).toEqual(expect.arrayContaining(['dense1.kernel:v', 'dense1.kernel:s']))
  })
})

describe('a network without a lesson', () => {
  const refused = async (document: GraphDocument) =>
    lesson(document).then(
      () => [],
      (error: unknown) => (error instanceof DiagnosedError ? error.diagnostics.map(({ code, nodeId }) => [code, nodeId]) : error),
    )

  it('is told why', async () => {
    expect(await refused(created('lenet'))).toEqual([['lesson.units', 'image']])
    const g = graph('deep', {
      data: { kind: 'points2d', params: {} },
      training: { optimizer: 'sgd', lr: 0.1, batchSize: 4, epochs: 1 },
    })
    let x = g.input('features', [2])
    for (let i = 0; i < 9; i++) x = g.dense(x, { numHiddens: 2 })
    g.classify(x, 2)
    expect(await refused(g.document())).toEqual([['lesson.layers', undefined]])
  })
})
