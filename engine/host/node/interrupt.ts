/** @file Ctrl-C. In: what to do the first time; the second time the process ends at once. Out: a way to give the key back. */
export function onInterrupt(stop: () => void): () => void {
  let asked = false
  const listener = () => {
    if (asked) process.exit(130)
    asked = true
    stop()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener)
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener)
  }
}
