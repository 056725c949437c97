/**
 * @file Keeps the event loop alive while WebAssembly compiles. In: a promise. Out: its value. Node does not count V8's background compilation
 * as work to wait for, so a process that has nothing else to do would end in the middle of it (https://github.com/nodejs/node/issues/36616).
 */

/** Longer than anything waited for: the timer only has to exist. */
const aDay = 24 * 60 * 60 * 1000

export async function staysAwake<T>(promise: Promise<T>): Promise<T> {
  const timer = setInterval(() => undefined, aDay)
  try {
    return await promise
  } finally {
    clearInterval(timer)
  }
}
