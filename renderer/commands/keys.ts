/**
 * @file From keys to commands. In: the registry's bindings. Out: listeners that never fire while somebody types, nor on a control that wants
 * the key itself; and keys written as people write them.
 */
import { parseKeybinding, tinykeys } from 'tinykeys'
import { useSettings } from '../store/settings'
import { bindingsOf, isMac } from './bindings'
import type { Command } from './command'
import { commands, runCommand } from './registry'
import { isControl, isDialogOpen, isList, isTyping } from './typing'

/** Keys that move the focus or press what has it. */
const CONTROL_KEYS = /^(Enter|Tab|Shift\+?|Arrow\w+)$/

export function listenToKeys(): () => void {
  let stop = listen()
  const forget = useSettings.subscribe((state, before) => {
    if (state.keys === before.keys) return
    stop()
    stop = listen()
  })
  return () => {
    forget()
    stop()
  }
}

function listen(): () => void {
  const bindings: Record<string, (event: KeyboardEvent) => void> = {}
  for (const command of commands.values())
    for (const keys of command.native ? [] : bindingsOf(command))
      bindings[keys] = (event) => {
        if (!isFor(command, keys, event)) return
        event.preventDefault()
        runCommand(command.id)
      }
  return tinykeys(window, bindings)
}

function isFor(command: Command, keys: string, event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || isDialogOpen()) return false
  if (isTyping(event.target) && !(isList(event.target) && /\$mod|Alt/.test(keys)) && command.whileTyping !== true) return false
  const plain = keys.split('+').at(-1) ?? keys
  if (CONTROL_KEYS.test(plain) && isControl(event.target)) return false
  // Tab moves the focus as everywhere, unless nothing has it.
  if (plain === 'Tab' && event.target !== document.body && !(event.target instanceof Element && event.target.matches('.canvas')))
    return false
  return command.when?.() ?? true
}

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
  Backspace: '⌫',
  Enter: '↵',
  NumpadAdd: '+',
  Equal: '=',
  NumpadSubtract: '−',
  Minus: '−',
  Period: '.',
  Comma: ',',
  Slash: '/',
}

/** `$mod+Shift+KeyZ` as `Ctrl+Shift+Z`, or `⇧⌘Z` on a Mac. */
export function showKeys(keys: string): string {
  const mac = isMac()
  const [press] = parseKeybinding(keys.replace('$mod', mac ? 'Meta' : 'Control'))
  if (!press) return keys
  const [modifiers, raw] = press
  const key = typeof raw === 'string' ? raw : raw.source
  const name = NAMES[key] ?? key.replace(/^(Key|Digit)/, '')
  const names: Readonly<Record<string, string>> = mac ? { Meta: '⌘', Shift: '⇧', Alt: '⌥', Control: '⌃' } : { Control: 'Ctrl' }
  const shown = (key === '?' ? [] : modifiers).map((modifier) => names[modifier] ?? modifier)
  return mac ? [...shown, name].join('') : [...shown, name].join('+')
}

/** The keys of a command as they are shown beside it; empty when it has none. */
export function keysOf(command: Command | undefined): string {
  const [first] = command ? bindingsOf(command) : []
  return first === undefined ? '' : showKeys(first)
}
