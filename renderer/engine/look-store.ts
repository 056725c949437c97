/**
 * @file What the engine tells while it looks into a network for somebody: how far a gradient check is, how long gradients are; and what it
 * writes. In: progress, frames, text. Out: small stores, and the curves beside them.
 */
import { create } from 'zustand'
import type { GradientProgress } from '../../engine/insight/gradient-report'
import type { Curvature, GradientNorms, MetricsFrame } from '../../engine/protocol/messages'
import { Curves } from './series'

interface LookState {
  /** Of a gradient check. */
  readonly progress: GradientProgress | undefined
  /** The latest look at the gradients of the run. */
  readonly gradients: GradientNorms | undefined
  readonly curvature: Curvature | undefined
}

export const useLook = create<LookState>(() => ({ progress: undefined, gradients: undefined, curvature: undefined }))

/** Length of the gradient of each layer over the run, by node. */
export const normCurves = new Curves()

export const receiveCheckProgress = (progress: GradientProgress | undefined): void => useLook.setState({ progress })

export function receiveLooks({ gradients, curvature }: Pick<MetricsFrame, 'gradients' | 'curvature'>): void {
  const state = useLook.getState()
  if (gradients && gradients.step !== state.gradients?.step) {
    for (const [node, norm] of Object.entries(gradients.norms)) normCurves.push(node, gradients.step, norm)
    useLook.setState({ gradients })
  }
  if (curvature && curvature.step !== state.curvature?.step) useLook.setState({ curvature })
}

/** Another run begins. */
export function forgetLooks(): void {
  normCurves.clear()
  useLook.setState({ gradients: undefined, curvature: undefined })
}

/** The text that is being written; none before the first. */
export const useText = create<{ readonly text: string }>(() => ({ text: '' }))

export const receiveText = (piece: string): void => useText.setState(({ text }) => ({ text: text + piece }))
