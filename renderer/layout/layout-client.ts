/** @file Asks the layout worker, with a deadline. In: a layout task. Out: positions, or undefined when it took too long (keep the old layout). */
import type { LayoutInput } from './arrange'
import LayoutWorker from './layout.worker?worker'
import type { Point } from './sizes'

export function arrangeInWorker(input: LayoutInput, deadline = 3000): Promise<Record<string, Point> | undefined> {
  return new Promise((resolve, reject) => {
    const worker = new LayoutWorker()
    const finish = (): void => {
      clearTimeout(timer)
      worker.terminate()
    }
    const timer = setTimeout(() => {
      finish()
      resolve(undefined)
    }, deadline)
    worker.onmessage = (event: MessageEvent<Record<string, Point>>) => {
      finish()
      resolve(event.data)
    }
    worker.onerror = (event) => {
      finish()
      reject(new Error(event.message))
    }
    worker.postMessage(input)
  })
}
