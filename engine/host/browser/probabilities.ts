/** @file From a network's scores to what it says. In: the values of one sample's output. Out: probabilities of classes, or the values themselves. */

/** `logits` of several classes become a softmax, one logit a sigmoid; predictions that are not logits stay as they are. */
export function probabilitiesOf(output: string, values: readonly number[]): number[] {
  if (output !== 'logits') return [...values]
  if (values.length === 1) return [1 / (1 + Math.exp(-(values[0] as number)))]
  const most = Math.max(...values)
  const powers = values.map((value) => Math.exp(value - most))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}
