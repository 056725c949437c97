/** @file A dialogue that is one searchable list. In: groups of items. Out: focus kept inside, Esc closes. */
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

export function ListDialog({ isOpen, onClose, label, none, children }: Props) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="float dialog is-list" aria-describedby={undefined}>
          <Dialog.Title className="visually-hidden">{label}</Dialog.Title>
          <Command label={label}>
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
