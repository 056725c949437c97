/** @file A choice out of an open set, with a sentence on what was chosen. In: definitions by kind. Out: the kind a person picks. */
import { useId } from 'react'
import type { Text } from '../../engine/core/text'
import { useText } from '../i18n/i18n'

export interface KindChoiceProps {
  readonly label: string
  readonly options: ReadonlyMap<string, { readonly kind: string; readonly title: Text; readonly summary: Text }>
  readonly value: string
  readonly onChange: (kind: string) => void
}

export function KindChoice({ label, options, value, onChange }: KindChoiceProps) {
  const text = useText()
  const id = useId()
  const chosen = options.get(value)
  return (
    <>
      <div className="form is-choice">
        <label htmlFor={id}>{label}</label>
        <select id={id} className="field" value={value} onChange={(event) => onChange(event.target.value)}>
          {[...options.values()].map((one) => (
            <option key={one.kind} value={one.kind}>
              {text(one.title)}
            </option>
          ))}
        </select>
      </div>
      {chosen && <p className="inspector-help is-choice">{text(chosen.summary)}</p>}
      <div className="form-gap" />
    </>
  )
}
