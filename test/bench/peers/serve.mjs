// @ts-check
/**
 * @file The line protocol that the JavaScript peers share. In: requests on standard input. Out: times on standard output.
 */
import { createInterface } from 'node:readline'

/**
 * @param {(request: { case: string, batch: number }) => Promise<() => Promise<void>>} prepare makes one training step
 */
export async function serve(prepare) {
  let key = ''
  /** @type {() => Promise<void>} */
  let step = async () => {}
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line)
    try {
      if (key !== `${request.case}/${request.batch}`) {
        step = await prepare(request)
        key = `${request.case}/${request.batch}`
        await step()
        await step()
      }
      const milliseconds = []
      for (let i = 0; i < request.steps; i++) {
        const started = performance.now()
        await step()
        milliseconds.push(performance.now() - started)
      }
      console.log(JSON.stringify({ milliseconds }))
    } catch (error) {
      console.log(JSON.stringify({ error: String(error) }))
    }
  }
}
