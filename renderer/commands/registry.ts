/**
 * @file All commands, by id: what menus, shortcuts, the palette, the shortcut sheet and the desktop menu run. In: an id. Out: the deed, or a
 * message when it went wrong.
 */
import { toast } from 'sonner'
import { blockCommands } from './blocks'
import type { Command } from './command'
import { editCommands } from './edit'
import { fileCommands } from './file'
import { trainCommands } from './train'
import { viewCommands } from './view'

export const commands: ReadonlyMap<string, Command> = new Map(
  [...fileCommands, ...editCommands, ...viewCommands, ...blockCommands, ...trainCommands].map((command) => [command.id, command]),
)

export const canRun = (command: Command): boolean => command.when?.() ?? true

/** Runs a command if it may be run now; what it throws is shown, never lost. */
export function runCommand(id: string): void {
  const command = commands.get(id)
  if (!command || !canRun(command)) return
  const failed = (error: unknown): void => {
    toast.error(error instanceof Error ? error.message : String(error))
    console.error(error)
  }
  try {
    Promise.resolve(command.run()).catch(failed)
  } catch (error) {
    failed(error)
  }
}
