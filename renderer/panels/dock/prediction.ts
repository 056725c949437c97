/** @file A prediction in words. In: probabilities and truth. Out: the class, how sure, whether right. */
import { largest } from '../../../engine/core/largest'
import type { Field } from '../../../engine/datasets/dataset'
import type { Prediction } from '../../../engine/protocol/messages'

export interface Verdict {
  readonly predicted: string
  /** 0 to 1; absent where numbers are predicted. */
  readonly confidence?: number
  readonly target?: string
  /** Undefined where there is no right or wrong. */
  readonly right?: boolean
}

const numbers = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(3))).join(', ')

/** `field`: what the network was to tell. */
export function verdictOf({ output, target }: Prediction, field: Field | undefined): Verdict {
  const classes = field?.classes
  if (classes === undefined || typeof target === 'object') {
    const truth = typeof target === 'object' ? target : target === undefined ? undefined : [target]
    return { predicted: numbers(output), target: truth && numbers(truth) }
  }
  const nameOf = (index: number): string => field?.classNames?.[index] ?? String(index)
  // One number for two classes is the probability of the second.
  const single = output.length === 1 && classes === 2
  const share = output[0] ?? 0
  const index = single ? Number(share >= 0.5) : largest(output)
  const confidence = single ? Math.max(share, 1 - share) : output[index]
  return {
    predicted: nameOf(index),
    confidence,
    target: target === undefined ? undefined : nameOf(target),
    right: target === undefined ? undefined : target === index,
  }
}
