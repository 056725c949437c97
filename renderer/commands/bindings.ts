/**
 * @file Which keys run which command: a person's own where there are any, else the command's. In: the settings, key presses. Out: bindings in tinykeys'
 * notation, and changes of them. No key runs two commands: who takes one from another command leaves that without.
 */
import { parseKeybinding } from 'tinykeys'
import { changeSettings, useSettings } from '../store/settings'
import type { Command } from './command'

type Bound = Pick<Command, 'id' | 'keys' | 'native'>

export const bindingsOf = (command: Bound): readonly string[] =>
  (command.native ? undefined : useSettings.getState().keys[command.id]) ?? command.keys ?? []

export const isMac = (): boolean => typeof navigator !== 'undefined' && /Mac|iP(hone|ad)/.test(navigator.userAgent)

const MODIFIERS = ['Control', 'Meta', 'Alt', 'Shift']

/** What was pressed, by the place of the key, whatever the keyboard writes there; undefined while only modifiers are down. */
export function pressOf(event: Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string | undefined {
  if (MODIFIERS.includes(event.key) || event.code === '') return undefined
  const [mod, other] = isMac() ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey]
  const parts = [
    ...(mod ? ['$mod'] : []),
    ...(other ? [isMac() ? 'Control' : 'Meta'] : []),
    ...(event.altKey ? ['Alt'] : []),
    ...(event.shiftKey ? ['Shift'] : []),
    event.code,
  ]
  return parts.join('+')
}

const CODES: Readonly<Record<string, string>> = { '.': 'Period', ',': 'Comma', '/': 'Slash', '?': 'Slash' }

/** One spelling of the same press: `1` and `Digit1`, `Shift+?` and `Shift+Slash`. */
function spelled(keys: string): string {
  const [press] = parseKeybinding(keys.replace('$mod', 'Mod'))
  if (!press) return keys
  const [modifiers, key] = press
  const name = typeof key === 'string' ? key : key.source
  const code = CODES[name] ?? (/^\d$/.test(name) ? `Digit${name}` : /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : name)
  return [...[...modifiers].sort(), code].join('+')
}

/** The command that a press runs already. */
export const holderOf = (keys: string, commands: Iterable<Bound>): Bound | undefined =>
  [...commands].find((command) => bindingsOf(command).some((own) => spelled(own) === spelled(keys)))

const own = (change: Readonly<Record<string, readonly string[]>>): void =>
  changeSettings({ keys: { ...useSettings.getState().keys, ...change } })

/** Gives a command this press and no other; whoever had it loses it. */
export function bind(command: Bound, keys: string, commands: Iterable<Bound>): void {
  const holder = holderOf(keys, commands)
  const left = holder && holder.id !== command.id && bindingsOf(holder).filter((one) => spelled(one) !== spelled(keys))
  own({ [command.id]: [keys], ...(holder && left && { [holder.id]: left }) })
}

/** Back to the command's own keys, unless another command has been given them since. */
export function unbind(command: Bound, commands: Iterable<Bound>): void {
  const all = [...commands]
  const { [command.id]: _, ...rest } = useSettings.getState().keys
  changeSettings({ keys: rest })
  const free = (command.keys ?? []).filter(
    (keys) =>
      holderOf(
        keys,
        all.filter((one) => one.id !== command.id),
      ) === undefined,
  )
  if (free.length < (command.keys ?? []).length) own({ [command.id]: free })
}

export const unbindAll = (): void => changeSettings({ keys: {} })
