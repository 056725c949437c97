/** @file TensorFlow.js in a Worker of the bench's page, on WebGPU. In: requests. Out: times. */
import { lenet } from '../lenet-tfjs.mjs'
import { serveMessages } from './worker.mjs'

const tf = await import(/* @vite-ignore */ new URL('/libraries/tfjs.js', location.origin).href)
await import(/* @vite-ignore */ new URL('/libraries/tfjs-webgpu.js', location.origin).href)
const isThere = await tf.setBackend('webgpu').catch(() => false)

serveMessages({
  about: async () => (isThere ? { version: tf.version.tfjs, label: 'webgpu' } : { missing: 'no WebGPU adapter' }),
  prepare: lenet(tf),
})
