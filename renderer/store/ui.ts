/** @file What is open on the screen and belongs to nobody's document: dialogues, floating palettes, requests for focus. */
import { create } from 'zustand'
import type { Diagnostic, Endpoint } from '../../engine/core/diagnostics'
import type { Point } from '../layout/sizes'

/** The palette that opens at the pointer; with a wire, only what fits its loose end. */
export interface AddRequest {
  readonly screen: Point
  /** Absent when the keyboard asks: the new node then goes on from the selected one. */
  readonly at?: Point
  readonly wire?: { readonly end: Endpoint; readonly side: 'from' | 'to' }
}

export interface UiState {
  readonly gallery: boolean
  readonly commandPalette: boolean
  readonly shortcuts: boolean
  readonly settings: boolean
  readonly findNode: boolean
  readonly adding: AddRequest | undefined
  /** The node whose name is being edited in the inspector. */
  readonly renaming: string | undefined
  /** Why a file could not be opened. */
  readonly fileProblems: { readonly name: string; readonly problems: readonly Diagnostic[] } | undefined
  /** A file of weights to start from. */
  readonly startFrom: { readonly name: string; readonly file: Uint8Array } | undefined
}

export const useUi = create<UiState>(() => ({
  gallery: false,
  commandPalette: false,
  shortcuts: false,
  settings: false,
  findNode: false,
  adding: undefined,
  renaming: undefined,
  fileProblems: undefined,
  startFrom: undefined,
}))

export const showUi = (change: Partial<UiState>): void => useUi.setState(change)
