/**
 * @file Exports for PyTorch, run in PyTorch: every template, every case of every layer as a graph of its own, and graphs with what only some
 * networks have — nested blocks, shared weights, penalties inside blocks. The file must give what the engine gives on the same weights.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { block } from '../../engine/builder/block'
import { graph } from '../../engine/builder/graph'
import { lower, stateSpecs } from '../../engine/compile'
import { DiagnosedError } from '../../engine/core/diagnostics'
import { Random } from '../../engine/core/random'
import { type Shape, sizeOf, type TensorType } from '../../engine/core/tensor'
import { parseDocument } from '../../engine/document/parse'
import type { GraphDocument } from '../../engine/document/schema'
import { exportPyTorch } from '../../engine/export/pytorch/pytorch'
import { initializeWeights } from '../../engine/initializers/initialize'
import { evaluate } from '../../engine/ir/evaluate'
import { inputNames } from '../../engine/ir/names'
import type { AnyLayer } from '../../engine/layers/kit/define'
import { layers } from '../../engine/layers/kit/registry'
import { dataInputsOf, unwrap } from '../../engine/train/model'
import { templates } from '../../templates/registry'
import { expectAllClose } from '../support/allclose'
import { largestMagnitude } from '../support/difference'
import { buildCase, type Case, type LayerProgram, weightName, wireName } from '../support/layerProgram'
import type { GivenTensor } from '../support/numbers'
import { type ExportedAnswer, type ExportedRow, runExported } from '../support/pytorchExport'
import { describeWithTorch } from '../support/torch'

/** Both sides compute in double precision. */
const TOLERANCE = 1e-9

interface Row extends ExportedRow {
  readonly title: string
  /** What the engine gives, by name; the loss last. */
  readonly expected: readonly (readonly [name: string, values: ArrayLike<number>])[]
}

type Tensors = Readonly<Record<string, GivenTensor>>

function rowOf(title: string, document: GraphDocument, training: boolean, weights: ExportedRow['weights'], inputs: Tensors): Row {
  const { program, outputs } = unwrap(lower(document, { training, gradients: 'none' }))
  const given: Record<string, readonly number[]> = { [inputNames.key]: [7, 3] }
  for (const [name, { data }] of Object.entries(inputs)) given[name] = data
  for (const [name, data] of Object.entries(weights)) given[name] = [...data]
  const values = evaluate(program, given)
  const expected = outputs.map((name) => {
    const output = program.outputs.find((known) => known.name === name)
    return [name, values.get(output?.value ?? -1) ?? []] as const
  })
  return { title, document, training, weights, inputs, expected }
}

/** Numbers for a document's inputs and weights. */
function seeded(title: string, document: GraphDocument, training: boolean): Row {
  const { program, shaped } = unwrap(lower(document, { training: true, gradients: 'none' }))
  const fresh = initializeWeights(shaped, 1)
  const weights = Object.fromEntries(
    stateSpecs(program).map(({ name, shape }) => {
      const random = Random.seeded(2, name)
      // What begins at zero gets other numbers, so that nothing hides behind it.
      const given = fresh.get(name) ?? new Float32Array(sizeOf(shape))
      return [name, given.every((value) => value === given[0]) ? given.map(() => random.uniform(0.2, 1)) : given]
    }),
  )
  const inputs = dataInputsOf(program)
    .filter(({ name }) => !name.startsWith('$'))
    .map(({ name, shape, dtype }): [string, GivenTensor] => {
      const classes = Object.values(shaped.nodes.find(({ path }) => path === name)?.outputs ?? {})[0]?.classes ?? 2
      return [name, numbersOf(name, shape, dtype, classes)]
    })
  return rowOf(title, document, training, weights, Object.fromEntries(inputs))
}

function numbersOf(name: string, shape: Shape, dtype: TensorType['dtype'], classes: number): GivenTensor {
  const random = Random.seeded(3, name)
  const each = { length: sizeOf(shape) }
  return dtype === 'i32'
    ? { shape, dtype, data: Array.from(each, () => random.below(classes)) }
    : { shape, data: Array.from(each, () => Math.fround(random.uniform(0.1, 1))) }
}

