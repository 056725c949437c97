/** @file The sheet of keys (?). In: the command registry, and what the mouse does. Out: a table. */
import { X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { bindingsOf } from '../commands/bindings'
import type { CommandGroup } from '../commands/command'
import { showKeys } from '../commands/keys'
import { commands } from '../commands/registry'
import { useText, useWords } from '../i18n/i18n'
import { shellWords } from '../i18n/shell-words'
import { showUi, useUi } from '../store/ui'

export const shortcutGroups: readonly (readonly [CommandGroup, keyof typeof shellWords.words])[] = [
  ['edit', 'groupEdit'],
  ['file', 'groupFile'],
  ['graph', 'groupGraph'],
  ['view', 'groupView'],
  ['train', 'groupTrain'],
  ['app', 'groupApp'],
]

/** Two at most: the rest are the same key in other places of the keyboard. */
const shownKeys = (keys: readonly string[]): readonly string[] => [...new Set(keys.map(showKeys))].slice(0, 2)

const mouse = [
  ['nudge', 'nudgeKeys'],
  ['walk', 'walkKeys'],
  ['mouseAdd', 'mouseDouble'],
  ['mouseBox', 'shiftDrag'],
  ['mousePan', 'spaceDrag'],
  ['mouseInsert', 'mouseDropOnWire'],
  ['mouseWire', 'mouseDropWire'],
  ['mouseCopy', 'altDrag'],
  ['mouseCut', 'ctrlRightDrag'],
] as const

export function Shortcuts() {
  const say = useWords(shellWords)
  const text = useText()
  const isOpen = useUi((state) => state.shortcuts)
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => showUi({ shortcuts: open })}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="float dialog is-sheet" aria-describedby={undefined}>
          <div className="dialog-head">
            <Dialog.Title>{say('shortcuts')}</Dialog.Title>
            <button type="button" className="btn" onClick={() => showUi({ shortcuts: false, settings: true })}>
              {say('changeKeys')}
            </button>
            <Dialog.Close className="btn icon plain" aria-label={say('close')}>
              <X size={15} />
            </Dialog.Close>
          </div>
          <div className="shortcut-columns">
            {shortcutGroups.map(([group, word]) => (
              <section key={group}>
                <h3 className="section-head">{say(word)}</h3>
                {[...commands.values()]
                  .filter((command) => command.group === group && bindingsOf(command).length > 0 && !command.hidden)
                  .map((command) => (
                    <div key={command.id} className="shortcut">
                      <span>{text(command.title)}</span>
                      {shownKeys(bindingsOf(command)).map((keys) => (
                        <kbd key={keys}>{keys}</kbd>
                      ))}
                    </div>
                  ))}
              </section>
            ))}
            <section>
              <h3 className="section-head">{say('mouse')}</h3>
              {mouse.map(([what, how]) => (
                <div key={what} className="shortcut">
                  <span>{say(what)}</span>
                  <kbd>{say(how)}</kbd>
                </div>
              ))}
            </section>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
