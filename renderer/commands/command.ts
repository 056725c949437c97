/** @file What a command is. In: nothing. Out: the type that menus, shortcuts, the palette and the shortcut sheet share. */
import type { Text } from '../../engine/core/text'

export type CommandGroup = 'file' | 'edit' | 'graph' | 'view' | 'train' | 'app'

export interface Command {
  readonly id: string
  readonly title: Text
  readonly group: CommandGroup
  /** In tinykeys' notation; `$mod` is Ctrl, or ⌘ on macOS. The first is the one that is shown. */
  readonly keys?: readonly string[]
  /** The browser's own event does it (copy, cut, paste); the keys are only shown. */
  readonly native?: boolean
  /** Also while the cursor is in a text field. */
  readonly whileTyping?: boolean
  /** Not listed in the palette: it means something only together with its key. */
  readonly hidden?: boolean
  /** May it be run now? */
  readonly when?: () => boolean
  run(): void | Promise<void>
}
