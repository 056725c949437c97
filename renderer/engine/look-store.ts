/** @file What the engine tells while it looks into a network for somebody, or writes with it. In: progress, text. Out: small stores. */
import { create } from 'zustand'
import type { GradientProgress } from '../../engine/insight/gradient-report'

export const useCheckProgress = create<{ readonly progress: GradientProgress | undefined }>(() => ({ progress: undefined }))

export const receiveCheckProgress = (progress: GradientProgress | undefined): void => useCheckProgress.setState({ progress })

/** The text that is being written; none before the first. */
export const useText = create<{ readonly text: string }>(() => ({ text: '' }))

export const receiveText = (piece: string): void => useText.setState(({ text }) => ({ text: text + piece }))
