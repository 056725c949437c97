/** @file All commands in one searchable list (Mod+K). In: the registry. Out: the one chosen, run. */
import { Command } from 'cmdk'
import type { CommandGroup } from '../commands/command'
import { keysOf } from '../commands/keys'
import { canRun, commands, runCommand } from '../commands/registry'
import { useText, useWords } from '../i18n/i18n'
import { shellWords } from '../i18n/shell-words'
import { showUi, useUi } from '../store/ui'
import { ListDialog } from './ListDialog'

const groups: Readonly<Record<CommandGroup, keyof typeof shellWords.words>> = {
  file: 'groupFile',
  edit: 'groupEdit',
  graph: 'groupGraph',
  train: 'groupTrain',
  view: 'groupView',
  app: 'groupApp',
}

export function CommandPalette() {
  const say = useWords(shellWords)
  const text = useText()
  const isOpen = useUi((state) => state.commandPalette)
  const close = (): void => showUi({ commandPalette: false })
  return (
    <ListDialog isOpen={isOpen} onClose={close} label={say('commandSearch')} none={say('commandNone')}>
      {(Object.keys(groups) as CommandGroup[]).map((group) => (
        <Command.Group key={group} heading={say(groups[group])}>
          {[...commands.values()]
            .filter((command) => command.group === group && !command.hidden && command.id !== 'app.commands')
            .map((command) => (
              <Command.Item
                key={command.id}
                value={command.id}
                keywords={[command.title.en, command.title.zh]}
                disabled={!canRun(command)}
                onSelect={() => {
                  close()
                  runCommand(command.id)
                }}
              >
                {text(command.title)}
                {keysOf(command) !== '' && <kbd>{keysOf(command)}</kbd>}
              </Command.Item>
            ))}
        </Command.Group>
      ))}
    </ListDialog>
  )
}
