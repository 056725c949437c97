/** @file The worker that lays out: dense graphs take seconds, and the canvas must not wait. */
import { arrange, type LayoutInput } from './arrange'

addEventListener('message', (event: MessageEvent<LayoutInput>) => {
  postMessage(arrange(event.data))
})
