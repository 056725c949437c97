/**
 * @file Training in PyTorch. In: the training settings and the network as Python. Out: a `train` function with the optimiser, the schedule, clipping
 * and penalties of the document; and what of the settings it cannot have.
 */
import { DiagnosedError, type Diagnostic } from '../../core/diagnostics'
import type { Text } from '../../core/text'
import { isSequential } from '../../datasets/sequential'
import type { GraphDocument } from '../../document/schema'
import { groupNames, trainingGroups } from '../../document/training-groups'
import { trainingSpecs } from '../../document/training-specs'
import { penalizedWeights } from '../../ir/weight-penalties'
import type { ParamSpecs } from '../../layers/kit/params'
import { completeParams, problemValues } from '../../layers/kit/validate'
import { methods, optimizers } from '../../optimizers/registry'
import { schedules } from '../../schedules/registry'
import { ownersOf, type ShapedGraph, type ShapedNode } from '../../shapes/shaped-graph'
import { type PythonNetwork, weightsIn } from './network'
import { pytorchOf } from './steps'

export interface PythonTraining {
  /** Classes and functions; none where there is nothing to train by. */
  readonly definitions: readonly string[]
  readonly usesMath: boolean
  /** What of the settings is not in them. */
  readonly warnings: readonly Diagnostic[]
}

const none = (detail?: Text): PythonTraining => ({
  definitions: [],
  usesMath: false,
  warnings: detail ? [{ code: 'export.no-train', severity: 'warning', values: { detail } }] : [],
})

