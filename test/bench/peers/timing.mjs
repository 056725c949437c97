// @ts-check
/**
 * @file How every JavaScript peer, ours included, times its steps. In: a step and how long to go on. Out: milliseconds of each step.
 */

/**
 * @param {() => Promise<void>} step
 * @param {{ warm: number, least: number, milliseconds: number }} request
 */
export async function timeSteps(step, { warm, least, milliseconds }) {
  for (const end = performance.now() + warm; performance.now() < end; ) await step()
  /** @type {number[]} */
  const times = []
  const begun = performance.now()
  for (let now = begun; times.length < least || now - begun < milliseconds; ) {
    const started = now
    await step()
    now = performance.now()
    times.push(now - started)
  }
  return times
}

/** The part of a request that says which step is meant. */
export const workOf = (/** @type {Record<string, unknown>} */ { warm, least, milliseconds, ...work }) => JSON.stringify(work)
