/**
 * @file Every wrong use of the training settings: what is refused, what is only warned of, and that both say in both languages what to do instead.
 * Each row goes the whole way: the document, its data, the training step.
 */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import type { GraphBuilder } from '../../engine/builder/graph-builder'
import type { Handle } from '../../engine/builder/types'
import { messageOf } from '../../engine/core/diagnostic-message'
import { DiagnosedError, type Diagnostic } from '../../engine/core/diagnostics'
import type { FileSource } from '../../engine/datasets/dataset'
import { prepareData } from '../../engine/datasets/prepare'
import type { DataSettings, GraphDocument, TrainingSettings } from '../../engine/document/schema'
import { optimizers, solvers } from '../../engine/optimizers/registry'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { schedules } from '../../engine/schedules/registry'
import { inferShapes } from '../../engine/shapes/infer'
import { Trainer } from '../../engine/train/trainer'
import { templates } from '../../templates/registry'
import { memoryFiles } from '../datasets/memory-files'
import { type MoonsOptions, moonsDocument } from './fixtures'

const files: Readonly<Record<string, string>> = {
  'classes.csv': '0,1,0\n1,0,1\n2,1,2\n0,2,4\n1,1,3\n2,2,1\n',
  'numbers.csv': 'a,b,y\n0,1,0.5\n1,0,1\n2,1,2\n0,2,4\n1,1,3\n',
  'whole.csv': 'a,b,y\n1,0,1\n2,1,2\n',
  'swapped.csv': 'b,a,y\n1,0,1.5\n2,1,2\n',
  'wide.csv': 'a,b,c,y\n1,0,4,1.5\n2,1,4,2\n',
}
const findFiles = (path: string): FileSource => memoryFiles(path, { [path]: files[path] ?? '' })
const csv = (path: string, params: Record<string, string> = {}) => ({ kind: 'csv', params: { path, ...params } })

/** All that is said when training is asked for; errors end it. */
async function told(document: GraphDocument): Promise<readonly Diagnostic[]> {
  const warnings: Diagnostic[] = []
  try {
    const data = await prepareData(document, findFiles)
    const trainer = await Trainer.create({ data, backend: createReferenceBackend(), onWarning: (warning) => warnings.push(warning) })
    await trainer.dispose()
    return warnings
  } catch (error) {
    if (!(error instanceof DiagnosedError)) throw error
    return error.diagnostics
  }
}

/** As an editor or a file may have it: no builder has looked at it. */
const altered = (training: Readonly<Record<string, unknown>>): GraphDocument => {
  const document = moonsDocument()
  return { ...document, training: { ...document.training, ...training } }
}

interface Expected {
  readonly code: Diagnostic['code']
  readonly param?: string
  readonly nodeId?: string
  readonly severity?: Diagnostic['severity']
  /** What to do instead, as a person reads it. */
  readonly en: RegExp
  readonly zh: RegExp
}

async function expectTold(document: GraphDocument, { en, zh, severity = 'error', ...rest }: Expected): Promise<void> {
  const found = await told(document)
  expect(found).toMatchObject([{ ...rest, severity }])
  for (const diagnostic of found) {
    expect(messageOf(diagnostic, 'en')).toMatch(en)
    expect(messageOf(diagnostic, 'zh')).toMatch(zh)
    for (const language of ['en', 'zh'] as const) expect(messageOf(diagnostic, language)).not.toMatch(/\{\w+\}|undefined|null/)
  }
}

const number = { en: /expected a (whole )?number, (at least|above|at most) [\d.e-]+/, zh: /应为 (整)?数，(不小于|大于|不大于) / }
const invalid = (param: string): Expected => ({ code: 'param.invalid', param, ...number })

