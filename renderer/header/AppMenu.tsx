/** @file The menu behind the dots: files, theme, language, help. In: the command registry and the settings. Out: what was chosen. */
import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { keysOf } from '../commands/keys'
import { canRun, commands, runCommand } from '../commands/registry'
import { useText, useWords } from '../i18n/i18n'
import { shellWords } from '../i18n/shell-words'
import { changeSettings, type Settings, useSettings } from '../store/settings'
import { Choice } from './Choice'

export function AppMenu() {
  const say = useWords(shellWords)
  const { theme, language, minimap, snap } = useSettings()
  return (
    <DropdownMenu.Portal>
      <DropdownMenu.Content className="float menu" align="end" sideOffset={6}>
        <CommandItem id="file.new" />
        <CommandItem id="file.open" />
        <CommandItem id="file.save" />
        <CommandItem id="file.saveAs" />
        <DropdownMenu.Separator className="menu-rule" />
        <CommandItem id="train.from" />
        <CommandItem id="train.lesson" />
        <CommandItem id="train.checkGradients" />
        <DropdownMenu.Separator className="menu-rule" />
        <CommandItem id="app.commands" />
        <CommandItem id="app.shortcuts" />
        <CommandItem id="app.settings" />
        <DropdownMenu.Separator className="menu-rule" />
        <Choice<Settings['theme']>
          label={say('theme')}
          value={theme}
          options={{ system: say('themeSystem'), light: say('themeLight'), dark: say('themeDark') }}
          onChange={(value) => changeSettings({ theme: value })}
        />
        <Choice<Settings['language']>
          label={say('language')}
          value={language}
          options={{ system: say('themeSystem'), en: 'English', zh: '中文' }}
          onChange={(value) => changeSettings({ language: value })}
        />
        <DropdownMenu.Separator className="menu-rule" />
        <Toggle label={commands.get('view.minimap')} on={minimap} onChange={(on) => changeSettings({ minimap: on })} />
        <Toggle label={say('snap')} on={snap} onChange={(on) => changeSettings({ snap: on })} />
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  )
}

function CommandItem({ id }: { id: string }) {
  const text = useText()
  const command = commands.get(id)
  if (!command) return null
  return (
    <DropdownMenu.Item className="menu-item" disabled={!canRun(command)} onSelect={() => runCommand(id)}>
      {text(command.title)}
      <kbd>{keysOf(command)}</kbd>
    </DropdownMenu.Item>
  )
}

function Toggle({
  label,
  on,
  onChange,
}: {
  label: string | ReturnType<typeof commands.get>
  on: boolean
  onChange: (on: boolean) => void
}) {
  const text = useText()
  return (
    <DropdownMenu.CheckboxItem
      className="menu-item is-checkable"
      checked={on}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      <DropdownMenu.ItemIndicator>
        <Check size={13} />
      </DropdownMenu.ItemIndicator>
      {typeof label === 'string' ? label : label && text(label.title)}
      {typeof label === 'object' && <kbd>{keysOf(label)}</kbd>}
    </DropdownMenu.CheckboxItem>
  )
}
