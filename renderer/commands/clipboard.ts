/**
 * @file Copy, cut and paste with the system's clipboard. In: the browser's clipboard events, or a menu. Out: nodes as text, and back at the
 * pointer. Events need no permission; the menu uses what was copied here when the browser does not let it read.
 */
import { toast } from 'sonner'
import { viewport } from '../canvas/viewport'
import { translate } from '../i18n/i18n'
import { shellWords } from '../i18n/shell-words'
import { copied, cut, paste } from '../store/actions'
import { type Clip, parseClip } from '../store/clipboard'
import { isTyping } from './typing'

let own: Clip | undefined

function put(clip: Clip | undefined): void {
  if (!clip) return
  own = clip
  // Without permission the clip still pastes inside this window.
  navigator.clipboard?.writeText(JSON.stringify(clip)).catch(() => toast(translate(shellWords, 'copiedHere')))
}

const place = (clip: Clip, keepsWires = false): void => paste(clip, { at: viewport()?.pointer() ?? { x: 0, y: 0 } }, { keepsWires })

export const copySelection = (): void => put(copied())
export const cutSelection = (): void => put(cut())
export const pasteFromMenu = (): void => {
  if (own) place(own)
}

export const pasteWired = (): void => {
  if (own) place(own, true)
}

/** Answers the browser's copy, cut and paste while no text is being edited. */
export function listenToClipboard(): () => void {
  const give = (event: ClipboardEvent, take: () => Clip | undefined): void => {
    if (isTyping(event.target) || !getSelection()?.isCollapsed) return
    const clip = take()
    if (!clip) return
    own = clip
    event.clipboardData?.setData('text/plain', JSON.stringify(clip))
    event.preventDefault()
  }
  const onCopy = (event: ClipboardEvent): void => give(event, copied)
  const onCut = (event: ClipboardEvent): void => give(event, cut)
  // The browser's event does not say how it was asked for.
  let withShift = false
  const onKey = (event: KeyboardEvent): void => {
    withShift = event.shiftKey
  }
  const onPaste = (event: ClipboardEvent): void => {
    if (isTyping(event.target)) return
    const clip = parseClip(event.clipboardData?.getData('text/plain') ?? '')
    if (!clip) return
    event.preventDefault()
    place(clip, withShift)
  }
  document.addEventListener('keydown', onKey, { capture: true })
  document.addEventListener('copy', onCopy)
  document.addEventListener('cut', onCut)
  document.addEventListener('paste', onPaste)
  return () => {
    document.removeEventListener('keydown', onKey, { capture: true })
    document.removeEventListener('copy', onCopy)
    document.removeEventListener('cut', onCut)
    document.removeEventListener('paste', onPaste)
  }
}