describe('a single setting out of its range', () => {
  const settings: readonly [string, readonly number[]][] = [
    ['batchSize', [0, -1, 2.5, 65537, Number.NaN]],
    ['epochs', [0, -3, 1.5, Number.POSITIVE_INFINITY]],
    ['validationSplit', [-0.1, 0.95, 1, Number.NaN]],
    ['seed', [-1, 0.5, 2 ** 32]],
    ['warmup', [-1, 0.5]],
    ['clipNorm', [0, -1, Number.NaN]],
    ['averaging', [-0.1, 1, 2]],
    ['l2', [-1, Number.NaN]],
    ['l1', [-1, 1e9]],
    ['weightNoise', [-0.1]],
  ]
  const rows = settings.flatMap(([name, values]) => values.map((value) => ({ name, value })))
  it.each(rows)('$name of $value', async ({ name, value }) => {
    await expectTold(altered({ [name]: value }), invalid(name))
  })

  const stored = rows.filter(({ name }) => ['batchSize', 'epochs', 'validationSplit', 'seed'].includes(name))
  it.each(stored)('$name of $value, where the network is written as code', ({ name, value }) => {
    const said = (() => {
      try {
        moonsDocument({ training: { [name]: value } })
        return []
      } catch (error) {
        return error instanceof DiagnosedError ? error.diagnostics : []
      }
    })()
    expect(said).toMatchObject([{ code: 'document.schema', values: { path: `training.${name}` } }])
    for (const diagnostic of said) {
      expect(messageOf(diagnostic, 'en')).toMatch(/must be at (least|most) \d|expected a (whole|finite) number/)
      expect(messageOf(diagnostic, 'zh')).toMatch(/应不(小于|大于) \d|应为(整数|有限的数)/)
    }
  })

  const groups: readonly [keyof TrainingSettings, string, readonly number[]][] = [
    ['earlyStopping', 'patience', [0, -1, 1.5]],
    ['earlyStopping', 'minDelta', [-0.1]],
    ['adversarial', 'epsilon', [0, -0.1, Number.NaN]],
    ['adversarial', 'weight', [-0.1, 1.1]],
    ['ensemble', 'replicas', [0, 1, -2, 2.5, 51]],
  ]
  it.each(groups.flatMap(([group, name, values]) => values.map((value) => ({ group, name, value }))))(
    '$group: $name of $value',
    async ({ group, name, value }) => {
      await expectTold(altered({ [group]: { [name]: value } }), invalid(name))
    },
  )
})

describe('a setting of a method or a schedule out of its range', () => {
  const methods = [...optimizers.values(), ...solvers.values()]
  const rates = methods.filter(({ params }) => 'lr' in params)
  it.each(rates.flatMap(({ kind }) => [-0.1, Number.NaN, Number.POSITIVE_INFINITY].map((lr) => ({ kind, lr }))))(
    '$kind with a rate of $lr',
    async ({ kind, lr }) => {
      await expectTold(altered({ optimizer: { kind, params: { lr } } }), invalid('lr'))
    },
  )

  const decays = methods.flatMap(({ kind, params }) =>
    ['gamma', 'beta1', 'beta2', 'rho'].flatMap((name) => (name in params ? [{ kind, name }] : [])),
  )
  it.each(decays.flatMap((each) => [1, 1.5, -0.1].map((value) => ({ ...each, value }))))(
    '$kind with $name of $value',
    async ({ kind, name, value }) => {
      await expectTold(altered({ optimizer: { kind, params: { [name]: value } } }), invalid(name))
    },
  )

  const others = [
    { kind: 'adam', name: 'epsilon', value: 0 },
    { kind: 'adagrad', name: 'epsilon', value: -1e-6 },
    { kind: 'newton', name: 'damping', value: -1 },
    { kind: 'normalEquations', name: 'ridge', value: -1 },
  ]
  it.each(others)('$kind with $name of $value', async ({ kind, name, value }) => {
    await expectTold(altered({ optimizer: { kind, params: { [name]: value } } }), invalid(name))
  })

  const spans = [...schedules.values()].flatMap(({ kind, params }) => Object.keys(params).map((name) => ({ kind, name })))
  it.each(spans.flatMap((each) => [-1, Number.NaN].map((value) => ({ ...each, value }))))(
    '$kind with $name of $value',
    async ({ kind, name, value }) => {
      await expectTold(altered({ schedule: { kind, params: { [name]: value } } }), invalid(name))
    },
  )

  it.each<[string, Partial<TrainingSettings>, Expected]>([
    [
      'a setting that the method has not',
      { optimizer: { kind: 'sgd', params: { gamma: 0.9 } } },
      { code: 'param.invalid', param: 'gamma', en: /one of lr/, zh: /lr 之一/ },
    ],
    [
      'a method that is none',
      { optimizer: { kind: 'adamax', params: {} } },
      { code: 'train.optimizer', en: /there are: .*adam/, zh: /现有：.*adam/ },
    ],
    [
      'a setting that only other schedules have',
      { schedule: { kind: 'constant', params: { every: 3 } } },
      {
        code: 'train.schedule.setting',
        param: 'every',
        en: /“Constant” has no setting “every”\. .*: step\. Choose one/,
        zh: /“恒定”没有设置项“every”。.*：step。请改用/,
      },
    ],
    [
      'a setting that no schedule has',
      { schedule: { kind: 'constant', params: { magic: 3 } } },
      { code: 'param.invalid', param: 'magic', en: /leave it out/, zh: /请去掉/ },
    ],
    [
      'a schedule that is none',
      { schedule: { kind: 'magic', params: {} } },
      { code: 'train.schedule', en: /there are: .*cosine/, zh: /现有：.*cosine/ },
    ],
  ])('%s', async (_what, training, expected) => {
    await expectTold(altered(training), expected)
  })
})