const small: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  resnet18: { imageSize: 32 },
  googlenet: { imageSize: 32 },
}
const templateRows = [...templates.values()].flatMap((template) =>
  [false, true].map((training) => {
    const sizes = { ...small[template.id], ...('numSteps' in template.params && { numSteps: 5, vocabularySize: 7 }), batchSize: 2 }
    return seeded(`${template.id}, ${training ? 'training' : 'evaluation'}`, template.create(sizes), training)
  }),
)

/** The case as a graph: a data node for each wire, and the layer. */
function caseRow(layer: AnyLayer, row: Case, title: string, training: boolean): Row | undefined {
  const built: LayerProgram = buildCase(layer, row, training)
  const wires = Object.entries(built.types).flatMap(([port, type]) =>
    'shape' in type
      ? [{ port, type, name: wireName(port) }]
      : type.map((one: TensorType, i) => ({ port, type: one, name: wireName(port, i) })),
  )
  const idOf = (name: string) => `in-${name.replace('.', '-')}`
  const [first] = wires
  // Tables of boxes and the like have as many rows as they have.
  if (!first || wires.some(({ type }) => type.shape[0] !== first.type.shape[0])) return undefined
  const data = wires.map(({ name, type: { shape, dtype, classes } }) => ({
    id: idOf(name),
    kind: 'input',
    params: { shape: shape.slice(1), dtype, ...(classes !== undefined && { classes }) },
  }))
  const document = unwrap(
    parseDocument({
      ...graph('Case', { data: 'digits', training: { batchSize: first.type.shape[0] } }).document(),
      nodes: [...data, { id: 'layer', kind: layer.kind, params: row.params ?? {} }],
      edges: wires.map(({ name, port }) => ({ from: { node: idOf(name), port: 'y' }, to: { node: 'layer', port } })),
    }),
  )
  const inputs = Object.fromEntries(
    wires.map(({ name, type: { shape, dtype } }): [string, GivenTensor] => [idOf(name), { shape, dtype, data: built.given[name] ?? [] }]),
  )
  const weights = Object.fromEntries(
    Object.keys(built.weights).map((name) => [weightName(name), Float32Array.from(built.given[weightName(name)] ?? [])]),
  )
  return rowOf(title, document, training, weights, inputs)
}

const cases = [...layers.values()].flatMap((layer) =>
  layer.cases.flatMap((row: Case, i: number) =>
    (row.mode === 'eval' ? [false] : [false, true]).map((training) => {
      const title = `${layer.kind}: ${row.name ?? `case ${i + 1}`}, ${training ? 'training' : 'evaluation'}`
      return { title, row: caseRow(layer, row, title, training) }
    }),
  ),
)
const layerRows = cases.flatMap(({ row }) => row ?? [])

const scaled = block('scaled', { factor: 2 }, (g, x, p) => g.scale(g.relu(g.dense(x, { numHiddens: 3 })), { factor: p.factor }))
const pair = block(
  'pair',
  { factor: 2 },
  (g, { left, right }, p) => ({
    sum: g.add([g.use(scaled, left, { factor: p.factor }), right]),
    size: g.activityPenalty(g.use(scaled, right), { strength: 0.5 }),
  }),
  { inputs: ['left', 'right'] },
)

function special(): GraphDocument[] {
  const nested = graph('Nested blocks', { training: { batchSize: 4 } })
  const features = nested.input('features', [3])
  const one = nested.use(pair, { left: features, right: nested.tanh(features) }, { id: 'one', factor: 3 })
  const two = nested.use(pair, { left: one.sum, right: one.size }, { id: 'two', factor: 0.5 })
  nested.meanSquaredError(nested.add([two.sum, two.size]), nested.label('target', { type: 'number', shape: [3] }))

  const shared = graph('shared: "weights" \\', { training: { batchSize: 4 } })
  const x = shared.input('x', [3])
  const first = shared.tanh(shared.dense(x, { id: 'first', numHiddens: 3 }))
  const again = shared.dense(first, { id: 'class', numHiddens: 3, sharesWith: 'first' })
  shared.meanSquaredError(again, shared.label('self', { type: 'number', shape: [3] }), { lossWeight: 0.5 })
  shared.meanAbsoluteError(first, shared.label('lambda', { type: 'number', shape: [3] }), { id: 'torch' })

  const bare = graph('2 outputs', { training: { batchSize: 2 } })
  const both = bare.split(bare.input('input', [4]), { parts: 2 })
  bare.add([both.part1, bare.relu(both.part2)])
  bare.sigmoid(both.part1)
  return [nested.document(), shared.document(), bare.document()]
}
const specialRows = special().flatMap((document) =>
  [false, true].map((mode) => seeded(`${document.name}, training ${mode}`, document, mode)),
)

