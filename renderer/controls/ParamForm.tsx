/**
 * @file A form made from parameter specifications: layers, blocks, optimisers, data sets and templates share it. In: specifications and the values
 * given. Out: changes, each already valid; what is not valid stays in the field with the reason beneath it.
 */
import { ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useId, useState } from 'react'
import type { Text } from '../../engine/core/text'
import { type ParamSpec, type ParamSpecs, type Variant, type VariantSpec, variantOf } from '../../engine/layers/kit/params'
import { useText, useWords } from '../i18n/i18n'
import { inspectorWords } from '../i18n/inspector-words'
import { redo, undo } from '../store/document'
import { described, explained } from './help'
import { isRef, parseParam, showParam } from './param-text'
import './controls.css'

export interface ParamFormProps {
  readonly specs: ParamSpecs
  /** As they stand in the document; what is absent has its default. */
  readonly values: Readonly<Record<string, unknown>>
  readonly onChange: (name: string, value: unknown) => void
  /** Inside a block: parameters a value may follow, with their present values. */
  readonly blockParams?: Readonly<Record<string, unknown>>
  /** For a text whose possible values are known by now: these, with their words. */
  readonly choices?: Readonly<Record<string, Choices | undefined>>
}

export type Choices = Readonly<Record<string, Text>>

export function ParamForm({ specs, values, onChange, blockParams, choices }: ParamFormProps) {
  const say = useWords(inspectorWords)
  const [open, setOpen] = useState(false)
  const entries = Object.entries(specs)
  const field = ([name, spec]: [string, ParamSpec]) => (
    <ParamField
      key={name}
      spec={spec}
      value={values[name] ?? spec.default}
      onChange={(value) => onChange(name, value)}
      blockParams={blockParams}
      choices={choices?.[name]}
    />
  )
  const advanced = entries.filter(([, spec]) => spec.advanced)
  return (
    <>
      <div className="form">{entries.filter(([, spec]) => !spec.advanced).map(field)}</div>
      {advanced.length > 0 && (
        <>
          <button type="button" className="form-more" aria-expanded={open} onClick={() => setOpen(!open)}>
            <ChevronRight size={13} aria-hidden="true" />
            {say('more')}
          </button>
          {open && <div className="form">{advanced.map(field)}</div>}
        </>
      )}
    </>
  )
}

interface FieldProps {
  readonly spec: ParamSpec
  readonly value: unknown
  readonly onChange: (value: unknown) => void
  readonly blockParams?: Readonly<Record<string, unknown>>
  readonly choices?: Choices
}

export function ParamField({ spec, value, onChange, blockParams, choices }: FieldProps) {
  const text = useText()
  const id = useId()
  const help = spec.help && text(spec.help)
  const options = spec.type === 'choice' ? spec.options : spec.type === 'text' ? choices : undefined
  return (
    <>
      <label htmlFor={id} {...explained(help)}>
        {text(spec.label)}
      </label>
      {isRef(value) ? (
        <Reference id={id} name={value.$param} present={blockParams?.[value.$param]} fallback={spec.default} onChange={onChange} />
      ) : spec.type === 'bool' ? (
        <Switch id={id} on={value === true} help={help} onChange={onChange} />
      ) : options ? (
        <select id={id} className="field" {...described(help)} value={String(value)} onChange={(event) => onChange(event.target.value)}>
          {Object.entries(withShown(options, value)).map(([option, words]) => (
            <option key={option} value={option}>
              {text(words)}
            </option>
          ))}
        </select>
      ) : spec.type === 'variant' ? (
        <VariantField id={id} spec={spec} value={value as Variant} onChange={onChange} />
      ) : (
        <TextField key={showParam(value)} id={id} spec={spec} value={value} onChange={onChange} blockParams={blockParams} />
      )}
    </>
  )
}

/** What stands in the document stays in the list, so that it can be seen and changed, even where it does not fit any more. */
const withShown = (options: Choices, value: unknown): Choices =>
  String(value) in options ? options : { [String(value)]: { en: String(value), zh: String(value) }, ...options }

