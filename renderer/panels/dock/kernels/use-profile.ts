/** @file The latest measured step. In: a request to measure. Out: a small store; forgotten when another document is opened. */
import { create } from 'zustand'
import type { Diagnostic } from '../../../../engine/core/diagnostics'
import type { StepProfile } from '../../../../engine/protocol/messages'
import { engine } from '../../../engine/client'
import { useRun } from '../../../engine/run-store'
import { useDocument } from '../../../store/document'

interface ProfileState {
  readonly documentKey: string | undefined
  readonly state: 'idle' | 'measuring'
  readonly profile: StepProfile | undefined
  readonly problems: readonly Diagnostic[]
}

const nothing: ProfileState = { documentKey: undefined, state: 'idle', profile: undefined, problems: [] }

const useStore = create<ProfileState>(() => nothing)

export function useProfile(): ProfileState {
  const key = useDocument((state) => state.key)
  const state = useStore()
  return state.documentKey === key ? state : nothing
}

export async function measureStep(): Promise<void> {
  const { document, key } = useDocument.getState()
  useStore.setState(({ documentKey, profile }) => ({
    documentKey: key,
    state: 'measuring',
    profile: documentKey === key ? profile : undefined,
    problems: [],
  }))
  const outcome = await engine.profile({ document, backend: useRun.getState().backend })
  if (useStore.getState().documentKey !== key) return
  useStore.setState({
    state: 'idle',
    ...(outcome?.ok ? { profile: outcome.value } : { profile: undefined, problems: outcome?.diagnostics ?? [] }),
  })
}
