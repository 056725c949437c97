/**
 * @file Ctrl-C, and being told to end. In: what to do the first time; the same signal for the second time ends the process at once. A terminal sends
 * Ctrl-C to everything in it while whoever started us may hand on a signal of its own, so two different ones are one wish. Out: a way to give
 * the keys back.
 */
export function onInterrupt(stop: () => void): () => void {
  const asked = new Set<NodeJS.Signals>()
  const listener = (signal: NodeJS.Signals) => {
    if (asked.has(signal)) process.exit(130)
    asked.add(signal)
    if (asked.size === 1) stop()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, listener)
  return () => {
    for (const signal of signals) process.off(signal, listener)
  }
}