const held = { en: /hold out a (larger )?share/, zh: /请(留出一部分数据|增大比例)/ }

describe('settings that do not go together', () => {
  it.each<[string, MoonsOptions, Expected]>([
    [
      'a warm-up longer than the training',
      { training: { warmup: 1000 } },
      { code: 'train.warmup', en: /shorten it, or train for longer/, zh: /请缩短预热，或延长训练/ },
    ],
    [
      'a plateau without validation',
      { validationSplit: 0, training: { schedule: { kind: 'plateau', params: {} } } },
      { code: 'train.schedule.validation', ...held },
    ],
    [
      'early stopping without validation',
      { validationSplit: 0, training: { earlyStopping: {} } },
      { code: 'train.early-stopping.validation', ...held },
    ],
    [
      'early stopping by what is not measured',
      { training: { earlyStopping: { metric: 'beauty' } } },
      { code: 'train.early-stopping.metric', en: /can watch: loss, accuracy/, zh: /可观察：loss, accuracy/ },
    ],
    [
      'a schedule for a method without a rate',
      { training: { optimizer: { kind: 'adadelta', params: {} }, schedule: { kind: 'cosine', params: {} } } },
      { code: 'train.rate.unused', en: /remove them, or choose another/, zh: /请将其移除，或改用/ },
    ],
    [
      'a warm-up for a method without a rate, which limits gradients and averages weights as any other',
      { training: { optimizer: { kind: 'adadelta', params: {} }, warmup: 1, clipNorm: 1, averaging: 0.9 } },
      { code: 'train.rate.unused', en: /nothing to act on for the warm-up:/, zh: /，预热不起作用/ },
    ],
    [
      'an ensemble of a method that solves for one network',
      { training: { ensemble: {}, optimizer: { kind: 'newton', params: {} } } },
      { code: 'train.ensemble.method', en: /switch the ensemble off, or choose/, zh: /请关闭集成，或改用/ },
    ],
    [
      'halves on a device that has none',
      { training: { precision: 'f16' } },
      { code: 'backend.halves', en: /Set the precision to f32/, zh: /请将精度设为 f32/ },
    ],
  ])('%s', async (_what, options, expected) => {
    await expectTold(moonsDocument(options), expected)
  })

  it.each<[string, MoonsOptions, Expected]>([
    [
      'a share held out that is less than a sample',
      { samples: 20, validationSplit: 0.01 },
      { code: 'train.split.nothing', severity: 'warning', ...held },
    ],
    [
      'a batch larger than the data',
      { batchSize: 500 },
      { code: 'train.batch', severity: 'warning', en: /Choose a smaller batch/, zh: /请减小批量/ },
    ],
    ...(['linear', 'cosine', 'inverse', 'step'] as const).map((kind): [string, MoonsOptions, Expected] => [
      `${kind} over more steps than the training has`,
      { training: { schedule: { kind, params: { [kind === 'step' ? 'every' : 'tau']: 21 } } } },
      {
        code: 'train.schedule.long',
        severity: 'warning',
        en: /needs 21 steps .* the whole training has 20: give it 20 steps or fewer, or train for longer/,
        zh: /需要 21 步.*只有 20 步：请把步数设为不超过 20，或延长训练/,
      },
    ]),
  ])('%s is warned of', async (_what, options, expected) => {
    await expectTold(moonsDocument(options), expected)
  })

  it('what is right is not talked about', async () => {
    const schedule = { kind: 'cosine', params: { tau: 20 } }
    expect(await told(moonsDocument({ training: { schedule } }))).toEqual([])
    // The largest batch there is asks for all samples.
    expect(await told(moonsDocument({ batchSize: 65536 }))).toEqual([])
    expect(await told(moonsDocument({ validationSplit: 0 }))).toEqual([])
  })
})

