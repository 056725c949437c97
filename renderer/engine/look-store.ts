/** @file What the engine tells while it looks into a network for somebody. In: progress. Out: a small store. */
import { create } from 'zustand'
import type { GradientProgress } from '../../engine/insight/gradient-report'

export const useCheckProgress = create<{ readonly progress: GradientProgress | undefined }>(() => ({ progress: undefined }))

export const receiveCheckProgress = (progress: GradientProgress | undefined): void => useCheckProgress.setState({ progress })
