/** @file A formula, set by KaTeX, which is loaded when the first one is shown. In: TeX. Out: mathematics, shrunk to the width there is. */
import { useEffect, useRef, useState } from 'react'

type Render = (tex: string) => string
let loading: Promise<Render> | undefined

function loadKatex(): Promise<Render> {
  loading ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')]).then(
    ([{ default: katex }]) =>
      (tex) =>
        katex.renderToString(tex, { displayMode: true, throwOnError: false, output: 'html' }),
  )
  return loading
}

const SMALLEST = 0.62

export function Formula({ tex, label }: { tex: string; label: string }) {
  const [render, setRender] = useState<Render>()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let mounted = true
    void loadKatex().then((loaded) => mounted && setRender(() => loaded))
    return () => {
      mounted = false
    }
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again when another formula is shown
  useEffect(() => {
    const element = box.current
    const inner = element?.querySelector<HTMLElement>('.katex')
    if (!element || !inner) return
    inner.style.fontSize = ''
    const scale = Math.max(SMALLEST, Math.min(1, (element.clientWidth - 22) / inner.scrollWidth))
    if (scale < 1) inner.style.fontSize = `${1.05 * scale}em`
  }, [render, tex])
  if (tex === '') return null
  return render ? (
    // biome-ignore lint/security/noDangerouslySetInnerHtml: KaTeX's own output of formulas that ship with the app; `trust` is off
    <div ref={box} className="formula" role="math" aria-label={`${label}: ${tex}`} dangerouslySetInnerHTML={{ __html: render(tex) }} />
  ) : (
    <div className="formula is-waiting" />
  )
}
