/** @file The document as code, live: TypeScript that rebuilds it, or the JSON of its file; to copy or to download. */
import { Check, Copy, Download } from 'lucide-react'
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useState } from 'react'
import { DiagnosedError, type Diagnostic } from '../../../engine/core/diagnostics'
import { serializeDocument } from '../../../engine/document/parse'
import type { GraphDocument } from '../../../engine/document/schema'
import { exportTypeScript } from '../../../engine/export/typescript'
import { useWords } from '../../i18n/i18n'
import { useDocument } from '../../store/document'
import { ProblemList } from '../Problems'
import { dockWords } from './words'

const CodeView = lazy(async () => ({ default: (await import('../../code/CodeView')).CodeView }))

type Format = 'typescript' | 'json'
type Written = { readonly text: string } | { readonly problems: readonly Diagnostic[] }

const COPIED_MS = 1500

function write(document: GraphDocument, format: Format): Written {
  if (format === 'json') return { text: serializeDocument(document) }
  try {
    return { text: exportTypeScript(document) }
  } catch (error) {
    if (error instanceof DiagnosedError) return { problems: error.diagnostics }
    throw error
  }
}

const fileName = (name: string): string => name.replace(/[^\p{L}\p{N}_-]+/gu, '-').replace(/^-+|-+$/g, '') || 'graph'

function download(text: string, name: string): void {
  const link = window.document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

export function CodePane() {
  const words = useWords(dockWords)
  const document = useDeferredValue(useDocument((state) => state.document))
  const [format, setFormat] = useState<Format>('typescript')
  const [copied, setCopied] = useState(false)
  const written = useMemo(() => write(document, format), [document, format])
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), COPIED_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const text = 'text' in written ? written.text : undefined
  const extension = format === 'json' ? 'netloom.json' : 'ts'
  return (
    <div className="code-pane">
      <div className="code-bar">
        {(['typescript', 'json'] as const).map((id) => (
          <button key={id} type="button" className="tab" aria-pressed={format === id} onClick={() => setFormat(id)}>
            {words(id)}
          </button>
        ))}
        <span className="code-gap" />
        <button
          type="button"
          className="btn"
          disabled={text === undefined}
          onClick={() => text !== undefined && void navigator.clipboard.writeText(text).then(() => setCopied(true))}
        >
          {copied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
          {words(copied ? 'copied' : 'copy')}
        </button>
        <button
          type="button"
          className="btn"
          disabled={text === undefined}
          onClick={() => text !== undefined && download(text, `${fileName(document.name)}.${extension}`)}
        >
          <Download size={13} aria-hidden />
          {words('download')}
        </button>
      </div>
      {text !== undefined ? (
        <Suspense fallback={null}>
          <CodeView text={text} language={format} label={words('codeLabel')} />
        </Suspense>
      ) : (
        <div className="data-problems">
          <b>{words('codeBroken')}</b>
          <ProblemList problems={'problems' in written ? written.problems : []} />
        </div>
      )}
    </div>
  )
}
