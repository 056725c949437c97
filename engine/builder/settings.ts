/**
 * @file The short forms in which code writes data and training settings. In: `'digits'`, `{ optimizer: 'adam', lr: 0.001 }`.
 * Out: the document's settings, or a `DiagnosedError` with all that does not fit. `engine/export` writes the same forms.
 */
import { type DataSettings, type DocumentParam, dataSchema, type TrainingSettings, trainingSchema } from '../document/schema'
import { accepted } from '../document/schema-check'

/** An entry of an open set, by name or with settings. */
export type ChoiceSetting = string | { readonly kind: string; readonly params?: Readonly<Record<string, DocumentParam>> }

export type DataSetting =
  | ChoiceSetting
  | (Partial<Omit<DataSettings, 'source' | 'validation'>> & {
      readonly source: ChoiceSetting
      readonly validation?: ChoiceSetting
    })

export interface TrainingSetting extends Partial<Omit<TrainingSettings, 'optimizer' | 'schedule'>> {
  readonly optimizer?: ChoiceSetting
  readonly schedule?: ChoiceSetting
  /** Learning rate of the optimiser. */
  readonly lr?: number
}

export interface GraphSettings {
  readonly description?: string
  readonly data?: DataSetting
  readonly training?: TrainingSetting
}

const choiceOf = (setting: ChoiceSetting) => (typeof setting === 'string' ? { kind: setting } : setting)

export function dataOf(setting: DataSetting = 'digits'): DataSettings {
  if (typeof setting === 'string' || 'kind' in setting) return accepted(dataSchema, { source: choiceOf(setting) }, 'data')
  const { source, validation, ...rest } = setting
  return accepted(dataSchema, { ...rest, source: choiceOf(source), ...(validation && { validation: choiceOf(validation) }) }, 'data')
}

export function trainingOf({
  optimizer = 'adam',
  schedule,
  lr,
  batchSize = 64,
  epochs = 10,
  ...rest
}: TrainingSetting = {}): TrainingSettings {
  const { kind, params } = { params: {}, ...choiceOf(optimizer) }
  const given = {
    ...rest,
    batchSize,
    epochs,
    optimizer: { kind, params: { ...params, ...(lr !== undefined && { lr }) } },
    ...(schedule && { schedule: choiceOf(schedule) }),
  }
  return accepted(trainingSchema, given, 'training')
}
