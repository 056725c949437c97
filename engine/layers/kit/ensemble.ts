/** @file Averages of probabilities, as scores. In: the probabilities that several networks give. Out: the logarithm of their mean. */
import { InternalError } from '../../core/diagnostics'
import type { Emit, Tensor } from '../../ir/emit'

/** Smaller probabilities are told as this: the logarithm of zero is no number. */
const LEAST = 1e-37

export function logOfMean(b: Emit, probabilities: readonly Tensor[]): Tensor {
  const [first, ...others] = probabilities
  if (!first) throw new InternalError('ensemble', 'there is nothing to average')
  const mean = b.div(
    others.reduce((sum, one) => b.add(sum, one), first),
    probabilities.length,
  )
  return b.log(b.max(mean, LEAST))
}