export function pythonTraining(document: GraphDocument, shaped: ShapedGraph, network: PythonNetwork): PythonTraining {
  if (!network.hasLoss) return none()
  const { training } = document
  const { kind } = training.optimizer
  const rule = optimizers.get(kind)
  if (!rule?.pytorch) {
    const { en = kind, zh = kind } = methods.get(kind)?.title ?? {}
    return none({ en: `PyTorch has nothing like the method “${en}”`, zh: `PyTorch 没有与“${zh}”对应的方法` })
  }
  const settings = settingsOf(rule.params, training.optimizer.params)
  const base = typeof settings.lr === 'number' ? settings.lr : 1
  const { warmup = 0 } = training
  const chosen = training.schedule ?? { kind: 'constant', params: {} }
  const schedule = schedules.get(chosen.kind)
  if (!schedule)
    throw new DiagnosedError([
      { code: 'train.schedule', severity: 'error', values: { got: chosen.kind, expected: [...schedules.keys()].join(', ') } },
    ])
  const owners = ownersOf(shaped)
  const scheduled = schedule.pytorch?.(settingsOf(schedule.params, chosen.params), base) ?? `${base}`
  const steady = scheduled === `${base}` && warmup === 0
  const rate = warmup > 0 ? `(${scheduled}) * min((step + 1) / ${warmup}, 1)` : scheduled

  const weight = weightsIn(network)
  const learned = owners.filter(({ frozen }) => !frozen)
  const trained = learned.map((node) => ({ node, names: trainableOf(node) })).filter(({ names }) => names.length > 0)
  if (trained.length === 0) return { ...none(), definitions: [reading(document, network, carryingIn(document, shaped))] }
  const frozen = owners.flatMap((node) => keptFrom(node).map((name) => weight(node, name)))
  const carrying = carryingIn(document, shaped)
  const multipliers = [...new Set(trained.map(({ node }) => node.rateMultiplier))]
  const isGrouped = multipliers.some((multiplier) => multiplier !== 1)
  const all = (nodes: typeof trained) => nodes.flatMap(({ node, names }) => names.map((name) => weight(node, name)))
  const groups = multipliers.map(
    (multiplier) =>
      `{'params': [${all(trained.filter(({ node }) => node.rateMultiplier === multiplier)).join(', ')}], 'scale': ${multiplier}},`,
  )
  const parameters = isGrouped ? 'groups' : frozen.length > 0 ? '[w for w in model.parameters() if w.requires_grad]' : 'model.parameters()'
  const optimizer = rule.pytorch(settings, { parameters, lr: `${base}`, steady })
  const penalties = penaltiesOf(shaped, weight)
  const decays = decaysOf(learned, weight)
  const lr = steady ? `${base}` : 'rate(step)'
  const { clipNorm } = training
  const loop = [
    `${network.outputs.length > 0 ? '*_, loss' : 'loss'} = model(*batch)`,
    ...(penalties.length > 0 ? ['loss = loss + penalty(model)'] : []),
    'optimizer.zero_grad()',
    'loss.backward()',
    ...(clipNorm === undefined ? [] : [`nn.utils.clip_grad_norm_(model.parameters(), ${clipNorm})`]),
    ...(steady && !isGrouped
      ? []
      : ['for group in optimizer.param_groups:', `    group['lr'] = ${isGrouped ? `group['scale'] * ` : ''}${lr}`]),
    ...(decays.length > 0
      ? [
          'with torch.no_grad():',
          ...decays.map(
            ({ weights, factor }) => `    for w in [${weights.join(', ')}]:\n                    w.mul_(1 - ${lr} * ${factor})`,
          ),
        ]
      : []),
    'optimizer.step()',
    ...(!steady ? ['step += 1'] : []),
  ]
  const train = [
    `def train(model, loader, epochs=${training.epochs}):`,
    `    """The loader gives batches (${network.inputs.join(', ')}); this network was trained with ${training.batchSize} samples in each."""`,
    ...(frozen.length > 0 ? [`    for w in [${frozen.join(', ')}]:`, '        w.requires_grad_(False)'] : []),
    ...(isGrouped ? ['    groups = [', ...groups.map((group) => `        ${group}`), '    ]'] : []),
    `    optimizer = ${optimizer.expression}`,
    ...(!steady ? ['    step = 0'] : []),
    '    model.train()',
    ...carrying.before,
    '    for _ in range(epochs):',
    ...carrying.epoch,
    '        for batch in loader:',
    ...loop.map((line) => `            ${line}`),
    ...carrying.after,
  ]
  const rateFunction = ['def rate(step):', '    """The learning rate after so many steps."""', `    return ${rate}`]
  const penaltyFunction = ['def penalty(model):', '    """What the weights add to the loss."""', `    return ${penalties.join(' + ')}`]
  return {
    definitions: [
      ...(optimizer.definitions ?? []),
      ...(steady ? [] : [rateFunction.join('\n')]),
      ...(penalties.length > 0 ? [penaltyFunction.join('\n')] : []),
      train.join('\n'),
    ],
    usesMath: rate.includes('math.'),
    warnings: leftOut(document, schedule.pytorch ? undefined : schedule.title),
  }
}

function settingsOf(specs: ParamSpecs, given: Readonly<Record<string, unknown>>) {
  const { params, problems } = completeParams(specs, given)
  const invalid = (problem: (typeof problems)[number]): Diagnostic => ({
    code: 'param.invalid',
    severity: 'error',
    param: problem.param,
    values: problemValues(problem),
  })
  if (problems.length > 0) throw new DiagnosedError(problems.map(invalid))
  return params
}

/** Lines around the loop over the batches. */
interface Carrying {
  readonly before: readonly string[]
  readonly epoch: readonly string[]
  readonly after: readonly string[]
}

/** Where batches continue one another, so does what modules carry; every epoch begins anew. */
function carryingIn({ data }: GraphDocument, { nodes }: ShapedGraph): Carrying {
  if (!isSequential(data.source) || !nodes.some((node) => pytorchOf(node).keeps)) return { before: [], epoch: [], after: [] }
  const all = '    for module in carrying:'
  return {
    before: ["    carrying = [module for module in model.modules() if hasattr(module, 'kept')]"],
    epoch: [
      '        # Each row of a batch goes on where the same row of the batch before ended.',
      `    ${all}`,
      '            module.kept = []',
    ],
    after: [all, '        module.kept = None'],
  }
}

