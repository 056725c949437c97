/** @file How images are changed at random in training. In: the setting, or nothing where it is off. Out: changes; a wish to see other draws. */
import { useId } from 'react'
import { type Augmentation, augmentationSpecs } from '../../../engine/document/augmentation-specs'
import { explained } from '../../controls/help'
import { ParamForm, Switch } from '../../controls/ParamForm'
import { useWords } from '../../i18n/i18n'
import { dockWords } from './words'

interface AugmentationFormProps {
  readonly value: Partial<Augmentation> | undefined
  readonly onChange: (value: Partial<Augmentation> | undefined) => void
  readonly onAgain: () => void
}

export function AugmentationForm({ value, onChange, onAgain }: AugmentationFormProps) {
  const words = useWords(dockWords)
  const id = useId()
  return (
    <>
      <div className="form is-optional">
        <label htmlFor={id} {...explained(words('augmentHint'))}>
          {words('augment')}
        </label>
        <Switch id={id} on={value !== undefined} help={words('augmentHint')} onChange={(on) => onChange(on ? {} : undefined)} />
      </div>
      {value !== undefined && (
        <>
          <ParamForm specs={augmentationSpecs} values={value} onChange={(name, given) => onChange({ ...value, [name]: given })} />
          <button type="button" className="btn" onClick={onAgain}>
            {words('augmentAgain')}
          </button>
        </>
      )}
    </>
  )
}
