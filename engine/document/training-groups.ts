/**
 * @file Training settings that come as a group and are off when the group is absent: what they are called, and their fields. The form, the check
 * before training and the normal form read these; a field that is absent has the default given here.
 */
import type { Text } from '../core/text'
import { bool, float, int, type ParamSpecs, type ParamValues, text } from '../layers/kit/params'
import { completeParams } from '../layers/kit/validate'
import type { TrainingSettings } from './schema'

interface Group {
  readonly label: Text
  readonly help: Text
  readonly specs: ParamSpecs
}

export const trainingGroups = {
  earlyStopping: {
    label: { en: 'Stop early', zh: '提前终止' },
    help: {
      en: 'Ends training when a measure on the validation data has not got better for some epochs, before the network begins to memorise.',
      zh: '当验证数据上的指标连续若干轮没有改善时结束训练，以免网络开始死记。',
    },
    specs: {
      metric: text({
        label: { en: 'Measure', zh: '指标' },
        help: {
          en: 'What is watched on the validation data: loss, accuracy, or another that the network measures.',
          zh: '在验证数据上观察的量：loss（损失）、accuracy（准确率）或网络测量的其他指标。',
        },
        default: 'loss',
      }),
      patience: int({
        label: { en: 'Patience', zh: '耐心' },
        help: { en: 'Epochs to wait for something better.', zh: '等待改善的轮数。' },
        default: 5,
        min: 1,
        max: 100_000,
      }),
      minDelta: float({
        label: { en: 'Least gain', zh: '最小改善' },
        help: { en: 'Smaller gains than this do not count.', zh: '小于此值的改善不计。' },
        default: 0,
        min: 0,
      }),
      restoreBest: bool({
        label: { en: 'Restore the best', zh: '恢复最佳权重' },
        help: { en: 'In the end the weights of the best epoch are put back.', zh: '结束时恢复最佳一轮的权重。' },
        default: true,
      }),
    },
  },
  adversarial: {
    label: { en: 'Adversarial examples', zh: '对抗样本' },
    help: {
      en: 'Every batch is also learned with each input moved by ε against the network, x + ε sign(∂L/∂x), so that small changes cannot fool it.',
      zh: '每个批量同时学习沿不利方向移动 ε 的输入 x + ε sign(∂L/∂x)，使微小变化骗不过网络。',
    },
    specs: {
      epsilon: float({
        label: { en: 'Step ε', zh: '步长 ε' },
        help: { en: 'How far inputs are moved, in the units they have after preparation.', zh: '输入移动的距离，以预处理后的单位计。' },
        default: 0.1,
        min: 0,
        above: true,
      }),
      weight: float({
        label: { en: 'Share in the loss', zh: '在损失中的比重' },
        help: { en: '0 ignores the moved inputs, 1 learns from them alone.', zh: '0 表示忽略移动后的输入，1 表示只学习它们。' },
        default: 0.5,
        min: 0,
        max: 1,
      }),
    },
  },
  ensemble: {
    label: { en: 'Ensemble', zh: '集成' },
    help: {
      en: 'Trains several copies of the network at once, each on its own draw from the data, and averages what they predict: steadier than one, at the cost of as many.',
      zh: '同时训练网络的多个副本，各自学习数据的一次重抽样，并对预测取平均：比单个网络更稳定，代价也成倍增加。',
    },
    specs: {
      replicas: int({
        label: { en: 'Copies', zh: '副本数' },
        help: { en: 'Networks that are trained and averaged.', zh: '训练并取平均的网络个数。' },
        default: 5,
        min: 2,
        max: 50,
      }),
      bootstrap: bool({
        label: { en: 'Bootstrap', zh: '自助抽样' },
        help: {
          en: 'Each copy learns from as many samples as there are, drawn with replacement (bagging); otherwise from all of them, in another order.',
          zh: '每个副本有放回地抽取同样多的样本学习（bagging）；否则学习全部样本，但顺序不同。',
        },
        default: true,
      }),
    },
  },
} as const satisfies Readonly<Record<string, Group>>

export type GroupName = keyof typeof trainingGroups
export const groupNames = Object.keys(trainingGroups) as readonly GroupName[]

/** All fields of a group that is on. */
export function groupOf<G extends GroupName>(
  training: TrainingSettings,
  name: G,
): ParamValues<(typeof trainingGroups)[G]['specs']> | undefined {
  const given = training[name]
  return given && completeParams<(typeof trainingGroups)[G]['specs']>(trainingGroups[name].specs, given).params
}

/** Fields that stand at their defaults go; that the group is there still says that it is on. */
export function normalizeGroups(training: TrainingSettings): Pick<TrainingSettings, GroupName> {
  const kept = groupNames.flatMap((name) => {
    const given = training[name]
    return given ? [[name, normalizeFields(given, trainingGroups[name].specs)] as const] : []
  })
  return Object.fromEntries(kept)
}

type Fields = Readonly<Record<string, string | number | boolean | undefined>>

/** Those that do not stand at their defaults, in the order of the specifications. */
export function normalizeFields<F extends Fields>(given: F, specs: ParamSpecs): F {
  const kept = Object.entries(specs).flatMap(([name, spec]) => {
    const value = given[name]
    return value === undefined || value === spec.default ? [] : [[name, typeof value === 'number' ? value + 0 : value] as const]
  })
  return Object.fromEntries(kept) as F
}
