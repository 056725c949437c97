/**
 * @file What the document's training settings come to. In: the settings. Out: the update that joins the program, the rule for the learning rate,
 * and the solver where one works out the steps; or a `DiagnosedError` with everything that does not fit.
 */
import type { PassOptions } from '../compile'
import { DiagnosedError, type Diagnostic } from '../core/diagnostics'
import type { Text } from '../core/text'
import type { ChoiceOf, TrainingSettings } from '../document/schema'
import { checkTraining, paramDiagnostic } from '../document/training-check'
import { groupOf } from '../document/training-groups'
import type { ParamSpecs, ParamValues } from '../layers/kit/params'
import { completeParams, type ParamProblem } from '../layers/kit/validate'
import { methods, optimizers, solvers } from '../optimizers/registry'
import descent from '../optimizers/rules/sgd'
import type { SolverDefinition } from '../optimizers/solver'
import type { ScheduleDefinition } from '../schedules/kit'
import type { RateRule } from '../schedules/rate'
import { schedules } from '../schedules/registry'

export interface TrainingPlan {
  readonly update: PassOptions
  readonly rate: RateRule
  readonly solver?: { readonly definition: SolverDefinition; readonly params: ParamValues<ParamSpecs> }
}

const CONSTANT: ChoiceOf = { kind: 'constant', params: {} }

/** A setting that another schedule has is told where it belongs. */
function scheduleDiagnostic({ title, params }: ScheduleDefinition, problem: ParamProblem): Diagnostic {
  const { param } = problem
  const others = [...schedules].filter(([, other]) => param in other.params).map(([kind]) => kind)
  if (param in params || others.length === 0) return paramDiagnostic(problem)
  return { code: 'train.schedule.setting', severity: 'error', param, values: { name: title, param, expected: others.join(', ') } }
}

export function planOf(training: TrainingSettings): TrainingPlan {
  const { optimizer, schedule: chosen = CONSTANT, warmup = 0, clipNorm, averaging, precision, weightNoise } = training
  const method = methods.get(optimizer.kind)
  const schedule = schedules.get(chosen.kind)
  if (!method)
    throw new DiagnosedError([
      { code: 'train.optimizer', severity: 'error', values: { got: optimizer.kind, expected: [...methods.keys()].join(', ') } },
    ])
  if (!schedule)
    throw new DiagnosedError([
      { code: 'train.schedule', severity: 'error', values: { got: chosen.kind, expected: [...schedules.keys()].join(', ') } },
    ])
  const settings = completeParams(method.params, optimizer.params)
  const scheduling = completeParams(schedule.params, chosen.params)
  const found = [
    ...settings.problems.map(paramDiagnostic),
    ...scheduling.problems.map((problem) => scheduleDiagnostic(schedule, problem)),
    ...checkTraining(training),
  ]

  const solver = solvers.get(optimizer.kind)
  const isExact = solver?.steps !== undefined
  const hasRate = 'lr' in method.params
  const unused: Text[] = []
  if (!hasRate && chosen.kind !== CONSTANT.kind) unused.push({ en: 'the schedule', zh: '学习率策略' })
  if (!hasRate && warmup > 0) unused.push({ en: 'the warm-up', zh: '预热' })
  if (isExact && clipNorm !== undefined) unused.push({ en: 'the limit on the gradients', zh: '梯度裁剪' })
  if (isExact && averaging !== undefined) unused.push({ en: 'the average of the weights', zh: '权重平均' })
  if (unused.length > 0) {
    const expected = { en: unused.map(({ en }) => en).join(', '), zh: unused.map(({ zh }) => zh).join('、') }
    found.push({ code: 'train.rate.unused', severity: 'error', values: { got: method.title, expected } })
  }
  if (found.length > 0) throw new DiagnosedError(found)

  const { params } = settings
  const adversarial = groupOf(training, 'adversarial')
  const ensemble = groupOf(training, 'ensemble')
  const definition = optimizers.get(optimizer.kind) ?? descent
  return {
    update: {
      training: true,
      gradients: 'none',
      ...(weightNoise && { weightNoise }),
      ...(adversarial && { adversarial }),
      ...(ensemble && { replicas: ensemble.replicas }),
      ...(precision === 'f16' && { storage: 'f16' as const }),
      optimizer: {
        definition,
        params: solver ? {} : params,
        ...(clipNorm !== undefined && { clipNorm }),
        ...(averaging !== undefined && { averaging }),
        ...(solver ? { directions: 'given' as const } : precision === 'f16' && { lossScaling: true }),
      },
    },
    rate: { schedule, params: scheduling.params, base: hasRate ? Number(params.lr) : 1, warmup },
    ...(solver && { solver: { definition: solver, params } }),
  }
}
