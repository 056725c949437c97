/** @file What a person prefers (Mod+,): looks and keys. In: the settings, the command registry. Out: changes of the settings, at once in force. */
import { RotateCcw, X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { type KeyboardEvent, useState } from 'react'
import { bool, choice } from '../../engine/layers/kit/params'
import { bind, bindingsOf, holderOf, pressOf, unbind, unbindAll } from '../commands/bindings'
import type { Command } from '../commands/command'
import { showKeys } from '../commands/keys'
import { commands } from '../commands/registry'
import { ParamForm } from '../controls/ParamForm'
import { useText, useWords } from '../i18n/i18n'
import { shellWords } from '../i18n/shell-words'
import { changeSettings, useSettings } from '../store/settings'
import { showUi, useUi } from '../store/ui'
import { shortcutGroups } from './Shortcuts'

const { words } = shellWords
const looks = {
  theme: choice({
    label: words.theme,
    default: 'system',
    options: { system: words.themeSystem, light: words.themeLight, dark: words.themeDark },
  }),
  language: choice({
    label: words.language,
    default: 'system',
    options: { system: words.themeSystem, en: { en: 'English', zh: 'English' }, zh: { en: '中文', zh: '中文' } },
  }),
  minimap: bool({ label: words.minimap, default: true }),
  snap: bool({ label: words.snap, default: true }),
}

export function SettingsDialog() {
  const say = useWords(shellWords)
  const isOpen = useUi((state) => state.settings)
  const settings = useSettings()
  const [recording, setRecording] = useState<string>()
  const [note, setNote] = useState('')
  const close = (): void => {
    setRecording(undefined)
    setNote('')
    showUi({ settings: false })
  }
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          className="float dialog is-sheet"
          aria-describedby={undefined}
          onEscapeKeyDown={(event) => recording !== undefined && event.preventDefault()}
        >
          <div className="dialog-head">
            <Dialog.Title>{say('settings')}</Dialog.Title>
            <Dialog.Close className="btn icon plain" aria-label={say('close')}>
              <X size={15} />
            </Dialog.Close>
          </div>
          <h3 className="section-head">{say('appearance')}</h3>
          <div className="settings-form">
            <ParamForm specs={looks} values={{ ...settings }} onChange={(name, value) => changeSettings({ [name]: value })} />
          </div>
          <h3 className="section-head">{say('shortcuts')}</h3>
          <p className="dialog-note" role="status">
            {note === '' ? say('keysHint') : note}
            {Object.keys(settings.keys).length > 0 && (
              <button type="button" className="link" onClick={unbindAll}>
                {say('allOwnKeys')}
              </button>
            )}
          </p>
          <div className="shortcut-columns">
            {shortcutGroups.map(([group, word]) => (
              <section key={group}>
                <h3 className="section-head">{say(word)}</h3>
                {[...commands.values()]
                  .filter((command) => command.group === group && !command.hidden && !command.native)
                  .map((command) => (
                    <KeyRow
                      key={command.id}
                      command={command}
                      isRecording={recording === command.id}
                      onRecord={(on) => setRecording(on ? command.id : undefined)}
                      onNote={setNote}
                    />
                  ))}
              </section>
            ))}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

interface KeyRowProps {
  readonly command: Command
  readonly isRecording: boolean
  readonly onRecord: (on: boolean) => void
  readonly onNote: (note: string) => void
}

function KeyRow({ command, isRecording, onRecord, onNote }: KeyRowProps) {
  const say = useWords(shellWords)
  const text = useText()
  const isChanged = useSettings((state) => state.keys[command.id] !== undefined)
  const [first] = bindingsOf(command)
  const shown = first === undefined ? say('noKeys') : showKeys(first)
  const press = (event: KeyboardEvent): void => {
    if (!isRecording) return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Escape') {
      onRecord(false)
      return
    }
    const keys = pressOf(event.nativeEvent)
    if (keys === undefined) return
    const holder = holderOf(keys, commands.values())
    const other = holder && holder.id !== command.id ? commands.get(holder.id) : undefined
    onNote(other ? say('takenKeys', { keys: showKeys(keys), other: text(other.title) }) : '')
    bind(command, keys, commands.values())
    onRecord(false)
  }
  return (
    <div className="shortcut">
      <span>{text(command.title)}</span>
      {isChanged && (
        <button
          type="button"
          className="key-reset"
          aria-label={say('ownKeys', { keys: command.keys?.[0] === undefined ? say('noKeys') : showKeys(command.keys[0]) })}
          onClick={() => unbind(command, commands.values())}
        >
          <RotateCcw size={11} aria-hidden="true" />
        </button>
      )}
      <button
        type="button"
        className="key-field"
        aria-pressed={isRecording}
        aria-label={say('keysFor', { title: text(command.title), keys: shown })}
        onClick={() => onRecord(!isRecording)}
        onKeyDown={press}
        onBlur={() => isRecording && onRecord(false)}
      >
        {isRecording ? say('pressKeys') : shown}
      </button>
    </div>
  )
}
