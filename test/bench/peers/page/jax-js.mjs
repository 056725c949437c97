/** @file jax-js in a Worker of the bench's page, on WebGPU. In: requests. Out: times. */
import { lenet } from '../lenet-jax.mjs'
import { serveMessages } from './worker.mjs'

const jax = await import(/* @vite-ignore */ new URL('/libraries/jax-js.js', location.origin).href)
const found = await jax.init('webgpu')
if (found.includes('webgpu')) jax.defaultDevice('webgpu')

serveMessages({
  about: async () => (found.includes('webgpu') ? { label: 'webgpu' } : { missing: 'no WebGPU adapter' }),
  prepare: lenet(jax),
})