/** Where nothing is learned by gradients, statistics are gathered all the same. */
const reading = ({ training }: GraphDocument, { inputs }: PythonNetwork, carrying: Carrying): string =>
  [
    `def train(model, loader, epochs=${training.epochs}):`,
    `    """Nothing here learns by gradients. The loader gives batches (${inputs.join(', ')})."""`,
    '    model.train()',
    ...carrying.before,
    '    for _ in range(epochs):',
    ...carrying.epoch,
    '        for batch in loader:',
    '            model(*batch)',
    ...carrying.after,
  ].join('\n')

type WeightName = ReturnType<typeof weightsIn>

/** Parameters of PyTorch's modules that are not to learn. */
function keptFrom(node: ShapedNode): string[] {
  const { weights = {} } = pytorchOf(node)
  return Object.entries(node.weights).flatMap(([name, { trainable = true }]) =>
    (node.frozen || !trainable) && !weights[name]?.isBuffer ? [name] : [],
  )
}

const trainableOf = ({ weights }: ShapedNode): string[] =>
  Object.entries(weights).flatMap(([name, { trainable = true }]) => (trainable ? [name] : []))

/** As ir/weight-penalties.ts adds them up. */
function penaltiesOf(shaped: ShapedGraph, weight: WeightName): string[] {
  const squares = new Map<number, string[]>()
  const sizes = new Map<number, string[]>()
  const ties: string[] = []
  const put = (into: Map<number, string[]>, factor: number, name: string) =>
    factor !== 0 && into.set(factor, [...(into.get(factor) ?? []), name])
  for (const node of shaped.nodes) {
    const names = penalizedWeights(node)
    if (node.sharesWith === undefined && !node.frozen)
      for (const name of names) {
        put(squares, node.regularization.l2, weight(node, name))
        put(sizes, node.regularization.l1, weight(node, name))
      }
    const { tie } = node
    if (tie)
      for (const name of names)
        ties.push(
          `${tie.strength} * (${weight({ path: node.sharesWith ?? node.path }, name)} - ${weight({ path: tie.to }, name)}).square().sum()`,
        )
  }
  return [
    ...[...squares].map(([factor, names]) => `${factor} / 2 * sum(w.square().sum() for w in [${names.join(', ')}])`),
    ...[...sizes].map(([factor, names]) => `${factor} * sum(w.abs().sum() for w in [${names.join(', ')}])`),
    ...ties,
  ]
}

function decaysOf(learned: readonly ShapedNode[], weight: WeightName): { weights: string[]; factor: number }[] {
  const found = new Map<number, string[]>()
  for (const node of learned) {
    const factor = node.regularization.decay * node.rateMultiplier
    if (factor !== 0) found.set(factor, [...(found.get(factor) ?? []), ...penalizedWeights(node).map((name) => weight(node, name))])
  }
  return [...found].map(([factor, weights]) => ({ factor, weights }))
}

function leftOut({ training, data }: GraphDocument, schedule: Text | undefined): Diagnostic[] {
  const settings = [
    ...groupNames.filter((name) => training[name] !== undefined && name !== 'ensemble').map((name) => trainingGroups[name].label),
    ...(training.averaging === undefined ? [] : [{ en: 'Moving average of the weights', zh: '权重的滑动平均' }]),
    ...(training.weightNoise ? [trainingSpecs.weightNoise.label] : []),
    ...(training.precision === 'f16' ? [trainingSpecs.precision.label] : []),
    ...(schedule ? [schedule] : []),
    ...(data.augmentation ? [{ en: 'Augmentation', zh: '图像增强' }] : []),
  ]
  if (settings.length === 0) return []
  const detail = { en: settings.map(({ en }) => en).join(', '), zh: settings.map(({ zh }) => zh).join('、') }
  return [{ code: 'export.left-out', severity: 'warning', values: { detail } }]
}
