/**
 * @file Text in Monaco, read only. In: a text, its language, a theme. Out: an editor that follows them and keeps its place when the text changes.
 */
import { useEffect, useRef, useState } from 'react'
import { useLanguage } from '../i18n/i18n'
import { themeInForce, useSettings } from '../store/settings'
import { loadMonaco, type Monaco } from './load-monaco'

export type CodeLanguage = keyof typeof files

/** What each language's text is called in here. */
const files = { typescript: 'file:///graph.ts', json: 'file:///graph.netloom.json', python: 'file:///graph.py' } as const

interface Props {
  readonly text: string
  readonly language: CodeLanguage
  readonly label: string
}

const SKELETON_MS = 150

export function CodeView({ text, language, label }: Props) {
  const words = useLanguage()
  const theme = useSettings((state) => state.theme)
  const box = useRef<HTMLDivElement>(null)
  const shown = useRef<ReturnType<Monaco['editor']['create']>>(undefined)
  const [monaco, setMonaco] = useState<Monaco>()
  const [slow, setSlow] = useState(false)

  useEffect(() => {
    let gone = false
    const timer = setTimeout(() => setSlow(true), SKELETON_MS)
    void loadMonaco(words).then((loaded) => {
      if (!gone) setMonaco(loaded)
    })
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [words])

  useEffect(() => {
    if (!monaco || !box.current) return
    const editor = monaco.editor.create(box.current, {
      model: null,
      readOnly: true,
      domReadOnly: true,
      automaticLayout: true,
      ariaLabel: label,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
      fontSize: 12,
      lineHeight: 18,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      renderLineHighlight: 'none',
      overviewRulerLanes: 0,
      lineNumbersMinChars: 3,
      folding: true,
      bracketPairColorization: { enabled: false },
      padding: { top: 4, bottom: 8 },
      stickyScroll: { enabled: false },
      scrollbar: { verticalScrollbarSize: 8, horizontalScrollbarSize: 8 },
      fixedOverflowWidgets: true,
    })
    shown.current = editor
    return () => {
      editor.getModel()?.dispose()
      editor.dispose()
      shown.current = undefined
    }
  }, [monaco, label])

  useEffect(() => {
    const editor = shown.current
    if (!monaco || !editor) return
    const uri = monaco.Uri.parse(files[language])
    const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(text, language, uri)
    const before = editor.getModel()
    if (model.getValue() !== text) model.setValue(text)
    if (before === model) return
    editor.setModel(model)
    before?.dispose()
  }, [monaco, text, language])

  useEffect(() => monaco?.describeNetloom(words), [monaco, words])
  useEffect(() => {
    if (!monaco) return
    const apply = (): void => monaco.applyTheme(themeInForce(theme))
    apply()
    // The theme of the system may change without a setting changing.
    const observer = new MutationObserver(apply)
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => observer.disconnect()
  }, [monaco, theme])

  return (
    <div className="code-view" ref={box}>
      {!monaco && slow && <div className="skeleton" style={{ height: '100%' }} />}
    </div>
  )
}
