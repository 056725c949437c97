/** @file Why a file could not be opened: every problem found, in words. */
import { X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useWords } from '../i18n/i18n'
import { shellWords } from '../i18n/shell-words'
import { ProblemList } from '../panels/Problems'
import { showUi, useUi } from '../store/ui'

export function FileProblems() {
  const say = useWords(shellWords)
  const problem = useUi((state) => state.fileProblems)
  return (
    <Dialog.Root open={problem !== undefined} onOpenChange={(open) => !open && showUi({ fileProblems: undefined })}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="float dialog is-sheet" aria-describedby={undefined}>
          <div className="dialog-head">
            <Dialog.Title>{say('fileWrong', { name: problem?.name ?? '' })}</Dialog.Title>
            <Dialog.Close className="btn icon plain" aria-label={say('close')}>
              <X size={15} />
            </Dialog.Close>
          </div>
          <ProblemList problems={problem?.problems ?? []} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
