/**
 * @file What the next run computes on. In: the executors that the engine found. Out: the choice, in the run store. During a run it is only shown.
 */
import { ChevronDown } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { BackendId } from '../../engine/runtime/backend'
import { Choice } from '../header/Choice'
import { useText, useWords } from '../i18n/i18n'
import { engine } from './client'
import { isActive, useRun } from './run-store'
import { runWords } from './words'

export function BackendChoice() {
  const words = useWords(runWords)
  const text = useText()
  const backends = useRun((state) => state.backends)
  const chosen = useRun((state) => state.backend)
  const active = useRun((state) => isActive(state.phase))
  const label = backends.find(({ id }) => id === chosen)?.label
  if (!label || !chosen) return null
  if (active || backends.length < 2) return <>{text(label)}</>
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="chip-choice" aria-label={`${words('computeOn')}: ${text(label)}`}>
        {text(label)}
        <ChevronDown size={12} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="float menu" align="end" sideOffset={6}>
          <Choice<BackendId>
            label={words('computeOn')}
            value={chosen}
            options={Object.fromEntries(backends.map(({ id, label: name }) => [id, text(name)])) as Record<BackendId, string>}
            onChange={engine.computeOn}
          />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
