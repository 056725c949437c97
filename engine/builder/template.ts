/**
 * @file Templates: the documented architectures. In: a few parameters and a function that draws the network with the graph builder.
 * Out: a document for any values of the parameters. One file each in templates/, found by being there.
 */
import { DiagnosedError, type Diagnostic } from '../core/diagnostics'
import type { Text } from '../core/text'
import type { GraphDocument } from '../document/schema'
import type { ParamSpecs, ParamValues } from '../layers/kit/params'
import { completeParams, problemValues } from '../layers/kit/validate'
import { graph } from './graph'
import type { DocumentBuilder, GraphBuilder } from './graph-builder'
import type { DataSetting, TrainingSetting } from './settings'

/** Shelves of the gallery, in their order. */
export const sections = {
  fundamentals: { en: 'Fundamentals', zh: '基础' },
  convolutional: { en: 'Convolutional networks', zh: '卷积神经网络' },
  sequence: { en: 'Sequence models', zh: '序列模型' },
} as const satisfies Record<string, Text>

/** Parameters of a template's own network, by name. */
export type NamedWeights = Readonly<Record<string, Float32Array>>

interface TemplateFacts<S extends ParamSpecs> {
  /** Equals the file's name. */
  readonly id: string
  readonly title: Text
  readonly section: keyof typeof sections
  readonly summary: Text
  /** Paper and notes. */
  readonly source: Text
  readonly params: S
  /** What training is expected to reach, and in what time. */
  readonly expected?: Text
  /** Lessons that step through it: with fresh weights, or with those of the solution `exact`. */
  readonly lessons?: readonly { readonly title: Text; readonly weights: 'fresh' | 'exact' }[]
  /** Weights that are known without training. */
  readonly solutions?: Readonly<Record<string, NamedWeights>>
}

export interface Template<S extends ParamSpecs = ParamSpecs> extends TemplateFacts<S> {
  /** Throws a `DiagnosedError` where a value does not fit its specification. */
  create(values?: Partial<ParamValues<S>>): GraphDocument
}

type Settled<S extends ParamSpecs, T> = T | ((p: ParamValues<S>) => T)

interface TemplateSource<S extends ParamSpecs> extends TemplateFacts<S> {
  build(g: GraphBuilder, p: ParamValues<S>): unknown
  readonly data: Settled<S, DataSetting>
  readonly training: Settled<S, TrainingSetting>
}

export function template<const S extends ParamSpecs>({ build, data, training, ...facts }: TemplateSource<S>): Template<S> {
  return {
    ...facts,
    create(values = {}) {
      const { params, problems } = completeParams(facts.params, values)
      if (problems.length > 0) {
        throw new DiagnosedError(
          problems.map(
            (problem): Diagnostic => ({ code: 'param.invalid', severity: 'error', param: problem.param, values: problemValues(problem) }),
          ),
        )
      }
      const g: DocumentBuilder = graph(facts.title.en, {
        description: facts.summary.en,
        data: settle(data, params),
        training: settle(training, params),
      })
      build(g, params)
      return g.document()
    },
  }
}

const settle = <S extends ParamSpecs, T extends DataSetting | TrainingSetting>(setting: Settled<S, T>, params: ParamValues<S>): T =>
  typeof setting === 'function' ? setting(params) : setting
