/**
 * @file The form of the training settings. In: the document's settings. Out: changes of them, each one undoable step: the method, how its
 * learning rate changes, batches and epochs, and what is done to gradients and weights.
 */
import { useId } from 'react'
import type { ChoiceOf, DocumentParam, TrainingSettings } from '../../engine/document/schema'
import { trainingSpecs } from '../../engine/document/training-specs'
import { texOf } from '../../engine/layers/kit/formula'
import type { FloatSpec, ParamSpecs } from '../../engine/layers/kit/params'
import { completeParams } from '../../engine/layers/kit/validate'
import { methods, solvers } from '../../engine/optimizers/registry'
import { schedules } from '../../engine/schedules/registry'
import { explained } from '../controls/help'
import { ParamField, ParamForm, Switch } from '../controls/ParamForm'
import { useText, useWords } from '../i18n/i18n'
import { formatCount } from '../i18n/numbers'
import { trainingWords } from '../i18n/training-words'
import { changeSettings } from '../store/actions'
import { useDocument } from '../store/document'
import { BatchKinds } from './BatchKinds'
import { Formula } from './Formula'
import { KindChoice } from './KindChoice'
import { RatePlot } from './RatePlot'
import { RegularizationForm } from './RegularizationForm'
import { useSampleCount } from './use-sample-count'
import './training-form.css'

const { batchSize, epochs, validationSplit, shuffle, replacement, seed, precision, watchCurvature, warmup, clipNorm, averaging } =
  trainingSpecs
const plainSpecs: ParamSpecs = { batchSize, epochs, validationSplit, shuffle, replacement, seed, precision, watchCurvature }

/** Where the number of samples is not known, the curve of the rate is drawn over so many steps. */
const USUAL_STEPS = 1000

export function TrainingForm() {
  const say = useWords(trainingWords)
  const text = useText()
  const training = useDocument((state) => state.document.training)
  const samples = useSampleCount()
  const method = methods.get(training.optimizer.kind)
  const isExact = solvers.get(training.optimizer.kind)?.steps !== undefined
  const schedule = schedules.get(training.schedule?.kind ?? 'constant')
  const batch = samples === undefined ? undefined : Math.min(training.batchSize, samples)
  const iterations = samples === undefined || batch === undefined ? undefined : Math.floor(samples / batch)
  const total = (iterations ?? USUAL_STEPS / training.epochs) * training.epochs

  const change = (key: string, edit: (draft: TrainingSettings) => void): void =>
    changeSettings(trainingWords.words.training, `training ${key}`, (draft) => edit(draft.training))

  const chooseMethod = (kind: string): void =>
    change('optimizer', (draft) => {
      // The learning rate of one optimiser is not that of another: its own defaults come with it.
      draft.optimizer = { kind, params: {} }
      if (!('lr' in (methods.get(kind)?.params ?? {}))) {
        delete draft.schedule
        delete draft.warmup
      }
      if (solvers.get(kind)?.steps !== undefined) delete draft.clipNorm
    })
  const chooseSchedule = (kind: string): void =>
    change('schedule', (draft) => {
      if (kind === 'constant') delete draft.schedule
      else draft.schedule = { kind, params: {} }
    })

  return (
    <>
      <h3 className="section-head">{say('training')}</h3>
      <KindChoice label={say('optimizer')} options={methods} value={training.optimizer.kind} onChange={chooseMethod} />
      {method && (
        <ParamForm
          key={method.kind}
          specs={method.params}
          values={training.optimizer.params}
          onChange={(name, value) => change(name, (draft) => setParam(draft.optimizer, method.params, name, value))}
        />
      )}
      {method && (
        <Formula tex={texOf(method.formula, completeParams(method.params, training.optimizer.params).params)} label={text(method.title)} />
      )}
      {method && 'lr' in method.params && (
        <>
          <div className="form-gap" />
          <KindChoice label={say('schedule')} options={schedules} value={schedule?.kind ?? 'constant'} onChange={chooseSchedule} />
          <ParamForm
            key={schedule?.kind}
            specs={{ ...schedule?.params, warmup }}
            values={{ ...training.schedule?.params, warmup: training.warmup }}
            onChange={(name, value) =>
              change(`schedule ${name}`, (draft) => {
                if (name === 'warmup') setPlain(draft, name, value)
                else if (draft.schedule && schedule) setParam(draft.schedule, schedule.params, name, value)
              })
            }
          />
          <RatePlot training={training} steps={Math.max(1, Math.round(total))} />
        </>
      )}
      <div className="form-gap" />
      <ParamForm specs={plainSpecs} values={training} onChange={(name, value) => change(name, (draft) => setPlain(draft, name, value))} />
      <BatchKinds
        samples={samples}
        batchSize={training.batchSize}
        onChange={(size) => change('batchSize', (draft) => setPlain(draft, 'batchSize', size))}
      />
      <p className="inspector-help" data-testid="iterations">
        {isExact
          ? say('exactSteps')
          : samples !== undefined &&
            say('iterations', {
              samples: formatCount(samples),
              batch: formatCount(batch ?? training.batchSize),
              iterations: formatCount(iterations ?? 0),
              total: formatCount(total),
            })}
      </p>
      <div className="form-gap" />
      {!isExact && (
        <Optional
          label={say('clip')}
          spec={clipNorm}
          value={training.clipNorm}
          onChange={(value, key) => change(`clipNorm ${key}`, (draft) => setPlain(draft, 'clipNorm', value))}
        />
      )}
      <Optional
        label={say('average')}
        help={say('averageHint')}
        spec={averaging}
        value={training.averaging}
        onChange={(value, key) => change(`averaging ${key}`, (draft) => setPlain(draft, 'averaging', value))}
      />
      <RegularizationForm />
    </>
  )
}

/** A setting that is off, or a number. */
function Optional(props: {
  readonly label: string
  readonly help?: string
  readonly spec: FloatSpec
  readonly value: number | undefined
  /** Switching on and choosing a number are two steps. */
  readonly onChange: (value: number | undefined, key: 'switch' | 'value') => void
}) {
  const { label, help, spec, value, onChange } = props
  const text = useText()
  const id = useId()
  const sentence = help ?? (spec.help && text(spec.help))
  return (
    <div className="form is-optional">
      <label htmlFor={id} {...explained(sentence)}>
        {label}
      </label>
      <Switch id={id} on={value !== undefined} help={sentence} onChange={(on) => onChange(on ? spec.default : undefined, 'switch')} />
      {value !== undefined && <ParamField spec={spec} value={value} onChange={(next) => onChange(Number(next), 'value')} />}
    </div>
  )
}

/** What equals its default need not stand in the document. */
function setParam(choice: ChoiceOf, specs: ParamSpecs, name: string, value: unknown): void {
  if (value === specs[name]?.default) delete choice.params[name]
  else choice.params[name] = value as DocumentParam
}

/** Settings that can be absent are, where they are off. */
function setPlain(training: TrainingSettings, name: string, value: unknown): void {
  const isOff = value === undefined || ((name === 'replacement' || name === 'watchCurvature') && value === false)
  const isUsual = (name === 'warmup' && value === 0) || (name === 'precision' && value === 'f32')
  if (isOff || isUsual) Reflect.deleteProperty(training, name)
  else Object.assign(training, { [name]: value })
}
