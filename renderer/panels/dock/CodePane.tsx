/** @file The document as code, live: TypeScript that rebuilds it, the JSON of its file, or Python for PyTorch; to copy or to download. */

import { Check, Copy, Download } from 'lucide-react'
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useState } from 'react'
import { DiagnosedError, type Diagnostic } from '../../../engine/core/diagnostics'
import { serializeDocument } from '../../../engine/document/parse'
import type { GraphDocument } from '../../../engine/document/schema'
import { exportPyTorch } from '../../../engine/export/pytorch/pytorch'
import { exportTypeScript } from '../../../engine/export/typescript'
import type { CodeLanguage } from '../../code/CodeView'
import { Views } from '../../controls/Views'
import { useWords } from '../../i18n/i18n'
import { useDocument } from '../../store/document'
import { ProblemList } from '../Problems'
import { dockWords } from './words'

const CodeView = lazy(async () => ({ default: (await import('../../code/CodeView')).CodeView }))

interface Written {
  readonly text?: string
  /** Why there is no text, or what it does without. */
  readonly problems?: readonly Diagnostic[]
}

const formats = {
  typescript: { language: 'typescript', extension: 'ts', write: (document) => ({ text: exportTypeScript(document) }) },
  json: { language: 'json', extension: 'netloom.json', write: (document) => ({ text: serializeDocument(document) }) },
  pytorch: {
    language: 'python',
    extension: 'py',
    write: (document) => {
      const { source, warnings } = exportPyTorch(document)
      return { text: source, problems: warnings }
    },
  },
} as const satisfies Readonly<Record<string, { language: CodeLanguage; extension: string; write: (document: GraphDocument) => Written }>>

type Format = keyof typeof formats
const formatIds = Object.keys(formats) as Format[]

const COPIED_MS = 1500

function write(document: GraphDocument, format: Format): Written {
  try {
    return formats[format].write(document)
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
  const { text, problems = [] } = useMemo(() => write(document, format), [document, format])
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), COPIED_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const { language, extension } = formats[format]
  return (
    <div className="code-pane">
      <div className="code-bar">
        <Views ids={formatIds} chosen={format} label={words} choose={setFormat} />
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
        <>
          {problems.length > 0 && (
            <div className="code-notes">
              <ProblemList problems={problems} />
            </div>
          )}
          <Suspense fallback={null}>
            <CodeView text={text} language={language} label={words('codeLabel')} />
          </Suspense>
        </>
      ) : (
        <div className="data-problems">
          <b>{words('codeBroken')}</b>
          <ProblemList problems={problems} />
        </div>
      )}
    </div>
  )
}
