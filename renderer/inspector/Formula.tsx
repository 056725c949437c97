/** @file A formula, set by KaTeX, which is loaded when the first one is shown. In: TeX. Out: mathematics, shrunk to the width there is. */
import { useEffect, useRef } from 'react'
import { useKatex } from '../controls/katex'

const SIZE = 1.05
const SMALLEST = 0.62

/** Several formulas in one line stand one below the other: the panel is narrow. */
function stacked(tex: string): string {
  const lines = tex.split(/,\s*\\q?quad\s*/)
  return lines.length === 1 ? tex : `\\begin{gathered} ${lines.join(' \\\\[6pt] ')} \\end{gathered}`
}

export function Formula({ tex, label }: { tex: string; label: string }) {
  const katex = useKatex()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = box.current
    if (!katex || !element) return
    katex.render(stacked(tex), element, { displayMode: true, throwOnError: false, output: 'html' })
    const inner = element.querySelector<HTMLElement>('.katex')
    if (!inner) return
    const scale = Math.max(SMALLEST, Math.min(1, (element.clientWidth - 22) / inner.scrollWidth))
    if (scale < 1) inner.style.fontSize = `${SIZE * scale}em`
  }, [katex, tex])
  if (tex === '') return null
  return <div ref={box} className="formula" role="math" aria-label={`${label}: ${tex}`} />
}
