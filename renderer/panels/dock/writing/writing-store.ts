/**
 * @file What the network is asked to write, and what came of it. In: settings and requests. Out: a small store; a text belongs to a document and is
 * forgotten when another is opened.
 */
import { create } from 'zustand'
import type { Diagnostic } from '../../../../engine/core/diagnostics'
import { engine } from '../../../engine/client'
import { useText } from '../../../engine/look-store'
import { useDocument } from '../../../store/document'

interface Written {
  readonly documentKey: string | undefined
  readonly state: 'idle' | 'writing'
  /** What the text began with. */
  readonly prefix: string
  readonly problems: readonly Diagnostic[]
}

interface WritingState {
  readonly prefix: string
  readonly length: number
  readonly temperature: number
  /** Another one for each text. */
  readonly seed: number
  readonly written: Written
}

const nothing: Written = { documentKey: undefined, state: 'idle', prefix: '', problems: [] }

export const useWriting = create<WritingState>(() => ({ prefix: 'The ', length: 200, temperature: 0.7, seed: 0, written: nothing }))

export function useWritten(): Written {
  const key = useDocument((state) => state.key)
  const written = useWriting((state) => state.written)
  return written.documentKey === key ? written : nothing
}

export async function write(): Promise<void> {
  const { key } = useDocument.getState()
  const { prefix, length, temperature, seed } = useWriting.getState()
  useText.setState({ text: '' })
  useWriting.setState({ seed: seed + 1, written: { documentKey: key, state: 'writing', prefix, problems: [] } })
  const outcome = await engine.generate({ prefix, length, temperature, seed })
  const { written } = useWriting.getState()
  if (written.documentKey !== key) return
  useWriting.setState({ written: { ...written, state: 'idle', problems: outcome && !outcome.ok ? outcome.diagnostics : [] } })
}
