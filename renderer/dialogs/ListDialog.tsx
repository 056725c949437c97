/** @file A dialogue that is one searchable list. In: groups of items. Out: focus kept inside, Esc closes, what does not have the words typed is left out. */
import { Command } from 'cmdk'
import { Dialog } from 'radix-ui'
import type { ReactNode } from 'react'
import './dialogs.css'

interface Props {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly label: string
  readonly none: string
  readonly children: ReactNode
}

/** An item is listed when it has every word that was typed, in either language; first the ones where a word begins with what was typed. */
export function matches(value: string, search: string, keywords: readonly string[] = []): number {
  const text = [value, ...keywords].join(' ').toLowerCase()
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.every((word) => text.includes(word))) return 0
  const beginnings = text.split(/[^\p{L}\p{N}]+/u)
  return words.every((word) => beginnings.some((beginning) => beginning.startsWith(word))) ? 1 : 0.5
}

export function ListDialog({ isOpen, onClose, label, none, children }: Props) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="float dialog is-list" aria-describedby={undefined}>
          <Dialog.Title className="visually-hidden">{label}</Dialog.Title>
          <Command label={label} filter={matches}>
            <Command.Input autoFocus placeholder={label} />
            <Command.List>
              <Command.Empty>{none}</Command.Empty>
              {children}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
