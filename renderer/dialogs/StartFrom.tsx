/** @file Fine-tuning: a file of weights was chosen. In: what of it fits the network. Out: lists of what is copied, what is not and why; the run. */
import { X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useState } from 'react'
import { ParamField } from '../controls/ParamForm'
import { engine } from '../engine/client'
import { useText, useWords } from '../i18n/i18n'
import { formatCount } from '../i18n/numbers'
import { shellWords } from '../i18n/shell-words'
import { keepOutputSpec, useWeightFit } from '../store/start-from'
import { showUi, useUi } from '../store/ui'

const close = (): void => showUi({ startFrom: undefined })

export function StartFrom() {
  const say = useWords(shellWords)
  const text = useText()
  const chosen = useUi((state) => state.startFrom)
  const [keepOutput, setKeepOutput] = useState(false)
  const transfer = useWeightFit(keepOutput)
  const copied = Object.entries(transfer?.weights ?? {})
  return (
    <Dialog.Root open={chosen !== undefined} onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="float dialog is-sheet" aria-describedby={undefined}>
          <div className="dialog-head">
            <Dialog.Title>{say('startFrom', { name: chosen?.name ?? '' })}</Dialog.Title>
            <Dialog.Close className="btn icon plain" aria-label={say('close')}>
              <X size={15} />
            </Dialog.Close>
          </div>
          <div className="form">
            <ParamField spec={keepOutputSpec} value={keepOutput} onChange={(value) => setKeepOutput(value === true)} />
          </div>
          <div className="transfer">
            <section>
              <h3 className="section-head">{say('copied', { count: formatCount(copied.length) })}</h3>
              <ul>
                {copied.map(([name]) => (
                  <li key={name}>
                    <code>{name}</code>
                  </li>
                ))}
              </ul>
            </section>
            <section>
              <h3 className="section-head">{say('notCopied', { count: formatCount(transfer?.skipped.length ?? 0) })}</h3>
              <ul>
                {transfer?.skipped.map(({ name, reason }) => (
                  <li key={name}>
                    <code>{name}</code> {text(reason)}
                  </li>
                ))}
                {transfer?.unused.map((name) => (
                  <li key={`unused ${name}`}>
                    <code>{name}</code> {say('unusedTensor')}
                  </li>
                ))}
              </ul>
            </section>
          </div>
          <button
            type="button"
            className="btn go"
            disabled={copied.length === 0}
            onClick={() => {
              close()
              if (transfer) void engine.train(transfer.weights)
            }}
          >
            {say('trainFrom')}
          </button>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
