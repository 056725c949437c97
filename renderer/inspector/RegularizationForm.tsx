/**
 * @file What keeps a network from memorising. In: the training settings. Out: changes of them, each one undoable step: penalties and noise on
 * weights, and what comes as a group that is on or off.
 */
import { useId, useMemo } from 'react'
import type { TrainingSettings } from '../../engine/document/schema'
import { type GroupName, groupNames, trainingGroups } from '../../engine/document/training-groups'
import { trainingSpecs } from '../../engine/document/training-specs'
import type { ParamSpecs } from '../../engine/layers/kit/params'
import { explained } from '../controls/help'
import { ParamForm, type ParamFormProps, Switch } from '../controls/ParamForm'
import { useText, useWords } from '../i18n/i18n'
import { measureTitle, trainingWords } from '../i18n/training-words'
import { changeSettings } from '../store/actions'
import { useDocument } from '../store/document'
import { useMeasures } from './use-measures'

const { l2, l1, decay, penalizeBiases, weightNoise } = trainingSpecs
const penaltySpecs: ParamSpecs = { l2, l1, decay, penalizeBiases, weightNoise }

export function RegularizationForm() {
  const say = useWords(trainingWords)
  const training = useDocument((state) => state.document.training)
  const measures = useMeasures(training.earlyStopping !== undefined)
  const choices = useMemo(() => measures && { metric: Object.fromEntries(measures.map((name) => [name, measureTitle(name)])) }, [measures])
  const change = (key: string, edit: (draft: TrainingSettings) => void): void =>
    changeSettings(trainingWords.words.regularization, `training ${key}`, (draft) => edit(draft.training))
  return (
    <>
      <h3 className="section-head">{say('regularization')}</h3>
      <ParamForm
        specs={penaltySpecs}
        values={training}
        onChange={(name, value) => change(name, (draft) => setOrDrop(draft, name, value, penaltySpecs))}
      />
      {groupNames.map((name) => (
        <GroupForm key={name} name={name} training={training} change={change} choices={choices} />
      ))}
    </>
  )
}

interface GroupFormProps {
  readonly name: GroupName
  readonly training: TrainingSettings
  readonly change: (key: string, edit: (draft: TrainingSettings) => void) => void
  /** What the fields of a group can be, where the network decides it. */
  readonly choices: ParamFormProps['choices']
}

function GroupForm({ name, training, change, choices }: GroupFormProps) {
  const text = useText()
  const id = useId()
  const { label, help, specs } = trainingGroups[name]
  const values = training[name]
  return (
    <>
      <div className="form is-optional is-group">
        <label htmlFor={id} {...explained(text(help))}>
          {text(label)}
        </label>
        <Switch
          id={id}
          on={values !== undefined}
          help={text(help)}
          onChange={(on) =>
            change(name, (draft) => {
              if (on) draft[name] = {}
              else delete draft[name]
            })
          }
        />
      </div>
      {values && (
        <>
          <p className="inspector-help is-choice">{text(help)}</p>
          <div className="form-gap" />
          <ParamForm
            specs={specs}
            values={values}
            choices={choices}
            onChange={(field, value) => change(`${name} ${field}`, (draft) => setOrDrop(draft[name] ?? {}, field, value, specs))}
          />
        </>
      )}
    </>
  )
}

/** What equals its default need not stand in the document. */
function setOrDrop(settings: object, name: string, value: unknown, specs: ParamSpecs): void {
  if (value === specs[name]?.default) Reflect.deleteProperty(settings, name)
  else Object.assign(settings, { [name]: value })
}
