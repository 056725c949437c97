/** @file KaTeX, loaded when the first formula is shown. In: nothing. Out: KaTeX, once it is there. */
import { useEffect, useState } from 'react'

type Katex = typeof import('katex')['default']
let loading: Promise<Katex> | undefined
let loaded: Katex | undefined

function loadKatex(): Promise<Katex> {
  loading ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')]).then(([{ default: katex }]) => {
    loaded = katex
    return katex
  })
  return loading
}

export function useKatex(): Katex | undefined {
  const [katex, setKatex] = useState<Katex | undefined>(() => loaded)
  useEffect(() => {
    if (loaded) return
    let mounted = true
    void loadKatex().then((fresh) => mounted && setKatex(() => fresh))
    return () => {
      mounted = false
    }
  }, [])
  return katex
}
