/**
 * @file TensorFlow.js in Node on its CPU backend (its WebAssembly backend cannot train convolutions). In: the folder where it is installed;
 * requests (see protocol.md). Out: times.
 */
import { createRequire } from 'node:module'
import { lenet } from './lenet-tfjs.mjs'
import { serveStandardInput } from './serve.mjs'

const tf = createRequire(`${process.argv[2]}/package.json`)('@tensorflow/tfjs')
await tf.setBackend('cpu')

await serveStandardInput({ about: async () => ({ version: tf.version.tfjs, label: 'cpu' }), prepare: lenet(tf) })