const sizeOfNetwork = (document: GraphDocument) => inferShapes(document).nodes.reduce((sum, { parameterCount }) => sum + parameterCount, 0)

describe('the templates', () => {
  const small = [...templates.values()].flatMap(({ id, create }) => {
    const document = create()
    return sizeOfNetwork(document) < 300_000 ? [{ id, document }] : []
  })
  it.each(small)('$id begins without a word of warning', async ({ document }) => {
    expect(await told(document)).toEqual([])
  })
})

/** A network of its own on data of its own. */
function built(
  build: (g: GraphBuilder, x: Handle) => void,
  { training = {}, data }: { readonly training?: Record<string, unknown>; readonly data?: Partial<DataSettings> } = {},
): GraphDocument {
  const source = { kind: 'points2d', params: { samples: 40 } }
  const g = graph('Wrong', { data: source, training: { batchSize: 8, validationSplit: 0, ...training } })
  build(g, g.input('features', [2]))
  const document = g.document()
  return { ...document, data: { ...document.data, ...data } }
}
const classifier = (g: GraphBuilder, x: Handle) => void g.classify(g.dense(x, { numHiddens: 2 }), 2)
const regressor = (g: GraphBuilder, x: Handle) =>
  void g.meanSquaredError(g.dense(x, { numHiddens: 1 }), g.label('target', { type: 'number', shape: [1] }))