const rows = [...templateRows, ...layerRows, ...specialRows]

describeWithTorch('exports for PyTorch, run in PyTorch', () => {
  let answers: readonly ExportedAnswer[] = []
  beforeAll(() => {
    answers = runExported(rows)
  }, 300_000)

  it.each(rows.map((row, i) => ({ title: row.title, row, i })))('$title', ({ row, i }) => {
    const { error, values, without } = answers[i] as ExportedAnswer
    expect(error).toBeUndefined()
    expect(values.length, 'how much is given').toBe(row.expected.length)
    row.expected.forEach(([name, expected], at) => {
      expectAllClose(values[at] ?? [], expected, TOLERANCE, name, Math.max(largestMagnitude(expected), 1e-3))
    })
    // Without labels there is everything but the loss.
    if (without && !row.training) expect(without).toEqual(values.slice(0, -1))
  })
})

describe('what an export for PyTorch says of itself', () => {
  it('names outputs as the engine does', () => {
    for (const { document, expected } of rows)
      expect(exportPyTorch(document).outputs).toEqual(expected.map(([name]) => name).filter((name) => name !== 'loss'))
  })

  it('all cases of layers are asked but those that no batch feeds', () => {
    const left = new Set(cases.filter(({ row }) => !row).map(({ title }) => title.replace(/:.*/, '')))
    // Data nodes have no inputs, and a table to gather from has a length of its own.
    expect([...left].sort()).toEqual(['gather', 'input', 'label', 'roiPool'])
    expect(layerRows.length).toBeGreaterThan(800)
  })

  it('refuses what has no place in a class of its own, and names the node', () => {
    const inside = block('inside', {}, (g, x) => g.meanSquaredError(x, g.label('target', { type: 'number', shape: [3] })))
    const g = graph('Loss in a block')
    g.use(inside, g.input('x', [3]), { id: 'inner' })
    try {
      exportPyTorch(g.document())
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(DiagnosedError)
      const { diagnostics } = error as DiagnosedError
      expect(diagnostics.map(({ code, nodeId }) => `${code} ${nodeId}`)).toContain('export.in-block inner/loss1')
    }
  })

  it('reads as by hand', () => {
    const source = exportPyTorch(templates.get('lenet')?.create({}) as GraphDocument).source
    const start = source.indexOf('class LeNet')
    expect(source.slice(start, source.indexOf('def load_weights'))).toMatchInlineSnapshot(`
      "class LeNet(nn.Module):
          """The first convolutional network in wide use: it read handwritten digits on cheques."""

          def __init__(self):
              super().__init__()
              self.conv1 = nn.Conv2d(1, 6, 5)
              self.conv2 = nn.Conv2d(6, 16, 5)
              self.dense1 = nn.Linear(256, 120)
              self.dense2 = nn.Linear(120, 84)
              self.dense3 = nn.Linear(84, 10)
              initialize(self)

          def forward(self, image, label=None):
              x = F.max_pool2d(torch.sigmoid(self.conv1(image)), 2, 2, 0)
              x = torch.flatten(F.max_pool2d(torch.sigmoid(self.conv2(x)), 2, 2, 0), 1)
              x = torch.sigmoid(self.dense1(x))
              x = torch.sigmoid(self.dense2(x))
              logits = self.dense3(x)
              if label is None:
                  return logits
              loss = F.cross_entropy(logits, label)
              return logits, loss


      def initialize(model):
          """Draws the first weights."""
          for w in [
              model.conv1.weight, model.conv2.weight, model.dense1.weight, model.dense2.weight,
              model.dense3.weight,
          ]:
              nn.init.xavier_uniform_(w)
          for w in [
              model.conv1.bias, model.conv2.bias, model.dense1.bias, model.dense2.bias,
              model.dense3.bias,
          ]:
              nn.init.zeros_(w)


      "
    `)
  })
})