/** A kind, and a field for each of its settings in the lines below. */
function VariantField({
  id,
  spec,
  value,
  onChange,
}: {
  id: string
  spec: VariantSpec
  value: Variant
  onChange: (value: unknown) => void
}) {
  const text = useText()
  const { kind, given } = variantOf(value)
  const settings = Object.entries(spec.settings[kind] ?? {})
  return (
    <>
      <select
        id={id}
        className="field"
        {...described(spec.help && text(spec.help))}
        value={kind}
        onChange={(event) => onChange(event.target.value)}
      >
        {Object.entries(spec.options).map(([option, words]) => (
          <option key={option} value={option}>
            {text(words)}
          </option>
        ))}
      </select>
      {settings.map(([name, setting]) => (
        <ParamField
          key={`${kind} ${name}`}
          spec={setting}
          value={given[name] ?? setting.default}
          onChange={(next) => onChange({ kind, ...given, [name]: next })}
        />
      ))}
    </>
  )
}

/** A value that follows a parameter of the block; a click detaches it at its present value. */
function Reference({
  id,
  name,
  present,
  fallback,
  onChange,
}: {
  id: string
  name: string
  present: unknown
  fallback: unknown
  onChange: (value: unknown) => void
}) {
  const say = useWords(inspectorWords)
  return (
    <button
      id={id}
      type="button"
      className="field is-reference"
      title={say('fromBlock', { name })}
      onClick={() => onChange(present ?? fallback)}
    >
      ={name}
    </button>
  )
}

interface SwitchProps {
  readonly id?: string
  readonly on: boolean
  readonly help?: string
  readonly onChange: (on: boolean) => void
}

export function Switch({ id, on, help, onChange }: SwitchProps) {
  return (
    <button id={id} type="button" role="switch" aria-checked={on} className="switch" {...described(help)} onClick={() => onChange(!on)}>
      <i />
    </button>
  )
}

/** Mod+Z, Mod+Shift+Z and Mod+Y. */
function followHistory(event: KeyboardEvent): void {
  const key = event.key.toLowerCase()
  if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== 'z' && key !== 'y')) return
  event.preventDefault()
  if (key === 'y' || event.shiftKey) redo()
  else undo()
}

function TextField({ id, spec, value, onChange, blockParams }: FieldProps & { id: string }) {
  const say = useWords(inspectorWords)
  const text = useText()
  const [draft, setDraft] = useState(showParam(value))
  const parsed = parseParam(spec, draft, Object.keys(blockParams ?? {}))
  const names = Object.keys(blockParams ?? {})
  const hint = [spec.help && text(spec.help), names[0] !== undefined && say('linkHint', { name: names[0] })].filter(Boolean).join(' ')
  const commit = (): void => {
    if (parsed.ok && JSON.stringify(parsed.value) !== JSON.stringify(value)) onChange(parsed.value)
  }
  const step = (by: number): void => {
    if (typeof value !== 'number' || (spec.type !== 'int' && spec.type !== 'int2d')) return
    const next = parseParam(spec, String(value + by))
    if (next.ok) onChange(next.value)
  }
  return (
    <>
      <input
        id={id}
        className="field"
        value={draft}
        {...described(hint)}
        inputMode={spec.type === 'text' ? 'text' : 'decimal'}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={!parsed.ok}
        aria-describedby={parsed.ok ? undefined : `${id}-problem`}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit()
          // What stands in the field is what the document holds: undo means the document's last step, not the browser's.
          if (draft === showParam(value)) followHistory(event)
          if (event.key === 'Escape') setDraft(showParam(value))
          if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
            event.preventDefault()
            step((event.key === 'ArrowUp' ? 1 : -1) * (event.shiftKey ? 10 : 1))
          }
        }}
      />
      {!parsed.ok && (
        <span id={`${id}-problem`} className="form-problem" role="alert">
          {say('mixed', { expected: text(parsed.expected) })}
        </span>
      )}
    </>
  )
}
