/**
 * @file What the bench says to a peer and hears back, one line of JSON each way (peers/protocol.md). In: nothing. Out: types.
 */

/** What is timed: a training step, or a forward pass with the weights at rest. */
export type Mode = 'train' | 'infer'

export interface Work {
  readonly case: string
  readonly batch: number
  readonly optimizer: string
  readonly mode: Mode
  /** Only for the bench's own networks. */
  readonly settings?: Readonly<Record<string, number>>
}

export interface StepsRequest extends Work {
  /** Milliseconds of steps that are not counted. */
  readonly warm: number
  /** At least so many steps, and at least so many milliseconds of them. */
  readonly least: number
  readonly milliseconds: number
}

export interface StepsAnswer {
  readonly milliseconds?: readonly number[]
  readonly error?: string
  /** The first time that this work is asked for. */
  readonly prepared?: Prepared
}

export interface Prepared {
  /** Document (or model) to something that runs, with fresh weights. */
  readonly compileMilliseconds?: number
  /** The same and the first finished step. */
  readonly firstStepMilliseconds: number
  /** Of one step: multiplications and additions of its products and convolutions, and bytes that it must move at least. */
  readonly flops?: number
  readonly bytes?: number
}

export interface About {
  readonly version?: string
  /** What it computes with, in its own words. */
  readonly label?: string
  /** Why it cannot be measured here. */
  readonly missing?: string
  readonly cuda?: boolean
  readonly blas?: string
}

/** GFLOP/s and GB/s of the machine, by threads. */
export interface Ceilings {
  readonly threads: number
  /** Best of the tiles, and each. */
  readonly peak: number
  readonly tiles: readonly { readonly tile: string; readonly gigaflops: number }[]
  readonly copy: number
  readonly triad: number
  /** Share of the processors, while this was measured. */
  readonly takenByOthers?: number
}

export interface Square {
  readonly size: number
  readonly threads: number
  readonly gigaflops: number
  /** Share of the peak, each sample beside the peak of its own moment. */
  readonly ofPeak: number
}