describe('settings that the network or the data does not bear', () => {
  const rows: readonly [string, GraphDocument, Expected][] = [
    ['dropout of everything', built((g, x) => void g.classify(g.dropout(x, { p: 1 }), 2)), { ...invalid('p'), nodeId: 'dropout1' }],
    [
      'classes that do not match the labels',
      built((g, x) => void g.softmaxCrossEntropy(g.dense(x, { numHiddens: 3 }), g.label('label', { classes: 3 })), {
        data: { source: csv('classes.csv') },
      }),
      { code: 'shape.classes', en: /has 5 classes, the network gives 3/, zh: /有 5 个类别，网络却给出 3/ },
    ],
    [
      'a mask of the wrong length',
      built((g, x) => {
        // One number too many for each sample.
        g.softmaxCrossEntropy(g.dense(x, { numHiddens: 2 }), g.label('label', { classes: 2 }), { mask: x })
      }),
      { code: 'shape.counting', nodeId: 'loss1', en: /expected N, got N×2/, zh: /应为 N，实际是 N×2/ },
    ],
    [
      'Newton’s method on a million parameters',
      built((g, x) => void g.classify(g.dense(g.dense(x, { numHiddens: 1000 }), { numHiddens: 1000 }), 2), {
        training: { optimizer: 'newton' },
      }),
      { code: 'train.newton.parameters', en: /Use Adam or momentum instead, or freeze/, zh: /请改用 Adam 或动量法，或冻结/ },
    ],
    [
      'the normal equations for a classifier',
      built(classifier, { training: { optimizer: 'normalEquations' } }),
      { code: 'train.linear', en: /Use Adam or another/, zh: /请.*使用 Adam/ },
    ],
    [
      'the perceptron rule without a step',
      built(regressor, { training: { optimizer: 'perceptron' }, data: { source: { kind: 'points2d', params: { target: 'number' } } } }),
      { code: 'train.perceptron', en: /a step unit must stand between/, zh: /之间须有一个阶跃单元/ },
    ],
    [
      'penalties for a method that does not descend the loss',
      built(regressor, {
        training: { optimizer: 'normalEquations', l2: 0.1 },
        data: { source: { kind: 'points2d', params: { target: 'number' } } },
      }),
      { code: 'train.penalty.unused', en: /remove them, or choose another/, zh: /请将其移除，或改用/ },
    ],
    [
      'changed images where there are none',
      built(classifier, { data: { augmentation: {} } }),
      { code: 'data.augment.images', en: /switch the augmentation off, or choose image data/, zh: /请关闭数据增强，或选择图像数据/ },
    ],
    [
      'no loss',
      built((g, x) => void g.dense(x, { numHiddens: 2 })),
      { code: 'train.no-loss', en: /add a loss node/, zh: /请添加一个损失节点/ },
    ],
    [
      'nothing left to train',
      (() => {
        const document = built(classifier)
        return { ...document, nodes: document.nodes.map((node) => (node.kind === 'dense' ? { ...node, frozen: true } : node)) }
      })(),
      { code: 'train.frozen', en: /Unfreeze one, or add/, zh: /请解冻一层，或添加/ },
    ],
    [
      'a range whose ends are the wrong way round',
      built(classifier, { data: { minMax: { low: 1, high: 0 } } }),
      { code: 'data.min-max', en: /give a lower end below the upper/, zh: /下限须小于上限/ },
    ],
    [
      'validation data with other columns',
      built(regressor, { data: { source: csv('numbers.csv'), validation: csv('wide.csv') } }),
      { code: 'data.validation-fields', en: /Give it the same columns/, zh: /请使两者的列/ },
    ],
    [
      'validation data with its columns in another order',
      built(regressor, { data: { source: csv('numbers.csv'), validation: csv('swapped.csv') } }),
      { code: 'data.validation-fields', en: /in the same order/, zh: /顺序/ },
    ],
    [
      'labels for some that nobody asks for',
      built(classifier, { data: { labelledShare: 0.1 } }),
      { code: 'data.labelled.unused', severity: 'warning', en: /wire them as masks, or give all/, zh: /接为掩码，或让全部/ },
    ],
    [
      'a target to scale that is a class',
      built(classifier, { data: { scaleTarget: true } }),
      { code: 'data.scale-target', severity: 'warning', en: /switch that off, or let/, zh: /请关闭该选项，或/ },
    ],
  ]
  it.each(rows)('%s', async (_what, document, expected) => {
    await expectTold(document, expected)
  })

  const language = (training: Partial<TrainingSettings>): GraphDocument => {
    const document = templates.get('rnn-lm')?.create({ numHiddens: 4, batchSize: 4, numSteps: 100 }) as GraphDocument
    return { ...document, training: { ...document.training, ...training } }
  }
  it.each<[string, Partial<TrainingSettings>, Expected]>([
    ['moved tokens', { adversarial: {} }, { code: 'train.adversarial.inputs', en: /switch them off/, zh: /请将其关闭/ }],
    [
      'an ensemble that reads in sequence',
      { ensemble: {} },
      { code: 'train.ensemble.sequential', en: /choose random sampling/, zh: /随机采样/ },
    ],
    [
      'drawing with replacement in sequence',
      { replacement: true },
      { code: 'train.sequential', en: /sample it at random instead/, zh: /改为随机采样/ },
    ],
  ])('%s', async (_what, training, expected) => {
    await expectTold(language(training), expected)
  })

  it('quantities that happen to be whole are no classes when they validate', async () => {
    const data = await prepareData(built(regressor, { data: { source: csv('numbers.csv'), validation: csv('whole.csv') } }), findFiles)
    const target = new Float32Array(2)
    await data.validation?.dataset.read(Uint32Array.of(0, 1), { target }, 0)
    expect([...target]).toEqual([1, 2])
  })
})
