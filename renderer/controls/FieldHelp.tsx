/**
 * @file One sentence beside the field that has the keyboard or the pointer. In: events on whatever carries `data-help`. Out: a note next to its form,
 * over the canvas, so that no field moves or is covered.
 */
import { useEffect, useState } from 'react'
import { HELP } from './help'

const DELAY = 300
const WIDTH = 260
const GAP = 22

interface Shown {
  readonly text: string
  readonly left: number
  readonly top: number
}

const carrierOf = (target: EventTarget | null): Element | undefined =>
  (target instanceof Element ? target.closest(`[${HELP}]`) : null) ?? undefined

/** Left of the form where there is room, else right of it; at the height of the field. */
function placed(carrier: Element): Shown | undefined {
  const text = carrier.getAttribute(HELP)
  if (!text) return undefined
  const { left, right } = (carrier.closest('.form') ?? carrier).getBoundingClientRect()
  const { top } = carrier.getBoundingClientRect()
  return { text, left: left >= WIDTH + GAP ? left - WIDTH - GAP : right + GAP, top: Math.min(top, innerHeight - 100) }
}

export function FieldHelp() {
  const [shown, setShown] = useState<Shown>()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let carrier: Element | undefined
    const hide = (): void => {
      clearTimeout(timer)
      carrier = undefined
      setShown(undefined)
    }
    const show = (next: Element, delay: number): void => {
      clearTimeout(timer)
      carrier = next
      timer = setTimeout(() => next.isConnected && setShown(placed(next)), delay)
    }
    const focused = (): Element | undefined => carrierOf(document.activeElement?.matches(':focus-visible') ? document.activeElement : null)
    const onPointerOver = (event: PointerEvent): void => {
      const under = carrierOf(event.target) ?? focused()
      if (under === carrier) return
      if (under) show(under, DELAY)
      else hide()
    }
    const onFocus = (): void => {
      const under = focused()
      if (under) show(under, 0)
    }
    // Focus may scroll the form: the note goes along.
    const onScroll = (): void => {
      const under = focused()
      if (under) show(under, 0)
      else hide()
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') hide()
    }
    const listening = new AbortController()
    const { signal } = listening
    document.addEventListener('pointerover', onPointerOver, { signal })
    document.addEventListener('focusin', onFocus, { signal })
    document.addEventListener('focusout', hide, { signal })
    document.addEventListener('pointerdown', hide, { signal })
    document.addEventListener('keydown', onKey, { signal })
    document.addEventListener('scroll', onScroll, { signal, capture: true })
    return () => {
      listening.abort()
      clearTimeout(timer)
    }
  }, [])
  if (!shown) return null
  // A screen reader has the sentence from the field itself.
  return (
    <div className="float tooltip field-help" aria-hidden="true" style={{ left: shown.left, top: shown.top }}>
      {shown.text}
    </div>
  )
}
