/** @file jax-js in Node on its WebAssembly backend. In: the folder where it is installed; requests (see protocol.md). Out: times. */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { lenet } from './lenet-jax.mjs'
import { serveStandardInput } from './serve.mjs'

const folder = `${process.argv[2]}/node_modules/@jax-js/jax`
const jax = await import(pathToFileURL(`${folder}/dist/index.js`).href)
await jax.init('wasm')
jax.defaultDevice('wasm')

await serveStandardInput({
  about: async () => ({ version: JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).version, label: 'wasm' }),
  prepare: lenet(jax),
})
